import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { type GuardedQuery, openSqlGuard } from '../sql-guard.ts'

type Source = GuardedQuery['source']

/** A guard that is closed at the end of the file, and a folder for its files. */
export function testGuard(more: Parameters<typeof openSqlGuard>[0] = {}) {
  const guard = openSqlGuard(more)
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cadre-guard-')))
  afterAll(async () => {
    await guard.close()
    rmSync(folder, { recursive: true })
  })
  const limits = { max_rows: 1_000, max_bytes: 1_000_000, timeout_ms: 20_000, memory_mb: 256 }
  const ask = (
    source: Source,
    sql: string,
    params: GuardedQuery['params'] = [],
    own: Partial<GuardedQuery> = {},
    signal = new AbortController().signal,
  ) => guard.query({ sql, params, source, ...limits, ...own }, signal)
  return { ask, folder, guard }
}

/** Every file in the folder: its bytes and its time. */
export function snapshot(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, `${statSync(join(folder, name), { bigint: true }).mtimeNs} ${readFileSync(join(folder, name)).toString('base64')}`]),
  )
}
