import { expect, onTestFinished, test } from 'vitest'
import { ThreadPool } from '../embedded/thread-pool.ts'
import { callOf, toolOf } from '../test/hook-tool.ts'
import { sandboxThreads } from './code-runtime.ts'
import { handlerOf } from './test/code-calls.ts'

const kind = await sandboxThreads()

function openPool({ max_threads = 2, idle_ms = 3_600_000 }) {
  const limits = { max_per_hook: max_threads, grace_ms: 50, load_ms: 20_000, max_loaded: 20, max_calls: 100 }
  const capabilities = () => Promise.resolve(null)
  const pool = new ThreadPool({ ...limits, max_threads, idle_ms, capabilities, onDefect: () => {}, kind: () => kind })
  onTestFinished(() => pool.close())
  const call = (body: string, limit = 64) =>
    pool.call(callOf(toolOf({ limits: { timeout_ms: 20_000, memory_mb: limit } }), {}), { entry: body, source: handlerOf(body) })
  return { pool, call }
}

test('a thread stands by, and the next call takes it', async () => {
  const { pool, call } = openPool({})
  pool.standBy(64)
  pool.standBy(64)
  expect(pool.threadCount).toBe(1)
  expect(await call('globalThis.kept = 1; return typeof kept')).toBe('number')
  expect(await call('return typeof kept')).toBe('undefined')
  expect(pool.threadCount).toBe(1)
})

test('another stands by while the first is at work or has another limit, never more than there may be', async () => {
  const { pool, call } = openPool({})
  const working = call('return 1')
  pool.standBy(64)
  expect(pool.threadCount).toBe(2)
  pool.standBy(128)
  expect(pool.threadCount).toBe(2)
  expect(await working).toBe(1)
})

test('it ends when nobody came', async () => {
  const { pool } = openPool({ idle_ms: 1 })
  pool.standBy(64)
  await expect.poll(() => pool.threadCount).toBe(0)
})

test('none is started after the end', async () => {
  const { pool } = openPool({})
  await pool.close()
  pool.standBy(64)
  expect(pool.threadCount).toBe(0)
})
