/**
 * The promise, or the signal's reason as soon as it is aborted.
 *
 * Needed beside the signal that fetch is given: Node's fetch holds its own follower of that signal weakly, and after a garbage
 * collection an abort no longer ends an answer that is under way (Node 24.21: a stream that was aborted after ten minutes went on).
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([promise, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** The events, until they end, break or are no longer wanted; then their connection is closed. */
export async function* untilAborted<T>(
  events: AsyncIterator<T>,
  signal: AbortSignal | undefined,
  explain: (error: unknown) => unknown,
): AsyncGenerator<T, unknown> {
  try {
    for (;;) {
      const { done, value } = await orAborted(events.next(), signal)
      if (done) return value
      yield value
    }
  } catch (error) {
    throw explain(error)
  } finally {
    // Not awaited: a connection that broke may fail to close for the reason that is already thrown.
    events.return?.().catch(() => undefined)
  }
}
