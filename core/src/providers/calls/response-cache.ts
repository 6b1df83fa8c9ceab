import { createHash } from 'node:crypto'

type Entry = { text: string; until: number }

/** Characters of all answers together. */
const mostChars = 50_000_000

/** Answers of models by the exact question, for as long as the agent allows. In memory, the oldest going first. */
export class ResponseCache {
  readonly #entries = new Map<string, Entry>()
  readonly #now: () => number
  #chars = 0

  constructor(now: () => number) {
    this.#now = now
  }

  get(key: string): unknown {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    if (entry.until > this.#now()) return JSON.parse(entry.text)
    this.#drop(key, entry)
    return undefined
  }

  set(key: string, value: unknown, lifetime_ms: number) {
    const before = this.#entries.get(key)
    if (before) this.#drop(key, before)
    const text = JSON.stringify(value)
    this.#entries.set(key, { text, until: this.#now() + lifetime_ms })
    this.#chars += text.length
    for (const [oldest, entry] of this.#entries) {
      if (this.#chars <= mostChars) break
      this.#drop(oldest, entry)
    }
  }

  #drop(key: string, { text }: Entry) {
    this.#entries.delete(key)
    this.#chars -= text.length
  }
}

/** The same for the same question to the same model; everything that changes an answer must be in it. */
export function cacheKey(question: unknown): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('base64url')
}
