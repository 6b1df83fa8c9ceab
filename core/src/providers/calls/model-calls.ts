import { BrokenCircuitError, circuitBreaker, type CircuitBreakerPolicy, ConsecutiveBreaker, handleAll } from 'cockatiel'
import type { Explained } from '../explain-error.ts'
import { type Candidate, orderOf, type Strategy } from './order.ts'
import { Throttle, ThrottleFull, type ThrottleLimits } from './throttle.ts'

export type CallPlan<C extends Candidate> = {
  /** Whose providers the candidates name. */
  workspace_id: string
  candidates: readonly C[]
  strategy: Strategy
  /** How often the whole list is gone through again. */
  max_retries: number
  /** For one try at one candidate, in milliseconds. */
  timeout_ms: number
  /** What the call may take, for tokens per minute. */
  tokens: number
  signal: AbortSignal
}

/** What a provider may be asked for. Calls with the same `key` share it: those of all workspaces where the provider is the server's. */
export type SharedLimits = { key: string; limits: ThrottleLimits }
export type LimitsOf = (workspace: string, provider: string) => Promise<SharedLimits | null>

export type CallAnswer<C, T> = { value: T; candidate: C; retries: number }
export type CallHooks<C, T> = {
  ask: (candidate: C, signal: AbortSignal) => Promise<T>
  /** Tokens that an answer took. */
  tokensOf: (value: T) => number
  explain: (error: unknown, candidate: C) => Explained
  /** Told before each wait; its promise is awaited. */
  waiting: (reason: string, delayMs: number) => Promise<void>
  /** Told of each try that failed. */
  failed: (candidate: C, failure: Explained) => void
}

/** Why no candidate answered. */
export class NoAnswer extends Error {
  override name = 'NoAnswer'
  readonly code: string
  /** When it may be worth asking again, where somebody said so. */
  readonly retry_after_ms: number | undefined
  constructor({ code, message, retry_after_ms }: Pick<Explained, 'code' | 'message' | 'retry_after_ms'>) {
    super(message)
    this.code = code
    this.retry_after_ms = retry_after_ms
  }
}

const breakAfter = 5
const halfOpenMs = 10_000
const longestAsked = 60_000
/** Another provider may do what this one cannot. */
const elsewhere = new Set(['MODEL_KEY_REFUSED', 'MODEL_NOT_FOUND', 'PROVIDER_NOT_USABLE', 'MODEL_QUOTA_EXCEEDED', 'MODEL_QUEUE_FULL'])

/**
 * Everything that stands around a single model call: a time limit, failover over candidates, retries with full jitter that honour
 * Retry-After, a circuit breaker for each provider and model in a workspace, and each provider's throttle. Never around a run: what tools did stays done.
 */
export class ModelCalls {
  readonly #breakers = new Map<string, CircuitBreakerPolicy>()
  readonly #throttles = new Map<string, { limits: string; throttle: Throttle }>()
  readonly #busy = new Map<string, number>()
  readonly #limitsOf: LimitsOf
  readonly #random: () => number

  constructor(limitsOf: LimitsOf, random: () => number = Math.random) {
    this.#limitsOf = limitsOf
    this.#random = random
  }

  /** Throws NoAnswer with the last reason, or the signal's reason. */
  async call<C extends Candidate, T>(plan: CallPlan<C>, hooks: CallHooks<C, T>): Promise<CallAnswer<C, T>> {
    let left = orderOf(plan.candidates, plan.strategy, (each) => this.#busy.get(keyOf(plan, each)) ?? 0, this.#random)
    let retries = 0
    for (let round = 0; ; round++) {
      const failures: Explained[] = []
      for (const candidate of left) {
        const outcome = await this.#try(plan, hooks, candidate)
        if ('value' in outcome) return { value: outcome.value, candidate, retries }
        plan.signal.throwIfAborted()
        const { failure } = outcome
        hooks.failed(candidate, failure)
        if (!failure.retryable && !elsewhere.has(failure.code)) throw new NoAnswer(failure)
        failures.push(failure)
        retries++
        if (!failure.retryable) left = left.filter((each) => each !== candidate)
      }
      const last = failures.at(-1)
      if (left.length === 0 || round >= plan.max_retries || !last)
        throw new NoAnswer(last ?? { code: 'PROVIDER_NOT_USABLE', message: 'there is no model to ask', retry_after_ms: undefined })
      const delay = this.#delay(round, failures)
      await hooks.waiting(failures.map(({ message }) => message).join('; '), delay)
      await pause(delay, plan.signal)
    }
  }

  async #try<C extends Candidate, T>(plan: CallPlan<C>, hooks: CallHooks<C, T>, candidate: C): Promise<{ value: T } | { failure: Explained }> {
    const key = keyOf(plan, candidate)
    const explain = (error: unknown): Explained => explained(error, candidate, plan.timeout_ms) ?? hooks.explain(error, candidate)
    let place: { done: (tokens: number) => void } | undefined
    let used = 0
    // Before anything is awaited: calls that begin together must see each other, or all of them choose the same.
    this.#count(key, 1)
    try {
      const throttle = await this.#throttleOf(plan.workspace_id, candidate.provider)
      place = await throttle?.begin(plan.tokens, plan.signal, plan.timeout_ms)
      const value = await this.#breakerOf(key).execute(() =>
        unhealthy(
          limited(plan, (signal) => hooks.ask(candidate, signal)),
          explain,
          plan.signal,
        ),
      )
      if (value instanceof HealthyRefusal) return { failure: explain(value.reason) }
      used = hooks.tokensOf(value)
      return { value }
    } catch (error) {
      if (plan.signal.aborted) throw plan.signal.reason
      return { failure: explain(error) }
    } finally {
      this.#count(key, -1)
      place?.done(used)
    }
  }

  #count(key: string, change: number) {
    this.#busy.set(key, (this.#busy.get(key) ?? 0) + change)
  }

  #breakerOf(key: string): CircuitBreakerPolicy {
    let breaker = this.#breakers.get(key)
    if (!breaker) {
      breaker = circuitBreaker(handleAll, { halfOpenAfter: halfOpenMs, breaker: new ConsecutiveBreaker(breakAfter) })
      this.#breakers.set(key, breaker)
    }
    return breaker
  }

  async #throttleOf(workspace: string, provider: string): Promise<Throttle | undefined> {
    const shared = await this.#limitsOf(workspace, provider)
    if (!shared) return undefined
    const { key, limits } = shared
    const text = JSON.stringify(limits)
    let known = this.#throttles.get(key)
    if (known?.limits !== text) {
      known = { limits: text, throttle: new Throttle(provider, limits) }
      this.#throttles.set(key, known)
    }
    return known.throttle
  }

  /** Full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"), or the shortest time that one of them asked for. */
  #delay(round: number, failures: Explained[]): number {
    const asked = failures.map(({ retry_after_ms }) => retry_after_ms).filter((each) => each !== undefined)
    if (asked.length === failures.length) return Math.min(longestAsked, ...asked)
    return Math.round(this.#random() * Math.min(30_000, 500 * 2 ** round))
  }
}

/** An error that says nothing about the health of a provider: it refused this very request, or the caller went away. */
class HealthyRefusal {
  readonly reason: unknown
  constructor(reason: unknown) {
    this.reason = reason
  }
}

// The breaker counts what is thrown.
async function unhealthy<T>(work: Promise<T>, explain: (error: unknown) => Explained, signal: AbortSignal): Promise<T | HealthyRefusal> {
  try {
    return await work
  } catch (error) {
    if (signal.aborted || !explain(error).retryable) return new HealthyRefusal(error)
    throw error
  }
}

function keyOf({ workspace_id }: { workspace_id: string }, { provider, model }: Candidate): string {
  return `${workspace_id}\n${provider}\n${model}`
}

class TookTooLong extends Error {
  override name = 'TookTooLong'
}

/** A provider that ignores its signal must not hold the call. */
async function limited<T>(
  { timeout_ms, signal }: Pick<CallPlan<Candidate>, 'timeout_ms' | 'signal'>,
  ask: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const clock = new AbortController()
  const late = new TookTooLong()
  const timer = setTimeout(() => clock.abort(late), timeout_ms)
  const both = AbortSignal.any([signal, clock.signal])
  try {
    both.throwIfAborted() // an abort that came before is no event any more
    return await new Promise<T>((resolve, reject) => {
      both.addEventListener('abort', () => reject(both.reason), { once: true })
      ask(both).then(resolve, (error: unknown) => reject(clock.signal.aborted ? late : error))
    })
  } finally {
    clearTimeout(timer)
  }
}

function explained(error: unknown, { provider, model }: Candidate, timeout_ms: number): Explained | null {
  const retryable = { retryable: true, retry_after_ms: undefined }
  if (error instanceof TookTooLong) return { code: 'MODEL_TIMEOUT', message: `${provider} did not answer within ${timeout_ms} ms`, ...retryable }
  if (error instanceof BrokenCircuitError)
    return {
      code: 'MODEL_UNAVAILABLE',
      message: `${provider}/${model} failed ${breakAfter} times in a row and is left alone for ${halfOpenMs / 1000} s`,
      ...retryable,
    }
  // Not asked again here: a call that waits for a place in the queue would be in a queue without an end.
  if (error instanceof ThrottleFull)
    return { code: 'MODEL_QUEUE_FULL', message: error.message, retryable: false, retry_after_ms: error.retry_after_ms }
  return null
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
