import { execFileSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { Ask } from '../capabilities.ts'
import { ToolError } from '../tool-error.ts'
import { openCode } from './test/code-calls.ts'

const { call, callSource, defects } = openCode({ max_threads: 1 })

test('a handler gets its input and what stays the same on every repetition', async () => {
  const input = { text: 'ünïcode \u0000 \ud800', rows: [1, null, { a: true }] }
  const seen = await call(
    'return { input, now: context.now, key: context.idempotencyKey, settings: context.settings, aborted: context.signal.aborted }',
    {
      input,
      settings: { url: 'http://x' },
    },
  )
  expect(seen).toEqual({ input, now: 1_700_000_000_000, key: 'run_1:1', settings: { url: 'http://x' }, aborted: false })
})

test('what defineHook makes is called as plain handlers are', async () => {
  const source = `import { defineHook } from '@cadre/contract/forgehook'
export default defineHook({ '/x': { description: 'Adds', input: { type: 'object' }, handler: ({ a, b }) => a + b } })`
  expect(await callSource(source, { input: { a: 1, b: 2 } })).toBe(3)
})

test('nothing of a module is kept: its variables are new in each call', async () => {
  const source = `let n = 0; const seen = []; export default { '/x': () => { globalThis.g = (globalThis.g ?? 0) + 1; return [++n, seen.push(1), g] } }`
  for (let i = 0; i < 3; i++) expect(await callSource(source)).toEqual([1, 1, 1])
})

test('chance is new in each call', async () => {
  const all = await Promise.all(
    Array.from({ length: 5 }, () => call('return [Math.random(), crypto.randomUUID(), crypto.getRandomValues(new Uint32Array(1))[0]]')),
  )
  expect(new Set(all.flat() as unknown[]).size).toBe(15)
})

test('HookError is the word of the handler; anything else is a defect whose stack with its lines only the log sees', async () => {
  await expect(call('throw new HookError("must be a date", "rows[0].on")')).rejects.toEqual(new ToolError('rows[0].on: must be a date'))
  expect(defects).toEqual([])
  const error = (await call('\n\nnull.x').catch((thrown: unknown) => thrown)) as ToolError
  expect(error).toMatchObject({ name: 'ToolError', uncertain: true, message: "'hook__x' failed: cannot read property 'x' of null" })
  expect(defects.splice(0)).toMatchObject([{ tool: 'hook__x', stack: expect.stringContaining('tool.js:4:1') }])
})

test('what cannot be loaded or has no handler says so', async () => {
  await expect(callSource('export default {\n  "/x": () => = 1 }')).rejects.toThrow(
    /the ForgeHook 'hook' could not be loaded: SyntaxError: .* \(line 2, column \d+\)/,
  )
  await expect(callSource('import fs from "node:fs"\nexport default {}')).rejects.toThrow(
    "'node:fs' cannot be imported here: code has '@cadre/contract/forgehook'",
  )
  await expect(callSource('export default {}', { path: '/toString' })).rejects.toThrow("'hook__toString' failed: there is no handler for /toString")
  await expect(callSource('export default 5')).rejects.toThrow('its default export is no object of handlers by endpoint path')
  await expect(callSource('throw new Error("at once")')).rejects.toThrow("'hook__x' failed: at once")
})

describe('what a handler asks of the server', () => {
  const asked: Ask[] = []
  const answers: Record<string, unknown> = {
    fetch: { status: 200, url: 'http://a/', headers: { 'content-type': 'application/json' }, body: new TextEncoder().encode('{"ü":[1]}') },
    'files.read': new Uint8Array([1, 2, 255]),
    'files.list': [{ path: 'a', type: 'file', size: 1, modified: 2 }],
    sql: { columns: [], rows: [{ a: 1 }], truncated: false },
    secret: 'open sesame',
    'store.get': undefined,
  }
  const capabilities = (_: unknown, ask: Ask) => {
    asked.push(ask)
    return ask.what in answers ? Promise.resolve(answers[ask.what]) : Promise.reject(new ToolError(`${ask.what} is refused`))
  }
  const asking = openCode({ capabilities })

  test('an answer with bytes, as bytes, text and JSON', async () => {
    const body =
      'const r = await context.fetch("http://a/", { method: "POST", body: new Uint8Array([1, 0]) }); return [r.status, r.headers, r.body instanceof Uint8Array, r.body.length, await r.text(), await r.json()]'
    expect(await asking.call(body)).toEqual([200, { 'content-type': 'application/json' }, true, 10, '{"ü":[1]}', { ü: [1] }])
    expect(asked.splice(0)).toEqual([{ what: 'fetch', args: ['http://a/', { method: 'POST', body: new Uint8Array([1, 0]) }] }])
    expect(await asking.call('return [...await context.files.read("a", { offset: 1 })]')).toEqual([1, 2, 255])
    expect(asked.splice(0)).toEqual([{ what: 'files.read', args: ['a', { offset: 1 }] }])
  })
  test('the others', async () => {
    const body =
      'return [await context.files.list(), await context.sql({ sql: "select 1" }), await context.secret("a"), await context.store.get("k")]'
    expect(await asking.call(body)).toEqual([answers['files.list'], answers['sql'], 'open sesame', null])
    asked.length = 0
    await expect(asking.call('await context.store.set("k", { a: [1] })')).rejects.toEqual(new ToolError('store.set is refused'))
    expect(await asking.call('return context.store.delete("k").catch((e) => [e instanceof HookError, e.message])')).toEqual([
      true,
      'store.delete is refused',
    ])
    expect(asked).toMatchObject([{ what: 'store.set', args: ['k', { a: [1] }] }, { what: 'store.delete' }])
  })
  test('lines, in order', async () => {
    asked.length = 0
    await asking.call('console.log("a", 1, { b: 2 }); context.log("c"); console.error(new TypeError("d"))').catch(() => {})
    expect(asked.map(({ args }) => String(args[0]).split('\n')[0])).toEqual(['a 1 {"b":2}', 'c', 'error: TypeError: d'])
  })
})

test('globals that programs expect', async () => {
  const body = `
    const url = new URL('/c?d=1#e', 'http://a.b'); url.searchParams.append('x', 'ü y'); url.pathname = '/z'; url.searchParams.set('d', 2)
    await new Promise((resolve) => setTimeout(resolve, 1))
    return [url.href, String(new URLSearchParams({ a: 1 })), atob(btoa('hi')), new TextDecoder().decode(new TextEncoder().encode('é€😀')), structuredClone({ a: new Set([1]) }).a.has(1)]`
  expect(await call(body)).toEqual(['http://a.b/z?d=2&x=%C3%BC+y#e', 'a=1', 'hi', 'é€😀', true])
})

describe('a handler that does not end', () => {
  const spin = 'for (;;);'
  const wait = 'await new Promise((resolve) => setTimeout(resolve, 1e6))'
  test.each([spin, wait])('%s is ended at its time limit, and the next call works', async (body) => {
    await expect(call(body, { limits: { timeout_ms: 30 } })).rejects.toThrow('took longer than its limit of 30 ms (limits.timeout_ms)')
    expect(await call('return 1')).toBe(1)
  })
  test.each([spin, wait])('%s is ended when the call is aborted, with the reason given', async (body) => {
    await call('return 1')
    const abort = new AbortController()
    const running = call(body, { signal: abort.signal })
    const waiting = call('return 1', { signal: abort.signal })
    const after = call('return 2')
    const reason = new Error('cancelled')
    setImmediate(() => abort.abort(reason))
    await expect(running).rejects.toBe(reason)
    await expect(waiting).rejects.toBe(reason)
    expect(await after).toBe(2)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  })
  test('it is told, and what it then says is heard', async () => {
    const lines: string[] = []
    const capabilities = (_: unknown, { args }: Ask) => Promise.resolve(void lines.push(String(args[0])))
    const told = openCode({ capabilities, max_threads: 1 })
    await told.call('return 1')
    await expect(
      told.call('context.signal.addEventListener("abort", () => context.log("told")); await new Promise((r) => setTimeout(r, 1e6))', {
        limits: { timeout_ms: 1_000 },
      }),
    ).rejects.toThrow('took longer')
    await told.call('context.log("next")')
    expect(lines).toEqual(['told', 'next'])
  })
})

test('waiting for a thread is not counted, and one ForgeHook never takes every thread', async () => {
  const two = openCode({ max_threads: 2 })
  await two.call('return 1')
  const spinning = Array.from({ length: 3 }, () => two.call('for (;;);', { limits: { timeout_ms: 500 } }))
  const ended = Promise.allSettled(spinning)
  expect(await two.call('return 1', { hook_id: 'other', limits: { timeout_ms: 5_000 } })).toBe(1)
  const last = two.call('return 2', { limits: { timeout_ms: 1_200 } })
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  expect(await last).toBe(2)
})

test('closing answers what is running and what waits', async () => {
  const closing = openCode({ max_threads: 1 })
  await closing.call('return 1')
  const answers = Promise.allSettled([closing.call('for (;;);'), closing.call('return 1')])
  await new Promise((resolve) => setImmediate(resolve))
  await closing.runtime.close()
  expect((await answers).map((answer) => answer.status === 'rejected' && (answer.reason as Error).message)).toEqual([
    "'hook__x' failed: Cadre is shutting down",
    'Cadre is shutting down',
  ])
})

test('threads that are idle do not keep the process alive', () => {
  const program = `
    const { openCodeRuntime } = await import(${JSON.stringify(new URL('./code-runtime.ts', import.meta.url).href)})
    const runtime = openCodeRuntime({ capabilities: async () => null, log: console, idle_ms: 3_600_000 })
    const limits = { timeout_ms: 20_000, memory_mb: 64, output_bytes: 1_000 }
    const tool = { name: 'hook__x', hook_id: 'hook', path: '/x', limits, settings: {} }
    runtime.standBy(128)
    const call = { tool, input: {}, idempotency_key: '', run_id: null, now: 0, signal: new AbortController().signal }
    console.log(await runtime.call(call, { type: 'code', source: 'export default { "/x": () => "done" }' }))`
  expect(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8', timeout: 50_000 })).toBe('done\n')
})
