import type { JournalEvent, ModelPart } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import type { Journal } from './journal.ts'
import type { RunControl } from './run-control.ts'
import type { RunRow } from './runs.store.ts'
import type { Setup } from './setup.ts'

type Recorded = Extract<JournalEvent, { type: 'model.completed' }>
export type Outcome = { output: unknown; error: string | null }

/** What the journal already knows of a step. */
export type PastStep = { starts: number; outcome: Outcome | undefined; uncertain: boolean; mayRunAgain: boolean }

/** The tool calls of one model answer. They run in parallel; `done` settles when each has an outcome or is held back. */
export type Batch = {
  /** The step number of the first call. */
  first: number
  parts: ToolCallPart[]
  /** Steps whose `tool.started` committed with the answer. */
  announced: Set<number>
  /** Calls that no tool could take. */
  refused: ToolCallPart[]
  left: number
  done: PromiseWithResolvers<void>
}
type ToolCallPart = Extract<ModelPart, { type: 'tool-call' }>

/** One execution of a run: everything that its model wrapper and its tool wrappers share. */
export type Execution = {
  app: App
  run: RunRow
  setup: Setup
  journal: Journal
  control: RunControl
  past: { calls: Map<number, Recorded>; steps: Map<number, PastStep> }
  batches: Map<number, Batch>
  totals: { total_steps: number; tokens_input: number; tokens_output: number }
  /** Why the last model call ended. */
  lastFinish: string
  /** Counts a failed call; the fifth identical one ends the run, since asking again will not help. */
  noteFailure: (tool: string, input: string) => void
}

export function pastOf(events: readonly JournalEvent[]): Execution['past'] {
  const calls = new Map<number, Recorded>()
  const steps = new Map<number, PastStep>()
  for (const event of events) {
    if (event.type === 'model.completed') calls.set(event.call, event)
    if (!('step' in event)) continue
    const step = steps.get(event.step) ?? { starts: 0, outcome: undefined, uncertain: false, mayRunAgain: false }
    steps.set(event.step, step)
    if (event.type === 'tool.started') Object.assign(step, { starts: step.starts + 1, uncertain: false, mayRunAgain: false })
    if (event.type === 'tool.completed') Object.assign(step, { outcome: { output: event.output, error: event.error } })
    if (event.type === 'tool.uncertain') step.uncertain = true
    if (event.type === 'tool.resolved') Object.assign(step, { uncertain: false, mayRunAgain: event.outcome === 'run_again' })
  }
  return { calls, steps }
}

/** Milliseconds of work that earlier executions did; what lay between them (a crash, a wait for a person) does not count. */
export function timeUsed(events: readonly JournalEvent[]): number {
  let used = 0
  let from = 0
  let last = 0
  for (const event of events) {
    const at = Date.parse(event.at)
    if (event.type === 'run.started') {
      used += last - from
      from = at
    }
    last = event.type === 'tool.resolved' ? last : at
  }
  return used + Math.max(0, last - from)
}

export function toolCallsOf(content: readonly ModelPart[]) {
  return content.filter((part) => part.type === 'tool-call')
}
