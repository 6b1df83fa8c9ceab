import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { AgentRef } from './agents.ts'
import { ApprovalReason, ApprovalScope, ApprovalStatus } from './approvals.ts'
import { CompactionRecord, ContextReport } from './context.ts'
import { Effect, JsonSchema } from './manifest.ts'
import { Instant, PageQuery, pageOf } from './page.ts'
import { RunError, RunEvent, RunStatus, Waiting } from './run-events.ts'
import { Cut, CutValues, isValueOf, ReadRun, ReadRunValue } from './run-values.ts'

/** What a person was or is asked about a step. */
export const StepApproval = z.object({
  approval_id: z.string(),
  status: ApprovalStatus,
  reasons: z.array(ApprovalReason),
  expires_at: Instant,
  scope: ApprovalScope.nullable(),
  by: z.string().nullable(),
  note: z.string().nullable(),
  /** The arguments as the model wrote them, where a person changed them; `input` of the step is what was used. */
  original_input: z.unknown().optional(),
})
export type StepApproval = z.infer<typeof StepApproval>

export const Step = z.object({
  step: z.int(),
  tool: z.string(),
  action: z.string(),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
  /** `waiting`: for a person who approves it. */
  status: z.enum(['waiting', 'running', 'completed', 'failed', 'uncertain']),
  effect: Effect,
  retries: z.int(),
  /** The model call that asked for it. */
  call: z.int(),
  duration_ms: z.number(),
  timestamp: Instant,
  approval: StepApproval.optional(),
  cut: Cut.optional(),
})
export type Step = z.infer<typeof Step>

export const ModelCall = z.object({
  call: z.int(),
  text: z.string(),
  reasoning: z.string(),
  tool_calls: z.array(z.object({ call_id: z.string(), tool: z.string(), input: z.string() })),
  finish_reason: z.string(),
  tokens_input: z.int(),
  tokens_output: z.int(),
  tokens_cached: z.int(),
  tokens_reasoning: z.int(),
  /** The provider did not say the tokens, or said nonsense: Cadre counted them. */
  tokens_estimated: z.literal(true).optional(),
  duration_ms: z.number(),
  first_token_ms: z.number().nullable(),
  retries: z.int(),
  /** Where not the run's own model answered. */
  answered_by: z.object({ provider: z.string(), model: z.string() }).nullable(),
  /** The tries that brought no answer. */
  failed: z.array(z.object({ provider: z.string(), model: z.string(), code: z.string(), message: z.string() })),
  /** US dollars; null where the model's price is unknown. */
  cost: z.number().nullable(),
  /** What the model was shown: tokens by source, what was left out and why. Null where nothing was counted. */
  context: ContextReport.nullable(),
  /** Answered in the run that this one was forked from; it cost nothing anew. */
  taken_over: z.literal(true).optional(),
  timestamp: Instant,
  cut: Cut.optional(),
})
export type ModelCall = z.infer<typeof ModelCall>

/** A conversation that did not fit, and what is left out of it from this model call on. */
export const Compaction = z.object({
  call: z.int(),
  record: CompactionRecord,
  /** What the model was asked for the summary, and what that took. */
  summary_calls: z.int(),
  tokens_input: z.int(),
  tokens_output: z.int(),
  cost: z.number().nullable(),
  timestamp: Instant,
})
export type Compaction = z.infer<typeof Compaction>

/** What somebody said while the run worked; it stands in the prompt from this model call on. */
export const AddedInput = z.object({
  call: z.int(),
  text: z.string(),
  by: z.string(),
  name: z.string().nullable(),
  message_id: z.string().nullable(),
  timestamp: Instant,
})
export type AddedInput = z.infer<typeof AddedInput>

/** What lifecycle hooks put behind the agent's prompt, for this run. */
export const Prepared = z.object({ system: z.string(), hooks: z.array(z.string()), timestamp: Instant })
export type Prepared = z.infer<typeof Prepared>

export const Metrics = z.object({
  total_steps: z.int(),
  tokens_input: z.int(),
  tokens_output: z.int(),
  /** US dollars of its model calls, without those of runs that it caused; null where no price is known. */
  cost: z.number().nullable(),
  duration_ms: z.number().nullable(),
})

/** Where a run leaves another one, and what is different from there on. */
export const ForkedFrom = z.object({
  run_id: z.string(),
  /** The first model call that was asked anew; the answers and tool results before it were taken over. */
  call: z.int(),
  /** The step whose result was changed. */
  step: z.int().nullable(),
  changed: z.array(z.enum(['input', 'system_prompt', 'model', 'result'])),
})
export type ForkedFrom = z.infer<typeof ForkedFrom>

const summary = {
  run_id: z.string(),
  agent_id: z.string(),
  /** The version of the agent that it works by; null for a run of a time when there were none. */
  agent_version: z.int().nullable(),
  status: RunStatus,
  input: z.string(),
  output_text: z.string().nullable(),
  error: RunError.nullable(),
  waiting: Waiting.nullable(),
  metrics: Metrics,
  triggered_by: z.string(),
  /** The run whose agent handed this one its task. */
  parent_run_id: z.string().nullable(),
  /** The run of which this is another try. */
  retry_of: z.string().nullable(),
  forked_from: ForkedFrom.nullable(),
  created_at: Instant,
  started_at: Instant.nullable(),
  completed_at: Instant.nullable(),
}
export const RunSummary = z.object(summary)
export type RunSummary = z.infer<typeof RunSummary>

export const Run = z.object({
  ...summary,
  data: z.unknown(),
  output: z.unknown(),
  steps: z.array(Step),
  model_calls: z.array(ModelCall),
  compactions: z.array(Compaction),
  added: z.array(AddedInput),
  /** Null where no hook was called. */
  prepared: Prepared.nullable(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  /** How often a worker took it up; more than 1 after a crash or a wait for a person. */
  attempts: z.int(),
  ip_address: z.string().nullable(),
  user_agent: z.string().nullable(),
  last_seq: z.int(),
  cut: Cut.optional(),
  /** Where not the whole trace was asked for: events of the journal that are not in it. */
  events_left: z.int().optional(),
})
export type Run = z.infer<typeof Run>

export const StartRun = z.strictObject({
  input: z.string().min(1).max(1_000_000),
  /** Structured data for the agent. */
  data: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
  /** Answer with server-sent events of the same run. */
  stream: z.boolean().default(false),
  /** Seconds to wait for the end before answering 202. */
  wait: z.number().min(0).max(300).default(25),
  /** JSON Schema for the final answer of this run; stands in for the agent's own. */
  output_schema: JsonSchema.optional(),
})
export type StartRun = z.infer<typeof StartRun>

export const RunRef = z.strictObject({ runId: z.string().min(1).max(100) })

const filters = { status: RunStatus.optional(), from: Instant.optional(), to: Instant.optional() }
export const ListRuns = PageQuery.extend({ ...filters, agent: z.string().min(1).max(300).optional() })
export type ListRuns = z.infer<typeof ListRuns>

export const ResolveStep = z.strictObject({
  /** The uncertain step; may be left out where there is only one. */
  step: z.int().min(1).optional(),
  outcome: z.enum(['happened', 'did_not_happen', 'run_again']),
  /** What the tool answered, where it happened. */
  output: z.unknown().optional(),
})
export type ResolveStep = z.infer<typeof ResolveStep>

export const ForkRun = z.strictObject({
  /** This model call is asked anew, and what was answered before it is taken over. */
  call: z.int().min(1).optional(),
  /** In its place: this step and those that were called with it are the last that is taken over. */
  step: z.int().min(1).optional(),
  /** What the model is asked from there on. */
  input: z.string().min(1).max(1_000_000).optional(),
  system_prompt: z.string().min(1).max(500_000).optional(),
  provider: z.string().min(1).max(50).optional(),
  model: z.string().min(1).max(200).optional(),
  /** What `step` brought, instead of what it did bring. */
  output: z.unknown().optional(),
  /** The same for a step that shall have failed. */
  error: z.string().min(1).max(100_000).optional(),
})
export type ForkRun = z.infer<typeof ForkRun>

/** A run that was played again from its journal. No model and no tool was asked. */
export const Replay = z.object({
  run_id: z.string(),
  /** It came to the same end, and asked for nothing else on the way. */
  same: z.boolean(),
  /** `journal`: what is recorded ends before the run does (it was cancelled, or failed where nothing is recorded). */
  reached: z.enum(['end', 'journal']),
  calls: z.int(),
  steps: z.int(),
  output_text: z.string().nullable(),
  error: RunError.nullable(),
  /** What was not the same, in words. */
  differences: z.array(z.string()),
  duration_ms: z.number(),
})
export type Replay = z.infer<typeof Replay>

const runFilter = { ...filters, agent: z.string().min(1).max(300).optional() }
export const CancelRuns = z.strictObject({
  /** These runs; or all of `filter` that have not ended, the newest 1000 at a time. */
  ids: z.array(z.string().min(1).max(100)).min(1).max(1000).optional(),
  filter: z.strictObject(runFilter).optional(),
})
export type CancelRuns = z.infer<typeof CancelRuns>

export const CancelledRuns = z.object({
  cancelled: z.array(z.string()),
  refused: z.array(z.object({ run_id: z.string(), code: z.string(), message: z.string() })),
  /** There may be others that fit the filter. */
  more: z.boolean(),
})
export type CancelledRuns = z.infer<typeof CancelledRuns>

export const ExportRuns = z.strictObject({
  ...runFilter,
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  /** With every step and model call. */
  trace: z.stringbool().or(z.boolean()).default(false),
})
export type ExportRuns = z.infer<typeof ExportRuns>

function isAsyncIterable(value: unknown) {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

export const runs = {
  start: oc
    .route({ method: 'POST', path: '/agents/{idOrSlug}/run', summary: 'Run an agent; answers with the result, 202 after `wait` seconds, or events' })
    .input(AgentRef.extend(StartRun.shape))
    .output(z.union([z.custom<AsyncIterableIterator<RunEvent>>(isAsyncIterable), Run])),
  listOfAgent: oc
    .route({ method: 'GET', path: '/agents/{idOrSlug}/runs', summary: 'List the runs of one agent, newest first' })
    .input(AgentRef.extend(PageQuery.extend(filters).shape))
    .output(pageOf(RunSummary)),
  list: oc.route({ method: 'GET', path: '/runs', summary: 'List runs, newest first' }).input(ListRuns).output(pageOf(RunSummary)),
  // Before `get`: a door takes the first that fits.
  export: oc
    .route({ method: 'GET', path: '/runs/export', summary: 'Runs as a file with one of them as JSON on each line, newest first' })
    .input(ExportRuns)
    .output(z.file()),
  cancelMany: oc
    .route({ method: 'POST', path: '/runs/cancel', summary: 'Cancel many runs, by their ids or by a filter' })
    .input(CancelRuns)
    .output(CancelledRuns),
  get: oc
    .route({ method: 'GET', path: '/runs/{runId}', summary: 'Read one run with its whole trace' })
    .input(RunRef.extend(ReadRun.shape))
    .output(Run),
  value: oc
    .route({ method: 'GET', path: '/runs/{runId}/value', summary: 'One whole value of a step, a model call or a run, as a file' })
    .input(RunRef.extend(ReadRunValue.shape).superRefine(isValueOf))
    .output(z.file()),
  follow: oc
    .route({
      method: 'GET',
      path: '/runs/{runId}/events',
      summary: 'Follow a run: every event from the first, or after Last-Event-ID, until it ends',
    })
    .input(RunRef.extend(CutValues.shape))
    .output(eventIterator(RunEvent)),
  cancel: oc.route({ method: 'POST', path: '/runs/{runId}/cancel', summary: 'Cancel a run' }).input(RunRef).output(Run),
  resolve: oc
    .route({ method: 'POST', path: '/runs/{runId}/resolve', summary: 'Settle a step whose outcome is uncertain' })
    .input(RunRef.extend(ResolveStep.shape))
    .output(Run),
  retry: oc
    .route({ method: 'POST', path: '/runs/{runId}/retry', summary: 'Run the same agent, as it is now, on the same input once more' })
    .input(RunRef)
    .output(Run),
  fork: oc
    .route({ method: 'POST', path: '/runs/{runId}/fork', summary: 'Begin a new run that takes over this one up to a model call or a step' })
    .input(RunRef.extend(ForkRun.shape))
    .output(Run),
  replay: oc
    .route({ method: 'POST', path: '/runs/{runId}/replay', summary: 'Play a run again from its journal, without asking a model or a tool' })
    .input(RunRef)
    .output(Replay),
}
