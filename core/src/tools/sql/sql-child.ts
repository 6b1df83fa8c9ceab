import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RawAnswer } from './answer.ts'
import type { GuardedQuery } from './sql-guard.ts'
import { SqlRefusal } from './sql-refusal.ts'

/**
 * Runs queries, one at a time, in a process that sql-process.ts starts and ends. An engine is loaded when it is first asked for. A thread
 * beside watches the memory: SQLite and V8 keep no common account, and a query that blocks this thread cannot look at itself.
 */
export type ToChild = { query: GuardedQuery }
export type FromChild =
  | { answer: RawAnswer; error: null; heavy: boolean }
  | { answer: null; error: { message: string; refusal: boolean; stack?: string | undefined }; heavy: boolean }

const heavyBytes = 300_000_000

const watch = new Worker(new URL('./sql-watch.ts', import.meta.url), {
  env: {},
  argv: [],
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 16 },
})
const watching = once(watch, 'online')
process.on('disconnect', () => {
  if (process.argv[2]) rmSync(process.argv[2], { recursive: true, force: true })
  process.exit(0)
})
process.on('message', (message: ToChild) => void answer(message.query))

async function answer(query: GuardedQuery) {
  await watching
  watch.postMessage(process.memoryUsage.rss() + query.memory_mb * 1_000_000)
  let reply: FromChild
  try {
    reply = { answer: await run(query), error: null, heavy: false }
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    reply = { answer: null, error: { message: withoutPaths(message, query), refusal: error instanceof SqlRefusal, stack }, heavy: false }
  }
  watch.postMessage(null)
  process.send?.({ ...reply, heavy: process.memoryUsage.rss() > heavyBytes })
}

async function run(query: GuardedQuery): Promise<RawAnswer> {
  switch (query.source.type) {
    case 'sqlite':
    case 'rows':
      return (await import('./engine-sqlite.ts')).runSqlite(query as never)
    case 'duckdb':
      return (await import('./engine-duckdb.ts')).runDuckdb(query as never)
    case 'postgres':
      return (await import('./engine-postgres.ts')).runPostgres(query as never)
  }
}

/** Engines name files as they were opened. */
function withoutPaths(message: string, { source }: GuardedQuery): string {
  const paths = source.type === 'sqlite' ? [source.file] : source.type === 'duckdb' ? Object.values(source.files) : []
  return paths.reduce((text, path) => text.replaceAll(path, basename(path)), message)
}
