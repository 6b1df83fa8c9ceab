import { afterEach, describe, expect, test, vi } from 'vitest'
import { Throttle, ThrottleFull, type ThrottleLimits } from './throttle.ts'

afterEach(() => vi.useRealTimers())

describe('the throttle', () => {
  const signal = new AbortController().signal
  const patience = 600_000
  const limits = (change: Partial<ThrottleLimits>): ThrottleLimits => ({
    requests_per_minute: null,
    tokens_per_minute: null,
    concurrent: null,
    max_waiting: null,
    ...change,
  })
  async function settled<T>(promise: Promise<T>): Promise<boolean> {
    let done = false
    void promise.then(() => (done = true))
    await vi.advanceTimersByTimeAsync(0)
    return done
  }

  test('lets requests through at their rate, in order', async () => {
    vi.useFakeTimers()
    const throttle = new Throttle('p', limits({ requests_per_minute: 2 }))
    await throttle.begin(1, signal, patience)
    await throttle.begin(1, signal, patience)
    const third = throttle.begin(1, signal, patience)
    const fourth = throttle.begin(1, signal, patience)
    expect(await settled(third)).toBe(false)
    await vi.advanceTimersByTimeAsync(30_000)
    expect([await settled(third), await settled(fourth)]).toEqual([true, false])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(await settled(fourth)).toBe(true)
  })
  test('counts tokens, corrects its estimate, and lets one that is too large go when it is full', async () => {
    vi.useFakeTimers()
    const throttle = new Throttle('p', limits({ tokens_per_minute: 100 }))
    const first = await throttle.begin(100, signal, patience)
    first.done(40)
    await throttle.begin(60, signal, patience)
    const large = throttle.begin(500, signal, patience)
    expect(await settled(large)).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await settled(large)).toBe(true)
  })
  test('counts calls on their way, and forgets those that go away', async () => {
    const throttle = new Throttle('p', limits({ concurrent: 1 }))
    const first = await throttle.begin(1, signal, patience)
    const stop = new AbortController()
    const second = throttle.begin(1, stop.signal, patience)
    const third = throttle.begin(1, signal, patience)
    stop.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    first.done(1)
    first.done(1)
    await third
  })

  describe('has a bounded queue', () => {
    test('one more than may wait is refused, and told when to come again', async () => {
      vi.useFakeTimers()
      const throttle = new Throttle('p', limits({ requests_per_minute: 60, max_waiting: 2 }))
      const begin = () => throttle.begin(1, signal, patience)
      for (let i = 0; i < 60; i++) await begin()
      const [first, second] = [begin(), begin()]
      await expect(begin()).rejects.toMatchObject({
        name: 'ThrottleFull',
        retry_after_ms: 3_000,
        message: expect.stringContaining('2 calls are waiting'),
      })
      await vi.advanceTimersByTimeAsync(1_000)
      expect([await settled(first), await settled(second)]).toEqual([true, false])
      expect(await settled(begin())).toBe(false) // there was room again
    })
    test('where none may wait, a call goes at once or not at all', async () => {
      const throttle = new Throttle('p', limits({ concurrent: 1, max_waiting: 0 }))
      const first = await throttle.begin(1, signal, patience)
      await expect(throttle.begin(1, signal, patience)).rejects.toBeInstanceOf(ThrottleFull)
      first.done(1)
      await throttle.begin(1, signal, patience)
    })
    test.each([
      ['requests', limits({ requests_per_minute: 1 }), 1],
      ['tokens', limits({ tokens_per_minute: 1_000 }), 1_000],
    ])('a turn that would come too late is refused at once: %s', async (_, given, tokens) => {
      vi.useFakeTimers()
      const throttle = new Throttle('p', given)
      await throttle.begin(tokens, signal, 90_000)
      const second = throttle.begin(tokens, signal, 90_000)
      await expect(throttle.begin(tokens, signal, 90_000)).rejects.toMatchObject({
        retry_after_ms: 30_000,
        message: 'p is asked as often as its limits allow, and its turn would come in 120000 ms; a call has 90000',
      })
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await settled(second)).toBe(true)
    })
    test('a turn that does not come, since others take their time, is given up', async () => {
      vi.useFakeTimers()
      const throttle = new Throttle('p', limits({ concurrent: 1 }))
      const first = await throttle.begin(1, signal, 5_000)
      const second = throttle.begin(1, signal, 5_000)
      second.catch(() => {}) // awaited below
      const third = throttle.begin(1, signal, 9_000)
      await vi.advanceTimersByTimeAsync(5_000)
      await expect(second).rejects.toThrow('its turn did not come within 5000 ms')
      first.done(1)
      await third
      expect(vi.getTimerCount()).toBe(0)
    })
  })
})
