import { DelegateBackoff, handleWhen, retry } from 'cockatiel'

export type Retryable = { retryable: boolean; retry_after_ms?: number | undefined; message: string }

/**
 * Calls again after a failure that may pass, with exponential backoff and full jitter (AWS Architecture Blog, "Exponential Backoff And
 * Jitter"): a random part of 0.5 s, 1 s, 2 s... up to 30 s, or what the other side asked for by Retry-After, up to a minute.
 * @param waiting called before each wait; its promise is awaited before the next try.
 */
export async function retrying<T>(
  attempts: { max_retries: number; signal: AbortSignal; explain: (error: unknown) => Retryable },
  waiting: (reason: string, delayMs: number) => Promise<void>,
  call: () => Promise<T>,
): Promise<{ value: T; retries: number }> {
  let retries = 0
  let announced: Promise<void> = Promise.resolve()
  const backoff = new DelegateBackoff<{ attempt: number; result: unknown }>((context) => {
    const error = (context.result as { error?: unknown }).error
    const asked = attempts.explain(error).retry_after_ms
    return asked === undefined ? Math.random() * Math.min(30_000, 500 * 2 ** (context.attempt - 1)) : Math.min(asked, 60_000)
  })
  const policy = retry(
    handleWhen((error) => !attempts.signal.aborted && attempts.explain(error).retryable),
    { maxAttempts: attempts.max_retries, backoff },
  )
  policy.onRetry((event) => {
    retries++
    announced = waiting('error' in event ? attempts.explain(event.error).message : '', event.delay)
    announced.catch(() => {}) // awaited below, where it is thrown
  })
  const value = await policy.execute(async () => {
    await announced
    attempts.signal.throwIfAborted()
    return call()
  }, attempts.signal)
  return { value, retries }
}
