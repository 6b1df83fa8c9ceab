import { CadreError, invalid } from '@cadre/contract/errors'
import type { JournalEvent } from '@cadre/contract/run-events'
import type { ForkRun } from '@cadre/contract/runs'
import type { Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { pastOf, toolCallsOf } from './execution.ts'
import { encodeEvent } from './journal-codec.ts'
import type { EventRow, RunRow, StoredEvent } from './runs.store.ts'

/** The result of a step as the new run shall have it. */
type Result = { step: number; output: unknown; error: string | null }
/** Where a fork begins: this model call is the first that is asked anew. */
export type Cut = { call: number; result: Result | null }

// About the executions of the other run, not about what was asked and answered.
const ofExecution = new Set<JournalEvent['type']>(['run.started', 'run.waiting', 'run.warning', 'run.ended'])

/** Where the journal can be left, as it was asked for. @throws INVALID where it cannot. */
export function cutOf(events: readonly JournalEvent[], { call, step, output, error }: ForkRun): Cut {
  if ((call === undefined) === (step === undefined)) throw invalid('call', 'give either call or step: where the new run begins')
  if (output !== undefined && error !== undefined) throw invalid('error', 'a step has either an output or an error')
  const result =
    output === undefined && error === undefined ? null : { step: step ?? 0, output: error === undefined ? output : null, error: error ?? null }
  if (result && step === undefined) throw invalid('step', 'say whose result is changed')
  const past = pastOf(events)
  const from = call ?? callOfStep(events, step ?? 0) + 1
  const last = past.calls.size
  const isFinal = last > 0 && toolCallsOf(past.calls.get(last)?.content ?? []).length === 0
  const most = isFinal ? last : last + 1
  if (from > most) throw invalid('call', `the run made ${last} model call${last === 1 ? '' : 's'}; it can be forked at 1 to ${most}`)
  if (result && past.steps.get(result.step)?.starts === 0) throw invalid('step', `step ${result.step} was not called, so it has no result`)
  let steps = 0
  for (let each = 1; each < from; each++) {
    for (const _ of toolCallsOf(past.calls.get(each)?.content ?? [])) {
      steps++
      if (past.steps.get(steps)?.outcome || result?.step === steps) continue
      throw invalid(step === undefined ? 'call' : 'step', `step ${steps} stands before it and has no result yet, so it cannot be taken over`)
    }
  }
  return { call: from, result }
}

function callOfStep(events: readonly JournalEvent[], step: number): number {
  for (const event of events) if ((event.type === 'tool.started' || event.type === 'approval.requested') && event.step === step) return event.call
  throw invalid('step', `the run has no step ${step}`)
}

/** What a new run takes over: everything before the cut, as it is stored, with nothing that would count as spent by the new run. */
export async function takenOver(
  trx: Trx,
  run: RunRow,
  { events, rows, cut, at }: { events: readonly JournalEvent[]; rows: readonly StoredEvent[]; cut: Cut; at: number },
  otherModel: boolean,
): Promise<EventRow[]> {
  const callOf = new Map<number, number>()
  for (const event of events) if (event.type === 'tool.started' || event.type === 'approval.requested') callOf.set(event.step, event.call)
  const kept: EventRow[] = []
  let changed = cut.result
  for (const [i, event] of events.entries()) {
    const row = rows[i]
    if (!row || !isBefore(event, cut.call, callOf)) continue
    if (event.type === 'tool.completed' && cut.result?.step === event.step) {
      const { output, error } = cut.result
      kept.push(await encodeEvent(trx, { ...event, output, error }, at))
      changed = null
    } else if (event.type === 'model.completed') kept.push({ type: event.type, at, data: free(row, run, otherModel) })
    else if (event.type === 'context.compacted') kept.push({ type: event.type, at, data: withoutCost(row) })
    else kept.push({ type: event.type, at, data: row.data })
  }
  // It was uncertain, or at work.
  if (changed) kept.push(await encodeEvent(trx, { type: 'tool.completed', ...changed, duration_ms: 0, retries: 0 }, at))
  return kept
}

function isBefore(event: JournalEvent, cut: number, callOf: ReadonlyMap<number, number>): boolean {
  if (ofExecution.has(event.type)) return false
  // The first call that is asked anew shall be asked the same: what was said before it is a part of its prompt.
  if (event.type === 'input.added') return event.call <= cut
  if ('call' in event) return event.call < cut
  if ('step' in event) return (callOf.get(event.step) ?? Infinity) < cut
  // What was prepared for the first call.
  return cut > 1
}

const nothing = { tokens_input: 0, tokens_output: 0, cost: 0 }

function withoutCost(row: StoredEvent): string {
  return toJson({ ...(fromJson(row.data) as object), ...nothing })
}

function free(row: StoredEvent, { provider, model }: RunRow, otherModel: boolean): string {
  const data = fromJson(row.data) as Record<string, unknown>
  const answered_by = data['answered_by'] ?? { provider: provider ?? '', model: model ?? '' }
  return toJson({ ...data, ...nothing, tokens_cached: 0, tokens_reasoning: 0, taken_over: true, ...(otherModel ? { answered_by } : {}) })
}

/** A run whose journal is gone (its person was erased) has nothing to take over. */
export function refuseErased(run: RunRow) {
  if (run.completed_at !== null && run.last_seq === 0) throw new CadreError('INVALID', `the journal of run '${run.id}' was erased`)
}
