import { z } from 'zod'
import { ApprovalReason, ApprovalScope } from './approvals.ts'
import { CompactionRecord, ContextReport } from './context.ts'
import { Effect } from './manifest.ts'
import { Instant } from './page.ts'
import { Cut } from './run-values.ts'

/** A run moves forward through these and stops at one of the last four. */
export const RunStatus = z.enum(['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'])
export type RunStatus = z.infer<typeof RunStatus>

export const RunError = z.object({ code: z.string(), message: z.string() })
export type RunError = z.infer<typeof RunError>

/** Why a run makes no progress now, and until when (null: until a person acts). */
export const Waiting = z.object({
  for: z.enum(['retry', 'uncertain', 'budget', 'approval']),
  until: Instant.nullable(),
  reason: z.string(),
  step: z.int().nullable(),
})
export type Waiting = z.infer<typeof Waiting>

export const ModelPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), meta: z.unknown().optional() }),
  z.object({ type: z.literal('reasoning'), text: z.string(), meta: z.unknown().optional() }),
  /** `input` is JSON text as the model wrote it, valid or not. */
  z.object({ type: z.literal('tool-call'), call_id: z.string(), tool: z.string(), input: z.string(), meta: z.unknown().optional() }),
])
export type ModelPart = z.infer<typeof ModelPart>

const numbered = { seq: z.int(), at: Instant }
const cut = { cut: Cut.optional() }

const toolCall = {
  call: z.int(),
  /** Which of the tool calls of that model call, from 0. */
  index: z.int(),
  call_id: z.string(),
  tool: z.string(),
  action: z.string(),
  input: z.unknown(),
  effect: Effect,
}

/** One row of a run's journal is one event. `call` and `step` count from 1 within the run. */
export const JournalEvent = z.discriminatedUnion('type', [
  z.object({ ...numbered, type: z.literal('run.started'), attempt: z.int(), provider: z.string(), model: z.string() }),
  z.object({
    ...numbered,
    ...cut,
    type: z.literal('model.completed'),
    call: z.int(),
    content: z.array(ModelPart),
    finish_reason: z.string(),
    tokens_input: z.int(),
    tokens_output: z.int(),
    tokens_cached: z.int(),
    tokens_reasoning: z.int(),
    /** The provider did not say the tokens, or said nonsense: Cadre counted them. */
    tokens_estimated: z.literal(true).optional(),
    duration_ms: z.number(),
    /** Time to the first token; null where the answer was not streamed. */
    first_token_ms: z.number().nullable(),
    retries: z.int(),
    /** Where not the run's own model answered. */
    answered_by: z.object({ provider: z.string(), model: z.string() }).optional(),
    /** The tries that brought no answer. */
    failed: z.array(z.object({ provider: z.string(), model: z.string(), code: z.string(), message: z.string() })).optional(),
    request_hash: z.string(),
    /** US dollars; null where the model's price is unknown. */
    cost: z.number().nullable().optional(),
    /** What the model was shown. Not there where nothing was counted: for the planner inside, and for an answer that was used again. */
    context: ContextReport.optional(),
    /** It was answered in the run that this one was forked from, and cost nothing anew. */
    taken_over: z.literal(true).optional(),
  }),
  /** Before a call whose conversation did not fit: what is left out from then on. */
  z.object({
    ...numbered,
    type: z.literal('context.compacted'),
    /** The model call that is about to be made. */
    call: z.int(),
    record: CompactionRecord,
    /** What the model was asked for the summary, and what that took. */
    summary_calls: z.int(),
    tokens_input: z.int(),
    tokens_output: z.int(),
    /** US dollars; null where the model's price is unknown. */
    cost: z.number().nullable(),
  }),
  z.object({
    ...numbered,
    ...cut,
    type: z.literal('tool.started'),
    step: z.int(),
    ...toolCall,
    attempt: z.int(),
    /** The input is not the model's: a person changed it when they approved the call. */
    edited: z.literal(true).optional(),
  }),
  z.object({
    ...numbered,
    ...cut,
    type: z.literal('tool.completed'),
    step: z.int(),
    output: z.unknown(),
    error: z.string().nullable(),
    duration_ms: z.number(),
    retries: z.int(),
  }),
  z.object({ ...numbered, type: z.literal('tool.uncertain'), step: z.int(), reason: z.string() }),
  z.object({
    ...numbered,
    type: z.literal('tool.resolved'),
    step: z.int(),
    outcome: z.enum(['happened', 'did_not_happen', 'run_again']),
    by: z.string(),
  }),
  /** Before a call that a person has to approve. It starts when they have, with the input that they approved. */
  z.object({
    ...numbered,
    ...cut,
    type: z.literal('approval.requested'),
    step: z.int(),
    ...toolCall,
    approval_id: z.string(),
    reasons: z.array(ApprovalReason),
    expires_at: Instant,
  }),
  /** A call that is not made is completed with an error at once. */
  z.object({
    ...numbered,
    ...cut,
    type: z.literal('approval.decided'),
    step: z.int(),
    approval_id: z.string(),
    decision: z.enum(['approved', 'rejected', 'expired']),
    scope: ApprovalScope.optional(),
    /** null where nobody decided in time. */
    by: z.string().nullable(),
    edited_input: z.record(z.string(), z.unknown()).optional(),
    note: z.string().optional(),
  }),
  /** What somebody said while the run worked. From the model call that is about to be made on, it stands in the prompt. */
  z.object({
    ...numbered,
    type: z.literal('input.added'),
    call: z.int(),
    text: z.string(),
    by: z.string(),
    /** null where nothing is known but the id. */
    name: z.string().nullable(),
    /** The message of a conversation that it was. */
    message_id: z.string().nullable(),
  }),
  z.object({ ...numbered, type: z.literal('run.waiting'), waiting: Waiting }),
  /** Before the first model call, where lifecycle hooks were called: what they put into the prompt, and which did. They are not asked again. */
  z.object({ ...numbered, type: z.literal('run.prepared'), system: z.string(), hooks: z.array(z.string()) }),
  z.object({ ...numbered, type: z.literal('run.warning'), code: z.string(), message: z.string() }),
  z.object({
    ...numbered,
    type: z.literal('run.ended'),
    status: RunStatus.exclude(['pending', 'running']),
    output: z.unknown(),
    output_text: z.string().nullable(),
    error: RunError.nullable(),
  }),
])
export type JournalEvent = z.infer<typeof JournalEvent>
export type JournalEventType = JournalEvent['type']

/**
 * Text as it arrives, kept in memory only and superseded by the `model.completed` of the same call. `seq` is that of the journal
 * event before it; `part` counts within the call from 0, and 0 says: forget what was shown of this call (it was begun again).
 */
export const TextDelta = z.object({
  type: z.literal('text.delta'),
  seq: z.int(),
  call: z.int(),
  part: z.int(),
  kind: z.enum(['text', 'reasoning']),
  text: z.string(),
})
export type TextDelta = z.infer<typeof TextDelta>

export const RunEvent = z.union([JournalEvent, TextDelta])
export type RunEvent = z.infer<typeof RunEvent>

export function isOver(status: RunStatus) {
  return status !== 'pending' && status !== 'running'
}

/** The place of an event in a run's stream, for `Last-Event-ID`: `7`, or `7.2.0` for part 0 of call 2's text after event 7. */
export function eventId(event: RunEvent): string {
  return event.type === 'text.delta' ? `${event.seq}.${event.call}.${event.part}` : `${event.seq}`
}
