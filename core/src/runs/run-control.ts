import type { RunError, Waiting } from '@cadre/contract/run-events'

/** How an execution ends, but for an answer: with an error, by waiting for a person, or because someone else ended it. */
export type Stop = { kind: 'failed' | 'timeout'; error: RunError } | { kind: 'waiting'; waiting: Waiting } | { kind: 'gone' } // cancelled or taken up elsewhere: whoever did it has written so

export class RunStopped extends Error {
  override name = 'RunStopped'
  readonly stop: Stop
  constructor(stop: Stop) {
    super(stop.kind)
    this.stop = stop
  }
}

/**
 * One place to end an execution early. The first reason counts; the signal reaches the model call and every tool in flight, and
 * `stopped` rejects at once, so that nothing which ignores the signal can hold the run.
 */
export class RunControl {
  readonly #abort = new AbortController()
  readonly stopped: Promise<never>
  #reject!: (reason: RunStopped) => void

  constructor() {
    this.stopped = new Promise((_, reject) => (this.#reject = reject))
    this.stopped.catch(() => {}) // it is raced against; an unraced rejection is no defect
  }

  get signal() {
    return this.#abort.signal
  }

  stop(reason: Stop): RunStopped {
    const stopped = new RunStopped(reason)
    if (!this.signal.aborted) {
      this.#reject(stopped)
      this.#abort.abort(stopped)
    }
    return stopped
  }

  fail(code: string, message: string) {
    return this.stop({ kind: 'failed', error: { code, message } })
  }
}
