import { writeFileSync } from 'node:fs'
import type { Reporter } from 'vitest/node'

/** Counts for scripts/test.ts. A file that cannot be loaded and an error outside of every test count as one failure each. */
export class CountReporter implements Reporter {
  readonly file: string
  constructor(file: string) {
    this.file = file
  }
  onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (modules, unhandledErrors) => {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const module of modules) {
      let failedHere = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'passed') counts.passed += 1
        else if (state === 'failed') failedHere += 1
        else counts.skipped += 1
      }
      counts.failed += Math.max(failedHere, module.ok() ? 0 : 1)
    }
    writeFileSync(this.file, JSON.stringify(counts))
  }
}
