import type { ConversationEvent } from '@cadre/contract/conversation-events'

/** An event on its way to streams; all of them share the one object. `position` is where the stream of a person can go on later. */
export type Told = { event: ConversationEvent; position: number }

/** A stream that does not read is not waited for: it reads the database when it goes on. */
const mostWaiting = 200

/** What is told to one open stream, kept until it is asked for. */
export class Mailbox {
  #waiting: Told[] = []
  #wake: (() => void) | undefined
  #missed = false
  #closed = false
  readonly #onClose: (box: Mailbox) => void

  constructor(onClose: (box: Mailbox) => void) {
    this.#onClose = onClose
  }

  put(told: Told) {
    if (this.#closed || this.#missed) return
    this.#waiting.push(told)
    if (this.#waiting.length > mostWaiting) {
      this.#missed = true
      this.#waiting = []
    }
    this.#wake?.()
  }

  /** Waits for something to come. `missed` says that the database knows more; undefined: it was closed. */
  async next(): Promise<{ told: Told[]; missed: boolean } | undefined> {
    if (this.#waiting.length === 0 && !this.#missed && !this.#closed) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#wake = undefined
    if (this.#closed) return undefined
    const next = { told: this.#waiting, missed: this.#missed }
    this.#waiting = []
    this.#missed = false
    return next
  }

  close() {
    if (this.#closed) return
    this.#closed = true
    this.#onClose(this)
    this.#waiting = []
    this.#wake?.()
  }
}
