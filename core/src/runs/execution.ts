import type { CompactionRecord } from '@cadre/contract/context'
import type { DataLabel } from '@cadre/contract/manifest'
import type { JournalEvent, ModelPart, Waiting } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import type { Labels } from '../approvals/ask-reasons.ts'
import type { SpendRun } from '../usage/applicable.ts'
import { toUsd } from '../usage/prices.ts'
import type { Added } from './added-input.ts'
import type { Measured } from './context/room.ts'
import type { Journal } from './journal.ts'
import type { RunControl } from './run-control.ts'
import type { RunRow } from './runs.store.ts'
import type { Setup } from './setup.ts'

type Recorded = Extract<JournalEvent, { type: 'model.completed' }>
type Decided = Extract<JournalEvent, { type: 'approval.decided' }>
type Compacted = Extract<JournalEvent, { type: 'context.compacted' }>
type Prepared = Extract<JournalEvent, { type: 'run.prepared' }>
export type Outcome = { output: unknown; error: string | null }

/** What the journal already knows of a step. */
export type PastStep = {
  starts: number
  outcome: Outcome | undefined
  uncertain: boolean
  mayRunAgain: boolean
  /** A person was asked about it. */
  asked: boolean
  decided: Decided | undefined
}

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
  /** What the run had read when the model made these calls. */
  labels: Labels
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
  past: { calls: Map<number, Recorded>; steps: Map<number, PastStep>; compacted: Compacted[]; prepared: Prepared | undefined }
  batches: Map<number, Batch>
  totals: { total_steps: number; tokens_input: number; tokens_output: number }
  /** Micro-dollars of all requests so far; null where no price was known. */
  costMicros: number | null
  /** What the model was asked beside the calls of the loop: summaries. */
  asides: number
  /** Whose budgets its calls draw from; made when the first call asks. */
  payer: Promise<SpendRun> | undefined
  /** Every compaction that is recorded, in order. */
  compactions: CompactionRecord[]
  /** What was said while it worked, in order. */
  added: Added[]
  /** How often a model was asked again after it failed. */
  retries: number
  /** Of the last call: what we counted, what its provider told, and who that was. */
  measured: (Measured & { provider: string; model: string }) | null
  /** What the steps that are over brought, by their numbers. */
  outcomes: Map<number, Outcome>
  /** What kinds of data its own steps read, and which was the first. */
  labels: Map<DataLabel, { run_id: string; step: number; tool: string }>
  /** The run at the top of its family; found when somebody asks. */
  root: Promise<string> | undefined
  /** A person was asked at some time. */
  asked: boolean
  /** What it cannot go on without: answers of people, and runs below that wait themselves. */
  awaited: { approvals: string[]; runs: string[] }
  /** Hooks may change its answer: until they have, nobody is shown any of its text, and nothing of it is kept. */
  quiet: boolean
  /** Why the last model call ended. */
  lastFinish: string
  /** Tokens that the last answer might have had. */
  lastLimit: number
  /** Counts a failed call; the fifth identical one ends the run, since asking again will not help. */
  noteFailure: (tool: string, input: string) => void
}

const untouched: PastStep = { starts: 0, outcome: undefined, uncertain: false, mayRunAgain: false, asked: false, decided: undefined }

export function pastOf(events: readonly JournalEvent[]): Execution['past'] {
  const calls = new Map<number, Recorded>()
  const steps = new Map<number, PastStep>()
  const compacted: Compacted[] = []
  let prepared: Prepared | undefined
  for (const event of events) {
    if (event.type === 'model.completed') calls.set(event.call, event)
    if (event.type === 'context.compacted') compacted.push(event)
    if (event.type === 'run.prepared') prepared = event
    if (!('step' in event)) continue
    const step = steps.get(event.step) ?? { ...untouched }
    steps.set(event.step, step)
    if (event.type === 'tool.started') Object.assign(step, { starts: step.starts + 1, uncertain: false, mayRunAgain: false })
    if (event.type === 'tool.completed') Object.assign(step, { outcome: { output: event.output, error: event.error } })
    if (event.type === 'approval.requested') step.asked = true
    if (event.type === 'approval.decided') step.decided = event
    if (event.type === 'tool.uncertain') step.uncertain = true
    if (event.type === 'tool.resolved') Object.assign(step, { uncertain: false, mayRunAgain: event.outcome === 'run_again' })
  }
  return { calls, steps, compacted, prepared }
}

/** What an execution knows when it begins: what the journal says, and what it cost so far. */
export function beginExecution(
  given: Pick<Execution, 'app' | 'run' | 'setup' | 'journal' | 'control' | 'noteFailure'>,
  costMicros: number | null,
): Execution {
  const past = pastOf(given.journal.past)
  const sum = (of: (each: Compacted) => number) => past.compacted.reduce((total, each) => total + of(each), 0)
  return {
    ...given,
    past,
    batches: new Map(),
    // The calls of the loop are added as they are played back.
    totals: { total_steps: 0, tokens_input: sum((each) => each.tokens_input), tokens_output: sum((each) => each.tokens_output) },
    costMicros,
    asides: sum((each) => each.summary_calls),
    payer: undefined,
    compactions: past.compacted.map(({ record }) => record),
    added: given.journal.past.flatMap((event) => (event.type === 'input.added' ? [{ call: event.call, text: event.text, at: undefined }] : [])),
    retries: given.journal.past.filter((event) => event.type === 'run.waiting' && isModelRetry(event.waiting)).length,
    measured: null,
    outcomes: new Map(),
    labels: new Map(),
    root: undefined,
    asked: [...past.steps.values()].some(({ asked }) => asked),
    awaited: { approvals: [], runs: [] },
    quiet: false,
    lastFinish: '',
    lastLimit: given.setup.config.max_tokens,
  }
}

function isModelRetry({ for: what, step }: Waiting) {
  return what === 'retry' && step === null
}

/** The columns of a run that sum up what it did. */
export function sumsOf({ totals, costMicros }: Execution) {
  return { ...totals, cost: costMicros === null ? null : toUsd(costMicros) }
}

export function addCost(x: Execution, micros: number | null) {
  if (micros !== null) x.costMicros = (x.costMicros ?? 0) + micros
}

/** Milliseconds of work that earlier executions did; what lay between them (a crash, a wait for a person) does not count. */
export function timeUsed(events: readonly JournalEvent[]): number {
  let used = 0
  // What a fork took over stands before its first execution and took none of its time.
  let from = events[0] ? Date.parse(events[0].at) : 0
  let last = from
  // Nobody works from a wait on; what is written all the same is a person's.
  let stands = false
  const refused = new Set<number>()
  for (const event of events) {
    const at = Date.parse(event.at)
    if (event.type === 'run.started') {
      used += last - from
      from = at
      stands = false
    }
    if (event.type === 'approval.decided' && event.decision !== 'approved') refused.add(event.step)
    stands ||= event.type === 'tool.resolved'
    const isPersons = event.type === 'approval.decided' || (event.type === 'tool.completed' && refused.has(event.step))
    if (!stands && !isPersons) last = at
    stands ||= event.type === 'run.waiting' && event.waiting.for !== 'retry'
  }
  return used + Math.max(0, last - from)
}

export function toolCallsOf(content: readonly ModelPart[]) {
  return content.filter((part) => part.type === 'tool-call')
}
