import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder for one query, inside of the one that whoever started this process removes behind it, however it ended. */
export function scratchFolder(): string {
  return mkdtempSync(join(process.argv[2] ?? tmpdir(), 'query-'))
}
