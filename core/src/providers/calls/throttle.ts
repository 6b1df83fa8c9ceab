/** What a provider allows, or may be asked for: null where there is no limit. */
export type ThrottleLimits = {
  requests_per_minute: number | null
  tokens_per_minute: number | null
  concurrent: number | null
  /** Calls that may wait; null for `mostWaiting`. */
  max_waiting: number | null
}

/** The call is not made: too many wait, or its turn would come too late. */
export class ThrottleFull extends Error {
  override name = 'ThrottleFull'
  readonly retry_after_ms: number
  constructor(provider: string, why: string, retry_after_ms: number) {
    super(`${provider} is asked as often as its limits allow, ${why}`)
    // Where only calls on their way are in the way, nobody knows.
    this.retry_after_ms = Math.max(1_000, retry_after_ms)
  }
}

type Waiting = { tokens: number; go: () => void }

const minute = 60_000
/** What setTimeout takes. */
const longestTimer = 2_147_483_647
/** Some hundred bytes for each that waits. With 1,024 runs at once in a process, most never see it; it bounds what sub-agents can pile up. */
const mostWaiting = 1_000

/**
 * Keeps the calls to one provider under its limits, in the order in which they came: token buckets that fill by the minute's share of each
 * moment, and a count of calls on their way. A call that takes more tokens than the bucket ever holds goes when it is full.
 */
export class Throttle {
  readonly #provider: string
  readonly #limits: ThrottleLimits
  readonly #now: () => number
  readonly #queue: Waiting[] = []
  #requests: number
  #tokens: number
  #filledAt: number
  #running = 0
  #timer: NodeJS.Timeout | undefined

  constructor(provider: string, limits: ThrottleLimits, now: () => number = Date.now) {
    this.#provider = provider
    this.#limits = limits
    this.#now = now
    this.#requests = limits.requests_per_minute ?? Infinity
    this.#tokens = limits.tokens_per_minute ?? Infinity
    this.#filledAt = now()
  }

  /**
   * Waits for its turn. Throws ThrottleFull where too many wait or its turn does not come within `patience_ms`, or the signal's reason.
   * @param tokens an estimate; `done` corrects it.
   */
  async begin(tokens: number, signal: AbortSignal, patience_ms: number): Promise<{ done: (actualTokens: number) => void }> {
    signal.throwIfAborted()
    if (this.#queue.length > 0 || !this.#take(tokens)) await this.#turn(tokens, signal, patience_ms)
    let ended = false
    return {
      done: (actual) => {
        if (ended) return
        ended = true
        this.#running--
        this.#tokens += tokens - actual
        this.#next()
      },
    }
  }

  #turn(tokens: number, signal: AbortSignal, patience_ms: number): Promise<void> {
    const delay = this.#delayFor(tokens, this.#queue)
    const { length } = this.#queue
    if (length >= (this.#limits.max_waiting ?? mostWaiting))
      throw new ThrottleFull(this.#provider, length === 0 ? 'and no call may wait' : `and ${length} calls are waiting already`, delay)
    // It would only be told later.
    if (delay > patience_ms)
      throw new ThrottleFull(this.#provider, `and its turn would come in ${delay} ms; a call has ${patience_ms}`, delay - patience_ms)
    return new Promise((resolve, reject) => {
      const leave = (reason: unknown) => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1)
        settle()
        reject(reason as Error)
        this.#next()
      }
      const onAbort = () => leave(signal.reason)
      // How long those on their way take, nobody knows beforehand.
      const timer = setTimeout(
        () => leave(new ThrottleFull(this.#provider, `and its turn did not come within ${patience_ms} ms`, this.#delayFor(tokens, this.#queue))),
        Math.min(patience_ms, longestTimer),
      )
      const settle = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = {
        tokens,
        go: () => {
          settle()
          resolve()
        },
      }
      signal.addEventListener('abort', onAbort, { once: true })
      this.#queue.push(waiting)
      this.#next()
    })
  }

  #next() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (let first = this.#queue[0]; first && this.#take(first.tokens); first = this.#queue[0]) {
      this.#queue.shift()
      first.go()
    }
    const [first] = this.#queue
    const delay = first && this.#delayFor(first.tokens)
    // Where only a running call is in the way, its end calls here.
    if (delay !== undefined && delay > 0) this.#timer = setTimeout(() => this.#next(), delay)
  }

  #take(tokens: number): boolean {
    this.#fill()
    const { concurrent } = this.#limits
    if (concurrent !== null && this.#running >= concurrent) return false
    if (this.#requests < 1 || this.#tokens < this.#needed(tokens)) return false
    this.#requests--
    this.#tokens -= tokens
    this.#running++
    return true
  }

  #needed(tokens: number): number {
    return Math.min(tokens, this.#limits.tokens_per_minute ?? Infinity)
  }

  /** Milliseconds until the buckets hold enough for it and those before it. */
  #delayFor(tokens: number, before: readonly Waiting[] = []): number {
    this.#fill()
    const { requests_per_minute, tokens_per_minute } = this.#limits
    const calls = 1 + before.length
    const volume = before.reduce((sum, each) => sum + this.#needed(each.tokens), this.#needed(tokens))
    const forCalls = requests_per_minute === null ? 0 : ((calls - this.#requests) / requests_per_minute) * minute
    const forVolume = tokens_per_minute === null ? 0 : ((volume - this.#tokens) / tokens_per_minute) * minute
    return Math.ceil(Math.max(0, forCalls, forVolume))
  }

  #fill() {
    const now = this.#now()
    const share = Math.max(0, now - this.#filledAt) / minute
    this.#filledAt = now
    const { requests_per_minute, tokens_per_minute } = this.#limits
    if (requests_per_minute !== null) this.#requests = Math.min(requests_per_minute, this.#requests + share * requests_per_minute)
    if (tokens_per_minute !== null) this.#tokens = Math.min(tokens_per_minute, this.#tokens + share * tokens_per_minute)
  }
}
