import { availableParallelism } from 'node:os'
import type { SqlAnswer } from '@cadre/contract/forgehook'
import { ToolError } from '../tool-error.ts'
import type { RawAnswer } from './answer.ts'
import { SqlProcess } from './sql-process.ts'

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

type Engine = 'sqlite' | 'duckdb' | 'postgres'

/** At most `max_processes` queries at once, others wait their turn; one idle process of each engine is kept for `idle_ms`. */
export function openSqlGuard({ max_processes = Math.min(4, availableParallelism()), idle_ms = 60_000 } = {}): SqlGuard {
  const all = new Set<SqlProcess>()
  const idle = new Map<Engine, { process: SqlProcess; clock: NodeJS.Timeout }>()
  const waiting: (() => void)[] = []
  let running = 0
  let closed = false

  async function turn(signal: AbortSignal) {
    if (running < max_processes) return void running++
    await new Promise<void>((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        waiting.splice(waiting.indexOf(go), 1)
        reject(signal.reason)
      }
      signal.addEventListener('abort', giveUp, { once: true })
      waiting.push(go)
    })
  }
  // The place is handed on, so that `running` stays.
  function leave() {
    const next = waiting.shift()
    if (next) next()
    else running--
  }

  function take(engine: Engine): SqlProcess {
    const kept = idle.get(engine)
    idle.delete(engine)
    clearTimeout(kept?.clock)
    if (kept?.process.usable) return kept.process
    const process = new SqlProcess()
    all.add(process)
    return process
  }
  function giveBack(engine: Engine, process: SqlProcess) {
    if (!process.usable || idle.has(engine) || closed) return drop(process)
    const clock = setTimeout(() => {
      idle.delete(engine)
      drop(process)
    }, idle_ms)
    clock.unref()
    idle.set(engine, { process, clock })
  }
  function drop(process: SqlProcess) {
    all.delete(process)
    process.kill()
  }

  return {
    async query(query, signal) {
      signal.throwIfAborted()
      if (closed) throw shuttingDown()
      await turn(signal)
      try {
        if (closed) throw shuttingDown()
        const engine = query.source.type === 'rows' ? 'sqlite' : query.source.type
        const process = take(engine)
        try {
          return answerOf(await process.run(query, signal))
        } finally {
          giveBack(engine, process)
        }
      } finally {
        leave()
      }
    },
    async close() {
      closed = true
      for (const { clock } of idle.values()) clearTimeout(clock)
      await Promise.all([...all].map((process) => process.end()))
    },
  }
}

const shuttingDown = () => new ToolError('Cadre is shutting down', { retryable: true })

function answerOf({ columns, rows, truncated }: RawAnswer): SqlAnswer {
  return { columns, rows: rows.map((row) => Object.fromEntries(row.map((value, place) => [columns[place]?.name ?? '', value]))), truncated }
}
