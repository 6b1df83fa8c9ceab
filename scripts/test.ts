import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { check } from './check.ts'
import { installChromium } from './lib/chromium.ts'

// `npm test`: a browser where it can have one, everything `npm run check` does, then the whole suite. Arguments go to vitest. The last line counts: `123 passed, 0 failed`.

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'cadre-test-'))
const countsFile = join(folder, 'counts.json')
const networkLog = join(folder, 'network.log')
writeFileSync(networkLog, '')

installChromium()
const failedParts = await check()
const code = await suite(process.argv.slice(2))
const counts = readCounts()
const attempts = readFileSync(networkLog, 'utf8').trim()
rmSync(folder, { recursive: true, force: true })

if (attempts) console.log(`The network was tried (tests must not reach it):\n${attempts}`)
if (failedParts.length) console.log(`check failed: ${failedParts.join(', ')} (see the top)`)
const beside = failedParts.length + (attempts ? 1 : 0)
const failed = counts.failed + beside || (code === 0 ? 0 : 1)
if (counts.skipped) console.log(`${counts.skipped} skipped`)
console.log(`${counts.passed} passed, ${failed} failed`)
process.exitCode = failed ? 1 : 0

function suite(args: string[]): Promise<number | null> {
  const env = { ...process.env, TEST_COUNTS_FILE: countsFile, TEST_NETWORK_LOG: networkLog }
  const child = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...args], { cwd: root, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
}

function readCounts(): { passed: number; failed: number; skipped: number } {
  try {
    return JSON.parse(readFileSync(countsFile, 'utf8'))
  } catch {
    // Vitest ended before it counted; its exit code says that it failed.
    return { passed: 0, failed: 0, skipped: 0 }
  }
}
