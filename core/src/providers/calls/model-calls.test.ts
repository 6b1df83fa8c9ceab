import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Explained } from '../explain-error.ts'
import { type CallPlan, ModelCalls, NoAnswer } from './model-calls.ts'
import { type Candidate, orderOf } from './order.ts'
import type { ThrottleLimits } from './throttle.ts'

class Failure extends Error {
  readonly explained: Explained
  constructor(code: string, retryable: boolean, retry_after_ms?: number) {
    super(code)
    this.explained = { code, message: code, retryable, retry_after_ms }
  }
}
const down = () => Promise.reject(new Failure('MODEL_UNAVAILABLE', true))
const one = { provider: 'one', model: 'm' }
const two = { provider: 'two', model: 'm' }

const usual = { workspace_id: 'default', candidates: [one], strategy: 'failover' as const, max_retries: 2, timeout_ms: 5_000, tokens: 1 }

function setUp(answers: Record<string, (count: number, signal: AbortSignal) => Promise<string>>, limits: Record<string, ThrottleLimits> = {}) {
  const calls = new ModelCalls(
    async (_workspace, provider) => (limits[provider] ? { key: provider, limits: limits[provider] } : null),
    () => 0,
  )
  const asked: string[] = []
  const waits: number[] = []
  const call = (plan: Partial<CallPlan<Candidate>> = {}) =>
    calls.call(
      { ...usual, signal: new AbortController().signal, ...plan },
      {
        ask: (candidate, signal) => {
          asked.push(candidate.provider)
          return answers[candidate.provider]!(asked.filter((each) => each === candidate.provider).length, signal)
        },
        tokensOf: () => 1,
        explain: (error) =>
          error instanceof Failure ? error.explained : { code: 'BAD', message: String(error), retryable: false, retry_after_ms: undefined },
        waiting: async (_, delay) => void waits.push(delay),
        failed: () => {},
      },
    )
  return { call, asked, waits }
}

afterEach(() => vi.useRealTimers())

describe('one candidate', () => {
  test('is asked again after what may pass, and no more often than allowed', async () => {
    const lucky = setUp({ one: (count) => (count < 3 ? down() : Promise.resolve('yes')) })
    expect(await lucky.call()).toEqual({ value: 'yes', candidate: one, retries: 2 })
    const unlucky = setUp({ one: down })
    await expect(unlucky.call()).rejects.toMatchObject({ name: 'NoAnswer', code: 'MODEL_UNAVAILABLE' })
    expect(unlucky.asked).toHaveLength(3)
  })
  test('is not asked again after a refusal', async () => {
    const { call, asked } = setUp({ one: () => Promise.reject(new Failure('MODEL_REFUSED', false)) })
    await expect(call()).rejects.toBeInstanceOf(NoAnswer)
    expect(asked).toHaveLength(1)
  })
  test('is given the time that it asked for', async () => {
    const { call, waits } = setUp({
      one: (count) => (count === 1 ? Promise.reject(new Failure('MODEL_RATE_LIMITED', true, 7)) : Promise.resolve('yes')),
    })
    await call()
    expect(waits).toEqual([7])
  })
  test('that hangs, even without heeding its signal, is given up at its time limit', async () => {
    const { call, asked } = setUp({ one: () => new Promise(() => {}) })
    await expect(call({ timeout_ms: 5, max_retries: 1 })).rejects.toMatchObject({ code: 'MODEL_TIMEOUT' })
    expect(asked).toHaveLength(2)
  })
  test('is left alone once it failed five times in a row, and tried again later', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const { call, asked } = setUp({ one: (count) => (count <= 5 ? down() : Promise.resolve('back')) })
    await expect(call({ max_retries: 4 })).rejects.toThrow()
    expect(asked).toHaveLength(5)
    await expect(call({ max_retries: 0 })).rejects.toThrow(/failed 5 times in a row and is left alone/)
    expect(asked).toHaveLength(5)
    vi.setSystemTime(Date.now() + 10_001)
    expect((await call({ max_retries: 0 })).value).toBe('back')
  })
  test('refusals and aborts do not count against it', async () => {
    const { call, asked } = setUp({ one: (count) => (count <= 6 ? Promise.reject(new Failure('MODEL_REFUSED', false)) : Promise.resolve('well')) })
    for (let i = 0; i < 6; i++) await expect(call()).rejects.toThrow('MODEL_REFUSED')
    expect((await call()).value).toBe('well')
    expect(asked).toHaveLength(7)
  })
  test('an abort ends a call and a wait at once, with its reason', async () => {
    const stop = new AbortController()
    const { call } = setUp({ one: () => new Promise(() => {}) })
    const hanging = call({ signal: stop.signal })
    stop.abort(new Error('cancelled'))
    await expect(hanging).rejects.toThrow('cancelled')
    const later = new AbortController()
    const waiting = setUp({ one: () => Promise.reject(new Failure('MODEL_RATE_LIMITED', true, 60_000)) })
    const paused = waiting.call({ signal: later.signal })
    await expect.poll(() => waiting.waits.length).toBe(1)
    later.abort(new Error('cancelled'))
    await expect(paused).rejects.toThrow('cancelled')
  })
})

describe('several candidates', () => {
  const both = { candidates: [one, two], max_retries: 0 }
  test.each([
    ['fails', 'MODEL_UNAVAILABLE', true],
    ['refuses the key', 'MODEL_KEY_REFUSED', false],
    ['does not know the model', 'MODEL_NOT_FOUND', false],
    ['has no credit left', 'MODEL_QUOTA_EXCEEDED', false],
  ])('the second answers where the first %s', async (_, code, retryable) => {
    const { call, waits } = setUp({ one: () => Promise.reject(new Failure(code, retryable)), two: () => Promise.resolve('two') })
    expect(await call(both)).toEqual({ value: 'two', candidate: two, retries: 1 })
    expect(waits).toEqual([])
  })
  test('a refusal of the request itself is final', async () => {
    const { call, asked } = setUp({ one: () => Promise.reject(new Failure('CONTENT_FILTERED', false)), two: () => Promise.resolve('two') })
    await expect(call(both)).rejects.toMatchObject({ code: 'CONTENT_FILTERED' })
    expect(asked).toEqual(['one'])
  })
  test('what cannot pass is not asked in the next round', async () => {
    const { call, asked } = setUp({
      one: () => Promise.reject(new Failure('MODEL_KEY_REFUSED', false)),
      two: (count) => (count < 3 ? down() : Promise.resolve('two')),
    })
    await call({ ...both, max_retries: 2 })
    expect(asked).toEqual(['one', 'two', 'two', 'two'])
  })
})

describe('a provider with limits', () => {
  const limits = { requests_per_minute: null, tokens_per_minute: null, concurrent: 1, max_waiting: 0 }
  const hang = (_: number, signal: AbortSignal) =>
    new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  test('whose queue is full: the call is refused, not asked again, and told when it may be', async () => {
    const { call, asked, waits } = setUp({ one: hang }, { one: limits })
    const stop = new AbortController()
    const first = call({ signal: stop.signal })
    first.catch(() => {}) // awaited below
    await expect.poll(() => asked.length).toBe(1)
    await expect(call()).rejects.toMatchObject({ name: 'NoAnswer', code: 'MODEL_QUEUE_FULL', retry_after_ms: 1_000 })
    expect([asked, waits]).toEqual([['one'], []])
    stop.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
  })
  test('whose queue is full does not keep another from answering', async () => {
    const { call, asked } = setUp({ one: hang, two: async () => 'two' }, { one: limits })
    const stop = new AbortController()
    call({ signal: stop.signal }).catch(() => {}) // only takes the place
    await expect.poll(() => asked.length).toBe(1)
    expect(await call({ candidates: [one, two] })).toMatchObject({ value: 'two', retries: 1 })
    stop.abort()
  })
})

describe('the order', () => {
  const three = [
    { provider: 'a', model: 'm', weight: 1 },
    { provider: 'b', model: 'm', weight: 2 },
    { provider: 'c', model: 'm', weight: 1 },
  ]
  const names = (order: Candidate[]) => order.map(({ provider }) => provider).join('')
  test('of weighted candidates follows their weights', () => {
    const counts: Record<string, number> = {}
    for (let i = 0; i < 400; i++) {
      const order = names(
        orderOf(
          three,
          'weighted',
          () => 0,
          () => (i % 100) / 100,
        ),
      )
      expect(order).toHaveLength(3)
      counts[order[0]!] = (counts[order[0]!] ?? 0) + 1
    }
    expect(counts).toEqual({ a: 100, b: 200, c: 100 })
  })
  test('of the least busy sees calls that begin at the same moment', async () => {
    const held = Promise.withResolvers<string>()
    const { call, asked } = setUp({ one: () => held.promise, two: () => held.promise })
    const all = Array.from({ length: 6 }, () => call({ candidates: [one, two], strategy: 'least_busy' }))
    await expect.poll(() => asked.length).toBe(6)
    expect(asked.toSorted()).toEqual(['one', 'one', 'one', 'two', 'two', 'two'])
    held.resolve('yes')
    await Promise.all(all)
  })
  test('of the least busy follows their load, then the list', () => {
    expect(
      names(
        orderOf(
          three,
          'least_busy',
          ({ provider }) => ({ a: 2, b: 1, c: 1 })[provider]!,
          () => 0,
        ),
      ),
    ).toBe('bca')
    expect(
      names(
        orderOf(
          three,
          'failover',
          () => 9,
          () => 0,
        ),
      ),
    ).toBe('abc')
  })
})
