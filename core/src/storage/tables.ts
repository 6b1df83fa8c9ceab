import type { Generated } from 'kysely'
import type { AccessTables } from './tables-access.ts'
import type { AgentTables } from './tables-agents.ts'
import type { ApprovalTables } from './tables-approvals.ts'
import type { ConversationTables } from './tables-conversations.ts'
import type { MetricTables } from './tables-metrics.ts'

/** Every table as both databases give it back. Times are integer milliseconds, flags 0 or 1, JSON columns text that `json.ts` reads and writes. */
export type Tables = AccessTables &
  AgentTables &
  ApprovalTables &
  ConversationTables &
  MetricTables & {
    runs: RunsTable
    run_events: RunEventsTable
    blobs: BlobsTable
    jobs: JobsTable
    job_pauses: { name: string; paused_at: number }
    workers: WorkersTable
    plugins: PluginsTable
    /** `points`: JSON of StoredSwitch, `agents` of ids or null for all, `options` of an object. */
    lifecycle_switches: {
      workspace_id: string
      plugin_id: string
      points: string
      agents: string | null
      options: string
      switched_by: string
      switched_at: number
    }
    lifecycle_counts: LifecycleCountsTable
    hook_values: { workspace_id: string; plugin_id: string; key: string; value: string; updated_at: number }
    /** `url` is sealed by access/secrets.ts; never plain. */
    connections: { workspace_id: string; name: string; url: string; created_by: string; created_at: number }
    providers: ProvidersTable
    model_aliases: { workspace_id: string; alias: string; provider_type: string | null; model: string; updated_at: number }
    model_cards: { workspace_id: string; provider_id: string; model: string; card: string; measured_at: number }
    usage_calls: UsageCallsTable
    usage_days: UsageDaysTable
    prices: PricesTable
    budgets: BudgetsTable
    budget_counters: BudgetCountersTable
    /** `lines` is what usage/counters.store.ts reserved, as JSON. */
    budget_reservations: { id: string; run_id: string; lines: string; expires_at: number }
    audit_head: AuditHeadTable
    /** One row: a known text, sealed with the master key that everything else here was sealed with. */
    key_check: { id: string; sealed: string; created_at: number }
    /** What is set for the whole server while it runs. `value` is JSON. */
    settings: { name: string; value: string; set_by: string; set_at: number }
  }

type LifecycleCountsTable = {
  workspace_id: string
  plugin_id: string
  point: string
  calls: number
  changed: number
  refused: number
  failed: number
  last_error: string | null
  last_failed_at: number | null
}

type RunsTable = {
  id: string
  workspace_id: string
  agent_id: string
  status: string
  /** `generate` or `stream`: how the model is called. */
  mode: string
  input: string
  data: string | null
  /** Hash of the blob that holds what was frozen at the start: prompt, tools, model, limits. */
  setup: string
  output_text: string | null
  error_code: string | null
  error_message: string | null
  waiting: string | null
  provider: string | null
  model: string | null
  total_steps: number
  tokens_input: number
  tokens_output: number
  cost: number | null
  attempts: number
  last_seq: number
  /** The fencing token of the lease under which the run is executed; a write that carries an older one is refused. */
  token: number
  job_id: string
  cancel_requested_at: number | null
  request_key: string | null
  request_hash: string | null
  /** The actor: a user, a key, `public`. */
  triggered_by: string
  /** Whose run it is: of the user, also where a key of theirs was used; null of the public. */
  user_id: string | null
  /** The API key that was used. */
  key_id: string | null
  ip_address: string | null
  user_agent: string | null
  created_at: number
  started_at: number | null
  completed_at: number | null
  /** The run whose agent handed this one its task. */
  parent_run_id: Generated<string | null>
  /** 0 for a run that nobody's agent caused. */
  depth: Generated<number>
  /** What caused it, as `name:id` (runs/origins.ts); null for a call of the API. */
  origin: Generated<string | null>
  /** What was said before its input, as JSON; frozen like the setup. */
  history: Generated<string | null>
  /** Null for a run of a time when there were no versions. */
  agent_version: Generated<number | null>
  /** The run of which this is another try. */
  retry_of: Generated<string | null>
  /** JSON of ForkedFrom. */
  forked_from: Generated<string | null>
}

type RunEventsTable = { run_id: string; seq: number; type: string; at: number; data: string }

/** Large or shared values by the SHA-256 of their text. */
type BlobsTable = { hash: string; content: string }

type JobsTable = {
  id: string
  name: string
  data: string
  priority: number
  status: string
  progress: number
  attempts: number
  max_attempts: number
  /** Base delay of the exponential backoff, in milliseconds. */
  backoff_ms: number
  run_at: number
  worker_id: string | null
  /** Grows with every claim. */
  token: Generated<number>
  result: string | null
  failure_reason: string | null
  created_at: number
  started_at: number | null
  completed_at: number | null
}

type WorkersTable = { id: string; kind: string; host: string; pid: number; started_at: number; heartbeat_at: number }

type PluginsTable = {
  workspace_id: string
  id: string
  manifest: string
  registered_by: string
  created_at: number
  /** What its server offers now and nobody approved yet; null where that is what the manifest says. */
  pending: Generated<string | null>
}

type ProvidersTable = {
  workspace_id: string
  id: string
  type: string
  base_url: string | null
  /** Sealed by access/secrets.ts; never plain. For Bedrock it holds all of its credentials, as JSON. */
  api_key: string | null
  default_model: string | null
  created_by: string
  created_at: number
  options: Generated<string | null>
}

type UsageCallsTable = {
  workspace_id: string
  run_id: string
  call: number
  /** Counts the requests that were sent for one call of a run. */
  attempt: number
  agent_id: string
  user_id: string
  key_id: string | null
  provider: string
  model: string
  /** The UTC day, such as 2024-03-05. */
  day: string
  tokens_input: number
  tokens_cached: number
  tokens_cache_write: number
  tokens_output: number
  tokens_reasoning: number
  /** Null: the price was unknown. */
  cost_micros: number | null
  duration_ms: number
  status: string
  /** 1: the tokens were counted here, since the provider did not say them. */
  estimated: number
}

type UsageDaysTable = {
  workspace_id: string
  day: string
  /** `:test` and `:embedding` for what no agent asked. */
  agent_id: string
  user_id: string
  /** Empty where no key was used. */
  key_id: string
  provider: string
  model: string
  shard: number
  calls: number
  failed: number
  retries: number
  /** Calls whose price was unknown. */
  unpriced: number
  /** Calls whose tokens were counted here, since the provider did not say them. */
  estimated: number
  tokens_input: number
  tokens_cached: number
  tokens_output: number
  tokens_reasoning: number
  cost_micros: number
  duration_ms: number
}

/** Micro-dollars per million tokens. */
type PricesTable = {
  provider: string
  model: string
  input: number
  cached_input: number | null
  cache_write: number | null
  output: number
  reasoning: number | null
  updated_by: string
  updated_at: number
}

type BudgetsTable = {
  workspace_id: string
  id: string
  scope: string
  scope_id: string
  period: string
  unit: string
  /** Tokens, or micro-dollars. */
  limit_amount: number
  on_exceed: string
  unknown: string
  created_by: string
  created_at: number
  updated_at: number
}

type BudgetCountersTable = {
  /** A budget's id; `run:tokens` or `run:usd` for what an agent's settings allow each of its runs. */
  budget_id: string
  subject: string
  /** The day or the month; empty where the budget never begins anew. */
  period_key: string
  spent: number
  reserved: number
  /** What a person allowed this run instead of what its agent's settings say. */
  raised_to: number | null
}

/** One row, signed with a key that comes from the master key: who can only write to the database cannot make another. */
type AuditHeadTable = {
  id: number
  seq: number
  hash: string
  /** The oldest entry that retention left, and the hash of the one before it. */
  first_seq: number
  first_hash: string
  key_id: string
  mac: string
}
