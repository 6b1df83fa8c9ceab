/**
 * The events of a stream, for as long as its caller may have them: `check` is asked again every so often and ends the stream with what it
 * throws. Between two events nothing is waiting for the timer, and nothing is kept per event.
 */
export async function* watched<T>(events: AsyncIterable<T>, check: () => Promise<void>, everyMs: number): AsyncGenerator<T> {
  const iterator = events[Symbol.asyncIterator]()
  let refusal: { error: unknown } | undefined
  let refuse: ((error: unknown) => void) | undefined
  const timer = setInterval(() => {
    check().catch((error: unknown) => {
      refusal ??= { error }
      refuse?.(error)
    })
  }, everyMs)
  try {
    for (;;) {
      if (refusal) throw refusal.error
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        refuse = reject
        iterator.next().then(resolve, reject)
      })
      refuse = undefined
      if (next.done) return
      yield next.value
    }
  } finally {
    clearInterval(timer)
    // Not awaited: a generator that waits for its next event, which may never come, takes the return after that.
    void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
