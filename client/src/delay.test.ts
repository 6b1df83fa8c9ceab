import { expect, test } from 'vitest'
import { delay } from './delay.ts'

test('an abort ends it with its reason, before and while it waits', async () => {
  const reason = new Error('enough')
  await expect(delay(60_000, AbortSignal.abort(reason))).rejects.toBe(reason)
  const stop = new AbortController()
  const waiting = delay(60_000, stop.signal)
  stop.abort(reason)
  await expect(waiting).rejects.toBe(reason)
})

test('ends by itself', async () => {
  await delay(1)
  await delay(1, new AbortController().signal)
})
