import { CadreError } from '@cadre/contract/errors'
import { foldTrace, type Trace } from '@cadre/contract/fold-run'
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
}

/** One run, live: a snapshot, then every event folded into it, over broken connections and restarts of the server, to its end. */
export function openLiveRun(client: Client, runId: string, { schedule = nextFrame, wait_ms = [200, 3_000] }: LiveRunOptions = {}): LiveRun {
  const leaving = new AbortController()
  const listeners = new Set<() => void>()
  const journal: JournalEvent[] = []
  const texts = new Map<number, LiveText>()
  /** Steps that events since the last telling spoke of. */
  let touched = new Set<number>()
  let snapshot: Run | null = null
  let told: Trace | null = null
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
    if (snapshot && !isOver(snapshot.status) && journal.length > 0) {
      told = refold(told, journal, touched)
      touched = new Set()
      state = { ...state, run: liveRun(snapshot, told, journal) }
    }
    state = { ...state, texts: [...texts.values()] }
    for (const listener of listeners) listener()
  }

  function take(event: RunEvent) {
    if (event.type === 'text.delta') {
      const known = event.part === 0 ? undefined : texts.get(event.call)
      const { call, text, reasoning } = known ?? { call: event.call, text: '', reasoning: '' }
      texts.set(call, event.kind === 'text' ? { call, text: text + event.text, reasoning } : { call, text, reasoning: reasoning + event.text })
    } else {
      journal.push(event)
      if ('step' in event) touched.add(event.step)
      if (event.type === 'model.completed') texts.delete(event.call)
      if (event.type === 'run.ended') texts.clear()
    }
    change({})
  }

  /** Asks until the server answers. */
  async function load(): Promise<Run> {
    for (let wait = wait_ms[0]; ; wait = Math.min(wait * 2, wait_ms[1])) {
      try {
        return await client.runs.get({ runId }, { signal: leaving.signal })
      } catch (error) {
        leaving.signal.throwIfAborted()
        if (!(error instanceof CadreError) || error.code !== 'UNAVAILABLE') throw error
        change({ connection: 'away' })
        await delay(wait, leaving.signal)
      }
    }
  }

  async function follow() {
    snapshot = await load()
    change({ run: snapshot, connection: isOver(snapshot.status) ? 'closed' : 'connecting' })
    if (isOver(snapshot.status)) return
    const events = followRun(client, runId, {
      signal: leaving.signal,
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

/** The whole trace anew (8 to 17 ms for the 1000 steps that a run has at most, on a machine at full load), with the objects of before for what no event has touched since. */
function refold(before: Trace | null, journal: JournalEvent[], touched: Set<number>): Trace {
  const trace = foldTrace(journal, false)
  if (!before) return trace
  const known = new Map(before.steps.map((step) => [step.step, step]))
  return {
    ...trace,
    steps: trace.steps.map((step) => (touched.has(step.step) ? step : (known.get(step.step) ?? step))),
    model_calls: trace.model_calls.map((call, i) => before.model_calls[i] ?? call),
  }
}

function liveRun(snapshot: Run, trace: Trace, journal: JournalEvent[]): Run {
  const started = journal.find((event) => event.type === 'run.started')
  const last = journal.at(-1)
  // The run waits until the next thing happens; only between two tries of one call it keeps its worker.
  const waiting = last?.type === 'run.waiting' ? last.waiting : null
  const spent = [...trace.model_calls, ...trace.compactions]
  const costs = spent.flatMap(({ cost }) => (cost === null ? [] : [cost]))
  return {
    ...snapshot,
    ...trace,
    status: !started ? snapshot.status : waiting && waiting.for !== 'retry' ? 'pending' : 'running',
    waiting,
    provider: started?.provider ?? snapshot.provider,
    model: started?.model ?? snapshot.model,
    started_at: started?.at ?? snapshot.started_at,
    last_seq: last?.seq ?? snapshot.last_seq,
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
function nextFrame(tell: () => void) {
  const { document, requestAnimationFrame } = globalThis as { document?: { hidden: boolean }; requestAnimationFrame?: (tell: () => void) => unknown }
  if (requestAnimationFrame && !document?.hidden) requestAnimationFrame(tell)
  else setTimeout(tell, 16)
}
