/** `open`: the one person of this machine needs no login. `locked`: nobody may anything but make the first owner. `closed`: as users, keys and roles say. */
export type Mode = 'open' | 'locked' | 'closed'

export function isLoopback(host: string) {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

type ModeOptions = { host: string; api_key: string | null; required: boolean; now: () => number; hasUsers: () => Promise<boolean> }

/** Users may be made by another process: while there is none, the database is asked at most once a second. Once there is one, one stays. */
const askAgainMs = 1_000

export class ModeWatch {
  readonly #options: ModeOptions
  readonly #before: Mode
  #closed: boolean
  #askedAt = -Infinity

  constructor(options: ModeOptions) {
    this.#options = options
    this.#closed = options.api_key !== null
    this.#before = options.required || !isLoopback(options.host) ? 'locked' : 'open'
  }

  async get(): Promise<Mode> {
    if (this.#closed) return 'closed'
    const now = this.#options.now()
    if (now - this.#askedAt >= askAgainMs) {
      this.#closed = await this.#options.hasUsers()
      this.#askedAt = now
    }
    return this.#closed ? 'closed' : this.#before
  }

  changed() {
    this.#askedAt = -Infinity
  }
}
