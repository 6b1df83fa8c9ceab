import type { SqlAnswer } from '@cadre/contract/forgehook'

/** What the guard runs: files are located and connections opened already. */
export type GuardedQuery = {
  sql: string
  params: unknown[] | Record<string, unknown>
  source:
    | { type: 'sqlite'; file: string }
    /** Table name to absolute path. */
    | { type: 'duckdb'; files: Record<string, string> }
    | { type: 'rows'; tables: Record<string, Record<string, unknown>[]> }
    | { type: 'postgres'; url: string }
  max_rows: number
  max_bytes: number
  timeout_ms: number
  memory_mb: number
}

/** The one way to run SQL for a tool: one statement that only reads, in a process that is killed from outside. Throws ToolError. */
export type SqlGuard = {
  query: (query: GuardedQuery, signal: AbortSignal) => Promise<SqlAnswer>
  close: () => Promise<void>
}

export function openSqlGuard(): SqlGuard {
  return { query: () => Promise.reject(new Error('not there yet')), close: () => Promise.resolve() }
}
