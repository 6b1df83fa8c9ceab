import type { Logger } from 'pino'

/** How exact the times of last use are. */
export const touchMs = 60_000
const mostKnown = 10_000

/** Writes what is worth knowing by the minute, such as when something was last used: at most once a minute each, and after the answer. */
export class Touches {
  readonly #at = new Map<string, number>()
  readonly #pending = new Set<Promise<void>>()
  readonly #log: Pick<Logger, 'error'>

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log
  }

  /** @param last as the database has it. @param every for what is worth knowing more seldom, in milliseconds. */
  note(id: string, last: number | null, now: number, write: () => Promise<void>, every = touchMs) {
    if (now - Math.max(last ?? 0, this.#at.get(id) ?? 0) < every) return
    if (this.#at.size >= mostKnown) this.#at.clear()
    this.#at.set(id, now)
    const written = write().catch((err: unknown) => this.#log.error({ err, id }, 'what is noted once a minute could not be written'))
    this.#pending.add(written)
    void written.finally(() => this.#pending.delete(written))
  }

  async settled() {
    await Promise.all(this.#pending)
  }
}
