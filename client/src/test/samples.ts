import type { Agent } from '@cadre/contract/agents'
import { ApprovalPolicy } from '@cadre/contract/approvals'
import { ContextPolicy } from '@cadre/contract/context'
import type { Plugin } from '@cadre/contract/plugins'
import type { Provider } from '@cadre/contract/providers'
import type { JournalEvent, RunEvent } from '@cadre/contract/run-events'
import { foldTrace } from '@cadre/contract/fold-run'
import type { Run } from '@cadre/contract/runs'

const at = '2024-03-05T10:15:00.000Z'
const after = (ms: number) => new Date(Date.parse(at) + ms).toISOString()

export function agent(fields: Partial<Agent> = {}): Agent {
  return {
    id: 'agt_1',
    slug: 'helper',
    name: 'Helper',
    description: null,
    provider: 'builtin',
    model: 'planner',
    system_prompt: 'You help with numbers.',
    role: null,
    backstory: null,
    goal: null,
    prompt_template: null,
    effective_system_prompt: 'You help with numbers.',
    tools: ['calculator'],
    config: {
      max_steps: 10,
      max_tokens: 4096,
      temperature: 0.7,
      timeout_ms: 60_000,
      retry_on_error: true,
      max_retries: 2,
      max_total_tokens: null,
      max_output_bytes: 10_000_000,
      fallbacks: [],
      strategy: 'failover',
      call_timeout_ms: null,
      delegates: [],
      cache_seconds: 0,
      max_concurrent_jobs: 4,
      replies_per_minute: 10,
      budget: null,
      context: ContextPolicy.parse({}),
      approvals: ApprovalPolicy.parse({}),
    },
    output_schema: null,
    is_public: false,
    api_key_required: true,
    allowed_api_keys: [],
    created_by: 'local',
    version: 1,
    updated_by: null,
    created_at: at,
    updated_at: at,
    ...fields,
  }
}

const usage = { tokens_input: 120, tokens_output: 30, tokens_cached: 0, tokens_reasoning: 0, first_token_ms: 40, retries: 0, request_hash: 'x' }

/** A run with one tool call, from its first event to its last. */
export const events: RunEvent[] = [
  { type: 'run.started', seq: 1, at, attempt: 1, provider: 'builtin', model: 'planner' },
  { type: 'text.delta', seq: 1, call: 1, part: 0, kind: 'text', text: 'I calculate.' },
  {
    type: 'model.completed',
    seq: 2,
    at: after(100),
    call: 1,
    content: [
      { type: 'text', text: 'I calculate.' },
      { type: 'tool-call', call_id: 'c1', tool: 'calculator__calculate', input: '{"expression":"12 * 7"}' },
    ],
    finish_reason: 'tool-calls',
    duration_ms: 100,
    ...usage,
  },
  {
    type: 'tool.started',
    seq: 3,
    at: after(101),
    step: 1,
    call: 1,
    index: 0,
    call_id: 'c1',
    tool: 'calculator',
    action: 'calculate',
    input: { expression: '12 * 7' },
    effect: 'read',
    attempt: 1,
  },
  { type: 'tool.completed', seq: 4, at: after(113), step: 1, output: { value: 84 }, error: null, duration_ms: 12, retries: 0 },
  {
    type: 'model.completed',
    seq: 5,
    at: after(200),
    call: 2,
    content: [{ type: 'text', text: '12 * 7 is 84.' }],
    finish_reason: 'stop',
    duration_ms: 80,
    ...usage,
  },
  { type: 'run.ended', seq: 6, at: after(1200), status: 'completed', output: { result: '12 * 7 is 84.' }, output_text: '12 * 7 is 84.', error: null },
]

/** The same with another end. */
export function eventsEnding(fields: Partial<Extract<RunEvent, { type: 'run.ended' }>>): RunEvent[] {
  return events.map((event) => (event.type === 'run.ended' ? { ...event, ...fields } : event))
}

export function run(fields: Partial<Run> = {}): Run {
  const journal = events.filter((event): event is JournalEvent => event.type !== 'text.delta')
  return {
    run_id: 'run_1',
    agent_id: 'agt_1',
    agent_version: 1,
    status: 'completed',
    input: 'What is 12 * 7?',
    output_text: '12 * 7 is 84.',
    error: null,
    waiting: null,
    metrics: { total_steps: 1, tokens_input: 240, tokens_output: 60, cost: null, duration_ms: 1200 },
    triggered_by: 'local',
    parent_run_id: null,
    retry_of: null,
    forked_from: null,
    created_at: at,
    started_at: at,
    completed_at: after(1200),
    data: { csv: 'a,b\n1,2' },
    output: { result: '12 * 7 is 84.' },
    ...foldTrace(journal, true),
    provider: 'builtin',
    model: 'planner',
    attempts: 1,
    ip_address: '127.0.0.1',
    user_agent: null,
    last_seq: 6,
    ...fields,
  }
}

export const pending: Partial<Run> = {
  status: 'pending',
  output: null,
  output_text: null,
  completed_at: null,
  steps: [],
  model_calls: [],
  last_seq: 0,
}

export const plugin: Plugin = {
  id: 'calculator',
  name: 'Calculator',
  version: '1.0.0',
  description: 'Exact arithmetic',
  runtime: { type: 'embedded', entry: './index.ts' },
  endpoints: [
    { path: '/calculate', description: 'Evaluates an expression', effect: 'read', input: { type: 'object' }, tool: 'calculator__calculate' },
  ],
  permissions: { network: [], files: [], secrets: [], databases: [], store: false },
  limits: { timeout_ms: 30_000, memory_mb: 512, output_bytes: 10_000_000 },
  bundled: true,
  created_at: null,
  pending: null,
}

export function provider(fields: Partial<Provider> = {}): Provider {
  return {
    id: 'builtin',
    type: 'builtin',
    base_url: null,
    default_model: 'planner',
    options: {},
    api_key: 'none',
    source: 'builtin',
    usable: true,
    reason: null,
    ...fields,
  }
}
