import type { ModelCall, Run, Step } from '@cadre/contract/runs'

type Place = {
  id: string
  /** 1 for a tool call, under the model call that asked for it. */
  depth: 0 | 1
  /** From the beginning of the run. */
  start_ms: number
  /** Null while it runs. */
  duration_ms: number | null
  /** It happened in the run that this one was forked from: it took none of the time of this one. */
  isTaken: boolean
}
export type TraceRow = Place &
  (
    | { kind: 'model'; call: ModelCall; failed: boolean }
    /** A model call that is not answered yet. */
    | { kind: 'asking'; call: number; failed: false }
    | { kind: 'tool'; step: Step; failed: boolean }
  )
export type TraceRows = {
  rows: TraceRow[]
  /** How long it all took, or has taken until now. */
  total_ms: number
}

/** A run as tree and waterfall: each model call in order, and under it the tools that it called. */
export function traceRows(run: Run, now: number): TraceRows {
  const begin = Date.parse(run.started_at ?? run.created_at)
  const stepsOf = Map.groupBy(run.steps, ({ call }) => call)
  const rows: TraceRow[] = []
  for (const call of run.model_calls) {
    // A call is recorded when it ends.
    const start_ms = Math.max(0, Date.parse(call.timestamp) - call.duration_ms - begin)
    const failed = call.finish_reason === 'error'
    const isTaken = call.taken_over === true
    rows.push({ id: `call-${call.call}`, depth: 0, kind: 'model', call, failed, start_ms, duration_ms: call.duration_ms, isTaken })
    for (const step of stepsOf.get(call.call) ?? []) rows.push(toolRow(step, begin, isTaken))
    stepsOf.delete(call.call)
  }
  // Steps whose model call is not recorded yet.
  for (const steps of stepsOf.values()) for (const step of steps) rows.push(toolRow(step, begin, false))
  const asking = askingRow(run, begin)
  if (asking) rows.push(asking)
  const until = run.completed_at === null ? now : Date.parse(run.completed_at)
  const total_ms = rows.reduce(
    (most, { start_ms, duration_ms, isTaken }) => (isTaken ? most : Math.max(most, start_ms + (duration_ms ?? 0))),
    Math.max(0, until - begin),
  )
  return { rows, total_ms }
}

/** Nobody records that a model was asked, but where a run is at work and no tool is, it waits for its model. */
function askingRow(run: Run, begin: number): TraceRow | null {
  if (run.status !== 'running' || run.started_at === null || run.steps.some(({ status }) => status === 'running' || status === 'waiting')) return null
  const ends = [
    ...run.model_calls.map(({ timestamp }) => Date.parse(timestamp)),
    ...run.steps.map((step) => Date.parse(step.timestamp) + step.duration_ms),
  ]
  const start_ms = Math.max(0, ends.reduce((latest, end) => Math.max(latest, end), begin) - begin)
  const call = run.model_calls.length + 1
  return { id: `call-${call}`, depth: 0, kind: 'asking', call, failed: false, start_ms, duration_ms: null, isTaken: false }
}

function toolRow(step: Step, begin: number, isTaken: boolean): TraceRow {
  const start_ms = Math.max(0, Date.parse(step.timestamp) - begin)
  const failed = step.status === 'failed' || step.status === 'uncertain'
  return {
    id: `step-${step.step}`,
    depth: 1,
    kind: 'tool',
    step,
    failed,
    start_ms,
    duration_ms: step.status === 'running' ? null : step.duration_ms,
    isTaken,
  }
}

export type TraceFilter = { errors: boolean; search: string }

/** What is looked for, with the model calls above it. */
export function filterRows(rows: TraceRow[], { errors, search }: TraceFilter): TraceRow[] {
  const words = search.trim().toLowerCase()
  if (!errors && words === '') return rows
  const fits = (row: TraceRow) => (!errors || row.failed) && (words === '' || textOf(row).includes(words))
  const kept = new Set<TraceRow>()
  let above: TraceRow | null = null
  for (const row of rows) {
    if (row.depth === 0) above = row
    if (!fits(row)) continue
    if (above && row.kind === 'tool' && above.kind === 'model' && above.call.call === row.step.call) kept.add(above)
    kept.add(row)
  }
  return rows.filter((row) => kept.has(row))
}

// Looked through at every key that is pressed.
const texts = new WeakMap<object, string>()

function textOf(row: TraceRow): string {
  if (row.kind === 'asking') return ''
  const of = row.kind === 'model' ? row.call : row.step
  const known = texts.get(of)
  if (known !== undefined) return known
  const text = searchedOf(row)
  texts.set(of, text)
  return text
}

function searchedOf(row: Exclude<TraceRow, { kind: 'asking' }>): string {
  if (row.kind === 'model') return `${row.call.text} ${row.call.reasoning}`.toLowerCase()
  const { tool, action, input, output, error } = row.step
  return `${tool} ${action} ${error ?? ''} ${JSON.stringify(input)} ${JSON.stringify(output)}`.toLowerCase()
}

/** Place and width of a bar, in percent of the whole; a bar is never too thin to be seen. */
export function barOf({ start_ms, duration_ms }: Place, total_ms: number): { left: number; width: number } {
  if (total_ms <= 0) return { left: 0, width: 100 }
  const left = Math.min(99.5, (100 * start_ms) / total_ms)
  const width = duration_ms === null ? 100 - left : (100 * duration_ms) / total_ms
  return { left, width: Math.min(100 - left, Math.max(0.5, width)) }
}
