import { z } from 'zod'
import { ApprovalPolicy, ApprovalPolicyPatch } from './approvals.ts'
import { ContextPolicy, ContextPolicyPatch } from './context.ts'

/** A model that may answer in an agent's place. `weight`: its share under the strategy `weighted`. */
export const ModelChoice = z.strictObject({
  provider: z.string().min(1).max(50),
  model: z.string().min(1).max(200).default('auto'),
  weight: z.number().min(0).max(1_000_000).default(1),
})
export type ModelChoice = z.infer<typeof ModelChoice>

export const strategies = ['failover', 'weighted', 'least_busy'] as const

/** `failover` of cadre.yaml: for every agent that names no fallbacks. */
export const ServerFailover = z.strictObject({ fallbacks: z.array(ModelChoice).min(1).max(10), strategy: z.enum(strategies).default('failover') })
export type ServerFailover = z.infer<typeof ServerFailover>

/** What one run with its sub-runs may spend. */
const budget = z.strictObject({
  tokens: z.int().min(1).max(1_000_000_000_000).optional(),
  /** US dollars, to a millionth. */
  usd: z.number().min(0).max(1_000_000_000).optional(),
  /** A run that would pass a budget fails with BUDGET_EXCEEDED, or waits until it is raised or begins anew. Without it each budget says so itself. */
  on_exceed: z.enum(['fail', 'wait']).optional(),
})

const fields = {
  /** Tool calls in one run. The model may still answer after the last one. */
  max_steps: z.int().min(1).max(1000),
  /** Tokens of one model answer. */
  max_tokens: z.int().min(1).max(1_000_000),
  temperature: z.number().min(0).max(2),
  /** Working time of one run; the time it waits for a person does not count. */
  timeout_ms: z.int().min(1).max(86_400_000),
  retry_on_error: z.boolean(),
  /** Repetitions of one failed model call, or of one failed tool call whose effect allows it. */
  max_retries: z.int().min(0).max(10),
  /** Input and output tokens of one run together; null for no limit. */
  max_total_tokens: z.int().min(1).nullable(),
  /** Size of the final answer, in UTF-8 bytes. */
  max_output_bytes: z.int().min(1).max(100_000_000),
  /** Models that answer where the agent's own does not. */
  fallbacks: z.array(ModelChoice).max(10),
  /**
   * Which of all of them is asked first: `failover` as they are listed, `weighted` by chance, `least_busy` by calls on their way. `single`: only
   * the agent's own model, also where the server has fallbacks for all.
   */
  strategy: z.enum([...strategies, 'single']),
  /** Time for one try at one model; null for what the run has, or an even share of it where there are fallbacks. */
  call_timeout_ms: z.int().min(1).max(86_400_000).nullable(),
  /** Agents, by id or slug, that it may hand tasks to; each becomes the tool `agents__slug`. */
  delegates: z.array(z.string().min(1).max(300)).max(20),
  /** Seconds for which an answer to exactly the same question is used again; 0 for never. */
  cache_seconds: z.int().min(0).max(31_536_000),
  /** In how many conversations it answers at the same time; others wait for a place. */
  max_concurrent_jobs: z.int().min(1).max(100_000),
  /** How often it answers in conversations within a minute; what is beyond that waits. */
  replies_per_minute: z.int().min(1).max(1_000_000),
  /** null for no budget of its own; those that an owner set for all apply beside it. */
  budget: budget.nullable(),
}

export const AgentConfig = z.strictObject({
  max_steps: fields.max_steps.default(10),
  max_tokens: fields.max_tokens.default(4096),
  temperature: fields.temperature.default(0.7),
  timeout_ms: fields.timeout_ms.default(60_000),
  retry_on_error: fields.retry_on_error.default(true),
  max_retries: fields.max_retries.default(2),
  max_total_tokens: fields.max_total_tokens.default(null),
  max_output_bytes: fields.max_output_bytes.default(10_000_000),
  fallbacks: fields.fallbacks.default([]),
  strategy: fields.strategy.default('failover'),
  call_timeout_ms: fields.call_timeout_ms.default(null),
  delegates: fields.delegates.default([]),
  cache_seconds: fields.cache_seconds.default(0),
  max_concurrent_jobs: fields.max_concurrent_jobs.default(4),
  replies_per_minute: fields.replies_per_minute.default(10),
  budget: fields.budget.default(null),
  /** What the model is shown of a conversation that does not fit its window. */
  context: ContextPolicy.prefault({}),
  /** When a person is asked before a tool is called. */
  approvals: ApprovalPolicy.prefault({}),
})
export type AgentConfig = z.infer<typeof AgentConfig>

/** Without the defaults: what an update leaves out stays as it is. */
export const AgentConfigPatch = z.strictObject({ ...fields, context: ContextPolicyPatch, approvals: ApprovalPolicyPatch }).partial()
export type AgentConfigPatch = z.infer<typeof AgentConfigPatch>
