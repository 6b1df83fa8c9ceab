import type { RunEvent, TextDelta } from '@cadre/contract/run-events'

type Listener = (events: RunEvent[]) => void

/**
 * What this process knows of runs as they happen: who listens, the text of the model call in progress, and how to stop a run that is
 * executed here. All of it may be lost: the journal is the truth, this only makes it arrive sooner.
 */
export class LiveRuns {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #texts = new Map<string, TextDelta[]>()
  readonly #stops = new Map<string, (reason: 'cancelled') => void>()
  /** Hands events on to another process (a worker to its server); set by whoever connects the two. */
  forward: ((runId: string, events: RunEvent[]) => void) | undefined
  forwardStop: ((runId: string) => void) | undefined

  publish(runId: string, events: RunEvent[]) {
    for (const event of events) this.#remember(runId, event)
    for (const listener of this.#listeners.get(runId) ?? []) listener(events)
    this.forward?.(runId, events)
  }

  listen(runId: string, listener: Listener): () => void {
    let listeners = this.#listeners.get(runId)
    if (!listeners) this.#listeners.set(runId, (listeners = new Set()))
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(runId)
    }
  }

  /** The text of the model call in progress, from its first part. */
  textsOf(runId: string): readonly TextDelta[] {
    return this.#texts.get(runId) ?? []
  }

  /** Registers how to stop a run that is executed here; the answer unregisters it. */
  executing(runId: string, stop: (reason: 'cancelled') => void): () => void {
    this.#stops.set(runId, stop)
    return () => {
      if (this.#stops.get(runId) === stop) this.#stops.delete(runId)
      this.#texts.delete(runId)
    }
  }

  isExecuting(runId: string) {
    return this.#stops.has(runId)
  }

  executingIds() {
    return [...this.#stops.keys()]
  }

  stop(runId: string) {
    this.#stops.get(runId)?.('cancelled')
    this.forwardStop?.(runId)
  }

  #remember(runId: string, event: RunEvent) {
    if (event.type === 'text.delta') {
      if (event.part === 0) this.#texts.set(runId, [event])
      else this.#texts.get(runId)?.push(event)
    } else if (event.type === 'model.completed' || event.type === 'run.ended') this.#texts.delete(runId)
  }
}

/** The text of the answer that is being written, as far as this process knows it. */
export function shownNow({ live }: { live: LiveRuns }, runId: string): string {
  const texts = live.textsOf(runId).filter(({ kind }) => kind === 'text')
  return texts.map(({ text }) => text).join('')
}
