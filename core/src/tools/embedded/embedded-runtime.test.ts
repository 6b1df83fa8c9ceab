import { getEventListeners } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { Capabilities } from '../capabilities.ts'
import { EmbeddedPool } from './embedded-runtime.ts'
import type { Failure } from './hook-messages.ts'
import type { EmbeddedRuntime, ResolvedTool } from '../resolved-tool.ts'
import { callOf, toolOf, writeEntry } from '../test/hook-tool.ts'
import { ToolError } from '../tool-error.ts'

const entry = writeEntry(`
  '/echo': (input, context) => ({ input, now: context.now, key: context.idempotencyKey }),
  '/say': () => { throw new HookError('must be a date', 'rows[0].on') },
  '/break': () => { null.x },
  '/spin': () => { for (;;); },
  '/wait': (_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(1))),
  '/never': () => new Promise(() => {}),
  '/exit': () => process.exit(0),
  '/later': () => { setTimeout(() => { throw new Error('too late') }); return new Promise(() => {}) },
  '/hog': () => { const all = []; for (;;) all.push(Array.from({ length: 1e4 }, (_, i) => ({ i }))) },
  '/env': () => ({ env: { ...process.env }, argv: process.argv.slice(2) }),
  '/size': ({ n }) => 'x'.repeat(n),
  '/out': ({ what }) => ({
    nan: { rows: [{ total: 1 }, { total: NaN }] }, infinite: [Infinity], function: { f() {} }, nothing: undefined, hole: [undefined],
    absent: { a: undefined, b: 1 }, big: { n: 1n }, map: new Map(), date: [new Date(0)], symbol: Symbol('x'), cycle: (() => { const a = {}; a.a = a; return a })(),
  })[what],
`)
const runtime: EmbeddedRuntime = { type: 'embedded', entry }

const defects: { tool: string; failure: Failure }[] = []
const pools: EmbeddedPool[] = []
function newPool(options: { max_threads?: number; idle_ms?: number; capabilities?: Capabilities } = {}) {
  const capabilities: Capabilities = () => Promise.reject(new ToolError('nothing is granted'))
  const pool = new EmbeddedPool({ onDefect: (tool, failure) => defects.push({ tool, failure }), capabilities, ...options })
  pools.push(pool)
  return pool
}
afterEach(async () => {
  defects.length = 0
  await Promise.all(pools.splice(0).map((pool) => pool.close()))
})

type Limits = Partial<ResolvedTool['limits']>
const invoke = (pool: EmbeddedPool, path: string, input: unknown = {}, limits: Limits = {}, signal?: AbortSignal) =>
  pool.call(callOf(toolOf({ path, limits }), input, signal), runtime)

test('a handler gets its input and what stays the same on every repetition', async () => {
  const input = { text: 'ünïcode \u0000 \ud800', rows: [1, null, { a: true }] }
  expect(await invoke(newPool(), '/echo', input)).toEqual({ input, now: 1_700_000_000_000, key: 'run_1:1' })
})

test('threads see nothing of the environment and the arguments of the process', async () => {
  process.env['CADRE_TEST_SECRET'] = 'x'
  const seen = (await invoke(newPool(), '/env')) as { env: Record<string, string>; argv: string[] }
  expect(JSON.stringify(seen)).not.toContain('CADRE_TEST_SECRET')
  expect(seen.argv).toEqual([])
})

test('HookError is the word of the handler; anything else is a defect whose stack only the log sees', async () => {
  const pool = newPool()
  await expect(invoke(pool, '/say')).rejects.toEqual(new ToolError('rows[0].on: must be a date'))
  expect(defects).toEqual([])
  const error = await invoke(pool, '/break').catch((error: unknown) => error as ToolError)
  expect(error).toMatchObject({
    name: 'ToolError',
    retryable: false,
    message: expect.stringMatching(/^'hook__break' failed: Cannot read properties of null/),
  })
  expect(defects).toMatchObject([{ tool: 'hook__break', failure: { stack: expect.stringContaining('index.mjs') } }])
})

describe('output that JSON cannot hold', () => {
  test.each([
    ['nan', 'the output at rows[1].total is NaN'],
    ['infinite', 'the output at [0] is Infinity'],
    ['function', 'the output at f is a function'],
    ['nothing', 'the output is undefined'],
    ['hole', 'the output at [0] is undefined'],
    ['big', 'the output at n is a bigint'],
    ['map', 'the output is a Map'],
    ['date', 'the output at [0] is a Date'],
    ['symbol', 'the output is a symbol'],
    ['cycle', 'refers to itself'],
  ])('%s', async (what, message) => {
    await expect(invoke(newPool({ max_threads: 1 }), '/out', { what })).rejects.toThrow(message)
  })
  test('a property that is undefined is absent', async () => {
    expect(await invoke(newPool(), '/out', { what: 'absent' })).toEqual({ b: 1 })
  })
})

test('output may be as large as its limit and no larger', async () => {
  const pool = newPool()
  expect(await invoke(pool, '/size', { n: 998 }, { output_bytes: 1000 })).toHaveLength(998)
  await expect(invoke(pool, '/size', { n: 999 }, { output_bytes: 1000 })).rejects.toThrow(
    'the output has 1001 bytes; the limit is 1000 (limits.output_bytes)',
  )
})

describe('a handler that does not end', () => {
  test.each(['/spin', '/never', '/wait'])('%s is ended at its time limit, and the next call works', async (path) => {
    const pool = newPool({ max_threads: 1 })
    await expect(invoke(pool, path, {}, { timeout_ms: 30 })).rejects.toThrow('took longer than its limit of 30 ms (limits.timeout_ms)')
    expect(await invoke(pool, '/size', { n: 1 })).toBe('x')
    expect(pool.threadCount).toBe(1)
  })
  test.each(['/spin', '/never', '/wait'])('%s is ended when the call is aborted, with the reason given', async (path) => {
    const pool = newPool({ max_threads: 1 })
    await invoke(pool, '/size', { n: 1 })
    const abort = new AbortController()
    const call = invoke(pool, path, {}, {}, abort.signal)
    const waiting = invoke(pool, '/size', { n: 1 }, {}, abort.signal)
    const after = invoke(pool, '/size', { n: 2 })
    const reason = new Error('cancelled')
    abort.abort(reason)
    await expect(call).rejects.toBe(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(await after).toBe('xx')
    await expect(invoke(pool, '/size', {}, {}, abort.signal)).rejects.toBe(reason)
  })
})

describe('a handler that takes its thread with it', () => {
  test.each([
    ['/exit', 'it ended its own thread'],
    ['/later', 'too late'],
    ['/hog', 'it needed more than its limit of 32 MB (limits.memory_mb)'],
  ])('%s', async (path, message) => {
    const pool = newPool({ max_threads: 1 })
    await expect(invoke(pool, path, {}, { memory_mb: 32 })).rejects.toThrow(`'hook${path.replace('/', '__')}' failed: ${message}`)
    expect(await invoke(pool, '/size', { n: 1 }, { memory_mb: 32 })).toBe('x')
  })
})

test('what cannot be loaded or has no handler says so', async () => {
  const pool = newPool({ max_threads: 1 })
  const missing = pool.call(callOf(toolOf({})), { type: 'embedded', entry: 'file:///nowhere/index.ts' })
  await expect(missing).rejects.toThrow("the ForgeHook 'hook' could not be loaded: Cannot find module")
  await expect(invoke(pool, '/toString')).rejects.toThrow("'hook__toString' failed: there is no handler for /toString")
})

test('more calls than threads wait their turn, each thread taking one at a time', async () => {
  const pool = newPool({ max_threads: 2 })
  const sizes = Array.from({ length: 50 }, (_, n) => n)
  const outputs = (await Promise.all(sizes.map((n) => invoke(pool, '/size', { n })))) as string[]
  expect(outputs.map((text) => text.length)).toEqual(sizes)
  expect(pool.threadCount).toBe(2)
})

test('a plugin with another memory limit gets a thread of its own, also when all threads are taken', async () => {
  const pool = newPool({ max_threads: 1 })
  await invoke(pool, '/size', { n: 1 }, { memory_mb: 64 })
  expect(await invoke(pool, '/size', { n: 1 }, { memory_mb: 32 })).toBe('x')
  expect(pool.threadCount).toBe(1)
})

test('idle threads are ended', async () => {
  const pool = newPool({ idle_ms: 1 })
  await invoke(pool, '/size', { n: 1 })
  await expect.poll(() => pool.threadCount).toBe(0)
})

test('closing answers what is running and what waits', async () => {
  const pool = newPool({ max_threads: 1 })
  await invoke(pool, '/size', { n: 1 })
  const calls = [invoke(pool, '/spin'), invoke(pool, '/size', { n: 1 })]
  const answers = Promise.allSettled(calls)
  await pool.close()
  expect((await answers).map((answer) => answer.status === 'rejected' && (answer.reason as Error).message)).toEqual([
    "'hook__spin' failed: Cadre is shutting down",
    'Cadre is shutting down',
  ])
  await expect(invoke(pool, '/size', { n: 1 })).rejects.toThrow('Cadre is shutting down')
})

test('listeners on the signal of a long run do not pile up', async () => {
  const pool = newPool()
  const { signal } = new AbortController()
  for (let n = 0; n < 20; n++) await invoke(pool, '/size', { n }, {}, signal)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
