import { hash } from 'node:crypto'
import type { Identity } from './identity.ts'

/** How late a change that another process made may be noticed here. One of this process is noticed at once. */
export const cacheMs = 2_000
const mostEntries = 10_000

/** SHA-256 in hex: all that is kept of a key or a session's token, here and in the database. Each has 192 random bits or more. */
export const fingerprint = (secret: string) => hash('sha256', secret, 'hex')

/**
 * Who stands behind a credential, for two seconds, so that a busy caller costs a hash and not a query. Only good credentials are kept:
 * wrong ones cannot push them out.
 */
export class IdentityCache {
  readonly #known = new Map<string, { identity: Identity; until: number }>()
  readonly #now: () => number
  #generation = 0

  constructor(now: () => number) {
    this.#now = now
  }

  async get(secret: string, load: (fingerprint: string) => Promise<Identity>): Promise<Identity> {
    const key = fingerprint(secret)
    const now = this.#now()
    const known = this.#known.get(key)
    if (known && known.until > now) return known.identity
    this.#known.delete(key)
    const generation = this.#generation
    const identity = await load(key)
    // What was read before a change may be what the change ended.
    if (generation === this.#generation) {
      if (this.#known.size >= mostEntries) this.#known.delete(this.#known.keys().next().value ?? '')
      this.#known.set(key, { identity, until: Math.min(now + cacheMs, identity.expires_at ?? Infinity) })
    }
    return identity
  }

  /** To be called after each committed change of who there is and what they may. */
  clear() {
    this.#generation++
    this.#known.clear()
  }
}
