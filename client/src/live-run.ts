import { CadreError } from '@cadre/contract/errors'
import { type Trace, TraceFold } from '@cadre/contract/fold-run'
import type { JournalEvent, RunEvent } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import type { Client } from './client.ts'
import { delay } from './delay.ts'
import { followRun, isOver } from './follow-run.ts'

/** Text of a model call that is not finished: what has arrived of it. */
export type LiveText = { call: number; text: string; reasoning: string }

export type LiveRunState = {
  /** As the server has it when the run is over; until then as its events say. Null while it is loaded for the first time. */
  run: Run | null
  /** Of the calls under way. */
  texts: LiveText[]
  /** `away`: the server does not answer, and is asked again and again. `closed`: nothing more will come. */
  connection: 'connecting' | 'live' | 'away' | 'closed'
  /** Why it cannot be followed; null while it can. */
  error: unknown
}

export type LiveRun = {
  /** The same object until something changes; steps and model calls that did not change are the same objects, too. */
  getState(): LiveRunState
  subscribe(listener: () => void): () => void
  /** Ends the following; the run itself goes on. */
  close(): void
}

export type LiveRunOptions = {
  /** When listeners hear of what came: by default at the next frame, so that a thousand events a second cost sixty renderings. */
  schedule?: (tell: () => void) => void
  /** Before it asks a server that is away again, at first and at most. */
  wait_ms?: [first: number, longest: number]
  /** Values of steps and model calls that take more bytes come cut; `cut` of each says which, and `runs.value` has the whole. */
  max_value_bytes?: number | undefined
  /** A longer journal comes in two parts: so many events at once, so that there is something to see, then all. Until then `events_left` is set. */
  first_events?: number | undefined
}

/** One run, live: a snapshot, then every event folded into it, over broken connections and restarts of the server, to its end. */
export function openLiveRun(client: Client, runId: string, options: LiveRunOptions = {}): LiveRun {
  const { schedule = nextFrame, wait_ms = [200, 3_000], max_value_bytes, first_events } = options
  const cut = max_value_bytes === undefined ? {} : { max_value_bytes }
  const leaving = new AbortController()
  const listeners = new Set<() => void>()
  const fold = new TraceFold()
  let started: Extract<JournalEvent, { type: 'run.started' }> | undefined
  let last: JournalEvent | undefined
  const texts = new Map<number, LiveText>()
  let snapshot: Run | null = null
  let state: LiveRunState = { run: null, texts: [], connection: 'connecting', error: null }
  let isScheduled = false

  function change(next: Partial<LiveRunState>) {
    state = { ...state, ...next }
    if (isScheduled) return
    isScheduled = true
    schedule(tell)
  }

  function tell() {
    isScheduled = false
    if (leaving.signal.aborted) return
    // What is known already stays until the events from the first on have caught up with it.
    if (snapshot && !isOver(snapshot.status) && last && last.seq >= snapshot.last_seq)
      state = { ...state, run: liveRun(snapshot, fold.trace(false), started, last) }
    state = { ...state, texts: [...texts.values()] }
    for (const listener of listeners) listener()
  }

  function take(event: RunEvent) {
    if (event.type === 'text.delta') {
      const known = event.part === 0 ? undefined : texts.get(event.call)
      const { call, text, reasoning } = known ?? { call: event.call, text: '', reasoning: '' }
      texts.set(call, event.kind === 'text' ? { call, text: text + event.text, reasoning } : { call, text, reasoning: reasoning + event.text })
    } else {
      fold.apply(event)
      last = event
      if (event.type === 'run.started') started ??= event
      if (event.type === 'model.completed') texts.delete(event.call)
      if (event.type === 'run.ended') texts.clear()
    }
    change({})
  }

  /** Asks until the server answers. */
  async function load(part: { max_events?: number } = {}): Promise<Run> {
    for (let wait = wait_ms[0]; ; wait = Math.min(wait * 2, wait_ms[1])) {
      try {
        return await client.runs.get({ runId, ...cut, ...part }, { signal: leaving.signal })
      } catch (error) {
        leaving.signal.throwIfAborted()
        if (!(error instanceof CadreError) || error.code !== 'UNAVAILABLE') throw error
        change({ connection: 'away' })
        await delay(wait, leaving.signal)
      }
    }
  }

  async function follow() {
    snapshot = await load(first_events === undefined ? {} : { max_events: first_events })
    if (isOver(snapshot.status) && snapshot.events_left !== undefined) {
      change({ run: snapshot })
      snapshot = await load()
    }
    change({ run: snapshot, connection: isOver(snapshot.status) ? 'closed' : 'connecting' })
    if (isOver(snapshot.status)) return
    const events = followRun(client, runId, {
      signal: leaving.signal,
      max_value_bytes,
      patience_ms: Infinity,
      onOpen: () => change({ connection: 'live' }),
      onBreak: () => change({ connection: 'away' }),
    })
    for await (const event of events) take(event)
    snapshot = await load()
    texts.clear()
    change({ run: snapshot, connection: 'closed' })
  }

  follow().catch((error: unknown) => {
    if (!leaving.signal.aborted) change({ connection: 'closed', error })
  })

  return {
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => leaving.abort(),
  }
}

function liveRun(snapshot: Run, trace: Trace, started: Extract<JournalEvent, { type: 'run.started' }> | undefined, last: JournalEvent): Run {
  // The run waits until the next thing happens; only between two tries of one call it keeps its worker.
  const waiting = last.type === 'run.waiting' ? last.waiting : null
  const spent = [...trace.model_calls, ...trace.compactions]
  const costs = spent.flatMap(({ cost }) => (cost === null ? [] : [cost]))
  const { events_left: _, ...known } = snapshot
  return {
    ...known,
    ...trace,
    status: !started ? snapshot.status : waiting && waiting.for !== 'retry' ? 'pending' : 'running',
    waiting,
    provider: started?.provider ?? snapshot.provider,
    model: started?.model ?? snapshot.model,
    started_at: started?.at ?? snapshot.started_at,
    last_seq: last.seq,
    metrics: {
      ...snapshot.metrics,
      total_steps: trace.steps.length,
      tokens_input: sum(spent.map(({ tokens_input }) => tokens_input)),
      tokens_output: sum(spent.map(({ tokens_output }) => tokens_output)),
      cost: costs.length ? sum(costs) : null,
    },
  }
}

const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0)

/** A page in the background gets no frames; there a timer does. */
export function nextFrame(tell: () => void) {
  const { document, requestAnimationFrame } = globalThis as { document?: { hidden: boolean }; requestAnimationFrame?: (tell: () => void) => unknown }
  if (requestAnimationFrame && !document?.hidden) requestAnimationFrame(tell)
  else setTimeout(tell, 16)
}
