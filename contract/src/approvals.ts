import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Effect, JsonSchema } from './manifest.ts'
import { Instant, PageQuery, pageOf } from './page.ts'

/**
 * Why a person is asked: the ForgeHook's manifest (`tool`) or the agent's settings (`rule`) say so, or private data might leave by what others
 * wrote (`private_tool`, `private_step`, `private_run`, and the same of `untrusted_`). `message` says all of it in English.
 */
export const ApprovalReason = z.object({
  code: z.enum(['manifest', 'agent', 'data_flow']),
  /** Left out of requests that an older version made. */
  params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  message: z.string(),
})
export type ApprovalReason = z.infer<typeof ApprovalReason>

export const ApprovalStatus = z.enum(['pending', 'approved', 'rejected', 'expired', 'cancelled'])
export type ApprovalStatus = z.infer<typeof ApprovalStatus>

/** `once`: this call. `run`: this tool in the rest of the run. `always`: a rule for calls like this one, in every run. */
export const ApprovalScope = z.enum(['once', 'run', 'always'])
export type ApprovalScope = z.infer<typeof ApprovalScope>

const Arguments = z.record(z.string(), z.unknown())

/** Which calls of a tool an approval stands for: the fields in `fixed` are equal, those in `open` may be anything, and there are no others. */
export const CallPattern = z.object({ fixed: Arguments, open: z.array(z.string()) })
export type CallPattern = z.infer<typeof CallPattern>

const required = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*__(\*|[A-Za-z0-9_-]+)$/, 'must be the name of a tool, such as mail__send, or mail__*')
const policy = {
  /** Tools that a person must approve, by name or `hook__*`. Those that only read are asked about for the flow of data alone. */
  require: z.array(required.max(100)).max(200),
  /** Whether a run that has read private data and what strangers wrote asks before a call that leaves the machine. */
  data_flow: z.enum(['ask', 'allow']),
  /** How long somebody has to decide. Then the model is told that nobody did, and the run goes on. */
  expires_after_ms: z
    .int()
    .min(1_000)
    .max(30 * 86_400_000),
}
export const ApprovalPolicy = z.strictObject({
  require: policy.require.default([]),
  data_flow: policy.data_flow.default('ask'),
  expires_after_ms: policy.expires_after_ms.default(86_400_000),
})
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>
export const ApprovalPolicyPatch = z.strictObject(policy).partial()

export const Approval = z.object({
  id: z.string(),
  status: ApprovalStatus,
  run_id: z.string(),
  step: z.int(),
  agent: z.object({ id: z.string(), name: z.string() }),
  /** Who started the run. */
  asked_by: z.string(),
  tool: z.string(),
  tool_description: z.string(),
  effect: Effect,
  /** JSON Schema of the arguments. */
  input_schema: JsonSchema,
  /** The exact arguments, as the model wrote them. */
  input: Arguments,
  reasons: z.array(ApprovalReason),
  created_at: Instant,
  expires_at: Instant,
  /** null as long as nobody decided. */
  decided_by: z.string().nullable(),
  decided_at: Instant.nullable(),
  scope: ApprovalScope.nullable(),
  /** The arguments that were approved instead. */
  edited_input: Arguments.nullable(),
  note: z.string().nullable(),
})
export type Approval = z.infer<typeof Approval>

export const ApprovalRule = z.object({
  id: z.string(),
  tool: z.string(),
  /** null: whichever agent calls. */
  agent_id: z.string().nullable(),
  pattern: CallPattern,
  created_by: z.string(),
  created_at: Instant,
})
export type ApprovalRule = z.infer<typeof ApprovalRule>

export const ListApprovals = PageQuery.extend({
  status: ApprovalStatus.optional(),
  run: z.string().min(1).max(100).optional(),
  /** Its id or slug. */
  agent: z.string().min(1).max(300).optional(),
})
export type ListApprovals = z.infer<typeof ListApprovals>

export const DecideApproval = z.strictObject({
  decision: z.enum(['approve', 'reject']),
  scope: ApprovalScope.default('once'),
  /** Fields whose values must be the same in later calls; the others of this call may be anything. With `always` all of them, with `run` none where it is left out. */
  fixed_fields: z.array(z.string().max(200)).max(200).optional(),
  /** With `always`: the rule holds for this agent, or for all of the workspace. */
  agents: z.enum(['this', 'all']).default('this'),
  /** Approve the call with these arguments instead. */
  input: Arguments.optional(),
  /** The model reads it where the call is refused or changed. */
  note: z.string().trim().min(1).max(2_000).optional(),
})
export type DecideApproval = z.infer<typeof DecideApproval>

const id = z.strictObject({ id: z.string().min(1).max(100) })

export const approvals = {
  list: oc
    .route({ method: 'GET', path: '/approvals', summary: 'List what a person was or is asked about, newest first' })
    .input(ListApprovals)
    .output(pageOf(Approval)),
  get: oc
    .route({ method: 'GET', path: '/approvals/{id}', summary: 'Read one request for an approval, with its exact arguments' })
    .input(id)
    .output(Approval),
  decide: oc
    .route({ method: 'POST', path: '/approvals/{id}', summary: 'Approve or refuse a call, once, for the run, or always for calls like it' })
    .input(id.extend(DecideApproval.shape))
    .output(Approval),
}

export const approvalRules = {
  list: oc
    .route({ method: 'GET', path: '/approval-rules', summary: 'List the calls that are approved for good, newest first' })
    .input(PageQuery)
    .output(pageOf(ApprovalRule)),
  remove: oc
    .route({ method: 'DELETE', path: '/approval-rules/{id}', summary: 'Ask again before such calls' })
    .input(id)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
}
