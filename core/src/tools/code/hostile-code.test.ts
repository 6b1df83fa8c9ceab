import { describe, expect, test } from 'vitest'
import type { Ask } from '../capabilities.ts'
import { ToolError } from '../tool-error.ts'
import { openCode } from './test/code-calls.ts'
import { hostile } from './test/hostile-code.ts'

const asked = new Set<string>()
const capabilities = (_: unknown, { what, args }: Ask) => {
  asked.add(what)
  if (what === 'log') return Promise.resolve(null)
  if (what === 'store.get' && args[0] === 'known') return Promise.resolve('value')
  return Promise.reject(new ToolError('nothing is granted'))
}
// Few threads for all of them, so that each call follows others in its thread.
const { call } = openCode({ capabilities, max_threads: 3 })

/** What a call finds of its surroundings, and what it would leave behind. */
const surroundings = `
  const names = Object.getOwnPropertyNames
  globalThis.left = (globalThis.left ?? 0) + 1
  Object.prototype.bad = 1
  const all = [globalThis, Object, Object.prototype, Array.prototype, Promise.prototype, Function.prototype, JSON, Math, Reflect, Error, Map.prototype]
  return [globalThis.left, all.map((each) => names(each).join()), JSON.stringify({ a: 1 }), String(Array.prototype.push), typeof Error]`
const untouched = await call(surroundings)

const ends = {
  late: /^'hook__x' took longer than its limit of 150 ms \(limits.timeout_ms\)$/,
  full: /^'hook__x' failed: it needed more than its limit of 64 MB \(limits.memory_mb\)$/,
  deep: /^'hook__x' failed: (Maximum call stack size exceeded|it nested too deeply, or ran out of memory)$/,
}

describe.concurrent('hostile code ends in time, reaches nothing, and leaves nothing to the next call', () => {
  test.each(hostile)('$name', async ({ body, ends: end, input }) => {
    const limits = end === 'late' ? { timeout_ms: 150 } : {}
    const outcome = await call(body, { limits, input }).then(
      (value) => ({ value }),
      (error: Error) => ({ message: error.message, stack: undefined }),
    )
    if (end instanceof RegExp) expect(outcome).toMatchObject({ message: expect.stringMatching(end) })
    else if (typeof end === 'string') expect(outcome).toMatchObject({ message: expect.stringMatching(ends[end]) })
    else expect(outcome).toEqual(end)
    expect(await call(surroundings)).toEqual(untouched)
  })
})

test('there are more than a hundred, and they asked for nothing but what handlers may', () => {
  expect(hostile.length).toBeGreaterThan(100)
  expect([...asked].toSorted()).toEqual(['fetch', 'log', 'secret', 'store.get', 'store.set'])
})
