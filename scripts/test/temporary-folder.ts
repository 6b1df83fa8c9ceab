import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One folder for all that the tests of a run put into temporary ones, so that nothing stays: some end by a kill, and many would have to tidy up. */
export function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-tests-'))
  // As open as the one that it stands for: Postgres runs as a user of its own.
  chmodSync(folder, 0o1777)
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
}
