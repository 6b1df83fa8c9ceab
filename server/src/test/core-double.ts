import type { Agent } from '@cadre/contract/agents'
import { CadreError } from '@cadre/contract/errors'
import { isOver, type RunEvent } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import type { Api, Extra } from '../router.ts'
import type { Core } from '../server.ts'
import { accessApi, resolverDouble } from './access-double.ts'
import { conversationsDouble } from './conversations-double.ts'

type Entry = { run: Run; events: RunEvent[]; changed: PromiseWithResolvers<void> }

/**
 * What stands behind the doors in their own tests: agents and runs in memory, runs that move only when a test says so.
 * The input of a run decides: `now` ends at once, `defect` throws, everything else waits for `end()`.
 */
export function coreDouble(api_key: string | null = null) {
  const agents = new Map<string, Agent>()
  const runs = new Map<string, Entry>()
  const extras: Extra[] = []
  const asked: string[] = []
  let broken = false

  function agent(id: string) {
    const found = agents.get(id)
    if (!found) throw new CadreError('AGENT_NOT_FOUND', `There is no agent ${JSON.stringify(id)}.`)
    return found
  }
  function entry(id: string) {
    const found = runs.get(id)
    if (!found) throw new CadreError('RUN_NOT_FOUND', `There is no run ${JSON.stringify(id)}.`)
    return found
  }
  function emit(id: string, event: Record<string, unknown>) {
    const at = entry(id)
    const seq = event.type === 'text.delta' ? at.run.last_seq : ++at.run.last_seq
    at.events.push({ seq, ...(event.type === 'text.delta' ? {} : { at: new Date(0).toISOString() }), ...event } as RunEvent)
    at.changed.resolve()
    at.changed = Promise.withResolvers()
  }
  function end(id: string) {
    const { run } = entry(id)
    Object.assign(run, { status: 'completed', output: { result: 'done' }, output_text: 'done' })
    emit(id, { type: 'run.ended', status: 'completed', output: { result: 'done' }, output_text: 'done', error: null })
  }
  async function* follow(id: string, after: string | undefined, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const gone = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const at = entry(id)
    for (let i = after === undefined ? 0 : at.events.findLastIndex((event) => String(event.seq) === after) + 1; !signal.aborted;) {
      const event = at.events[i]
      if (event === undefined) {
        if (isOver(at.run.status)) return
        await Promise.race([at.changed.promise, gone])
        continue
      }
      if ((event as { type: string }).type === 'defect') throw new Error('a secret in a stack')
      i++
      yield event
    }
  }

  const api: Api = {
    ...accessApi,
    ...conversationsDouble(),
    agents: {
      list: (actor) => {
        asked.push(`agents.list by ${actor.kind}`)
        if (broken) throw new Error('the database is gone')
        return { items: [...agents.values()], next_cursor: null }
      },
      get: (_actor, { idOrSlug }) => agent(idOrSlug),
      create: (_actor, input) => {
        const at = new Date(0).toISOString()
        const made = {
          id: `agt_${agents.size + 1}`,
          slug: input.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-'),
          ...input,
          effective_system_prompt: input.system_prompt,
          version: 1,
          created_by: null,
          updated_by: null,
          created_at: at,
          updated_at: at,
        }
        agents.set(made.id, made).set(made.slug, made)
        return made
      },
      update: (_actor, { idOrSlug, ...changes }) => Object.assign(agent(idOrSlug), changes),
      versions: () => ({ items: [], next_cursor: null }),
      version: (_actor, { version }) => {
        throw new CadreError('AGENT_VERSION_NOT_FOUND', `There is no version ${version}.`)
      },
      rollBack: (_actor, { idOrSlug }) => agent(idOrSlug),
      delete: (_actor, { idOrSlug }) => ({ id: agent(idOrSlug).id, deleted: true }),
    },
    runs: {
      start: async (_actor, { idOrSlug, input, stream, data }, extra) => {
        extras.push(extra)
        const agent_id = agent(idOrSlug).id
        if (input === 'defect') throw new Error('a secret in a stack')
        const id = `run_${runs.size + 1}`
        const run: Run = { ...emptyRun, run_id: id, agent_id, input, data: data ?? null }
        runs.set(id, { run, events: [], changed: Promise.withResolvers() })
        emit(id, { type: 'run.started', attempt: 1, provider: 'builtin', model: 'planner' })
        if (input === 'now') end(id)
        return stream ? Object.assign(follow(id, undefined, extra.signal), { run_id: id }) : run
      },
      get: (_actor, { runId }) => entry(runId).run,
      value: (_actor, { runId }) => new File([entry(runId).run.input], 'data.txt', { type: 'text/plain' }),
      follow: (_actor, { runId }, extra) => {
        extras.push(extra)
        entry(runId)
        return follow(runId, extra.last_event_id, extra.signal)
      },
      list: () => ({ items: [...runs.values()].map(({ run }) => run), next_cursor: null }),
      listOfAgent: () => ({ items: [...runs.values()].map(({ run }) => run), next_cursor: 'more' }),
      cancel: (_actor, { runId }) => {
        const { run } = entry(runId)
        if (isOver(run.status)) throw new CadreError('RUN_ENDED', 'The run has ended.')
        run.status = 'cancelled'
        return run
      },
      resolve: (_actor, { runId }) => entry(runId).run,
      retry: (_actor, { runId }) => entry(runId).run,
      fork: (_actor, { runId }) => entry(runId).run,
      replay: (_actor, { runId }) => ({
        run_id: runId,
        same: true,
        reached: 'end',
        calls: 0,
        steps: 0,
        output_text: null,
        error: null,
        differences: [],
        duration_ms: 0,
      }),
      cancelMany: () => ({ cancelled: [], refused: [], more: false }),
      export: () => new File([], 'runs.ndjson'),
    },
    approvals: {
      list: () => ({ items: [], next_cursor: null }),
      get: (_actor, { id }) => {
        throw new CadreError('APPROVAL_NOT_FOUND', `There is no approval ${id}.`)
      },
      decide: (_actor, { id }) => {
        throw new CadreError('APPROVAL_DECIDED', `The approval ${id} is decided.`)
      },
    },
    approvalRules: { list: () => ({ items: [], next_cursor: null }), remove: (_actor, { id }) => ({ id, deleted: true }) },
    plugins: {
      list: () => ({ items: [], next_cursor: null }),
      get: (_actor, { id }) => {
        throw new CadreError('PLUGIN_NOT_FOUND', `There is no plugin ${id}.`)
      },
      add: (_actor, { id }) => {
        throw new CadreError('PLUGIN_ID_TAKEN', `There is a plugin ${id} already.`, [{ path: 'id', message: 'is taken' }])
      },
      remove: (_actor, { id }) => ({ id, deleted: true }),
      install: (_actor, { manifest }) => {
        throw new CadreError('PLUGIN_BUNDLED', `The plugin ${manifest.id} cannot be replaced.`)
      },
      export: () => ({ format: 'cadre-workspace-1', forgehooks: [] }),
      import: (_actor, { dry_run }) => ({ dry_run, items: [] }),
      importOpenapi: () => ({ plugin: null, operations: [] }),
      refresh: (_actor, { id }) => {
        throw new CadreError('PLUGIN_NOT_FOUND', `There is no plugin ${id}.`)
      },
      lifecycle: (_actor, { id }) => {
        throw new CadreError('PLUGIN_NOT_FOUND', `There is no plugin ${id}.`)
      },
      switchLifecycle: (_actor, { id }) => {
        throw new CadreError('PLUGIN_NOT_FOUND', `There is no plugin ${id}.`)
      },
      approve: (_actor, { id }) => {
        throw new CadreError('PLUGIN_NOT_PENDING', `There is nothing to approve in ${id}.`)
      },
      invoke: (_actor, { id, path, input, dry_run }) => ({
        tool: `${id}__${path}`,
        effect: 'read',
        dry_run,
        output: input,
        would: null,
        duration_ms: 1,
      }),
    },
    connections: {
      list: () => ({ items: [], next_cursor: null }),
      add: (_actor, { name }) => {
        throw new CadreError('CONNECTION_NAME_TAKEN', `There is a connection ${name} already.`)
      },
      remove: (_actor, { name }) => ({ name, deleted: true }),
      test: () => ({ ok: true, version: null, can_write: null, latency_ms: 1, error: null }),
    },
    tools: { search: () => ({ items: [], next_cursor: null }) },
    providers: {
      list: () => ({ items: [], next_cursor: null }),
      add: (_actor, { id }) => {
        throw new CadreError('PROVIDER_ID_TAKEN', `There is a provider ${id} already.`)
      },
      remove: (_actor, { id }) => ({ id, deleted: true }),
      test: () => ({ ok: true, model: null, latency_ms: 1, first_token_ms: null, text: null, error: null, card: null, notes: [] }),
      detect: () => ({ items: [] }),
      models: () => ({ items: [], problems: [], next_cursor: null }),
      aliases: () => ({ items: [], next_cursor: null }),
      alias: (_actor, { alias }) => ({ alias, model: 'm', provider_type: null, source: 'api', updated_at: null }),
      setAlias: (_actor, input) => ({ ...input, source: 'api', updated_at: null }),
      removeAlias: (_actor, { alias }) => ({ alias, deleted: true }),
    },
    metrics: {
      agent: (_actor, { idOrSlug }) => {
        throw new CadreError('AGENT_NOT_FOUND', `There is no agent ${idOrSlug}.`)
      },
      system: () => ({
        workerUptime: 1,
        averageJobProcessingTime: 2,
        jobQueueDepth: 3,
        averageQueryTime: 4,
        connectionPoolUtilization: 0.5,
        activeAgents: 6,
        concurrentConversations: 7,
        messagesPerMinute: 8,
      }),
      series: () => {
        throw new CadreError('UNAVAILABLE', 'Nothing is counted here.')
      },
      machine: () => {
        throw new CadreError('UNAVAILABLE', 'Nothing is measured here.')
      },
    },
    usage: { get: () => ({ from: null, to: null, group_by: [], groups: [], totals: emptyTotals, truncated: false }) },
    budgets: {
      list: () => ({ items: [], next_cursor: null }),
      create: (_actor, input) => ({ id: 'bud_1', ...input, ...emptyBudget }),
      update: (_actor, { id }) => {
        throw new CadreError('BUDGET_NOT_FOUND', `There is no budget ${id}.`)
      },
      delete: (_actor, { id }) => ({ id, deleted: true }),
      raiseOfRun: (_actor, { runId }) => ({ run_id: runId, tokens: null, usd: null }),
    },
    prices: {
      list: () => ({ items: [], next_cursor: null }),
      get: (_actor, ref) => ({ ...ref, rates: null, tiers: [], source: 'unknown' }),
      put: (_actor, { provider, model, ...rates }) => ({ provider, model, rates, tiers: [], source: 'stored' }),
      delete: (_actor, ref) => ({ ...ref, deleted: true }),
    },
  }
  const core: Core = { api, access: resolverDouble(api_key), start: async () => {}, drain: async () => {}, close: async () => {} }
  return { core, api, runs, extras, asked, emit, end, breakDatabase: () => (broken = true) }
}

const emptyRun = {
  status: 'pending' as Run['status'],
  output: null,
  output_text: null,
  error: null,
  waiting: null,
  metrics: { total_steps: 0, tokens_input: 0, tokens_output: 0, cost: null, duration_ms: null },
  triggered_by: 'local',
  agent_version: null,
  retry_of: null,
  forked_from: null,
  parent_run_id: null,
  created_at: new Date(0).toISOString(),
  started_at: null,
  completed_at: null,
  steps: [],
  model_calls: [],
  compactions: [],
  added: [],
  prepared: null,
  warnings: [],
  provider: null,
  model: null,
  attempts: 0,
  ip_address: null,
  user_agent: null,
  last_seq: 0,
}

const emptyTotals = {
  calls: 0,
  failed: 0,
  retries: 0,
  tokens_input: 0,
  tokens_cached: 0,
  tokens_output: 0,
  tokens_reasoning: 0,
  cost: null,
  calls_unpriced: 0,
  calls_estimated: 0,
  duration_ms: 0,
}

const emptyBudget = {
  spent: 0,
  reserved: 0,
  left: 0,
  resets_at: null,
  subjects: [],
  created_by: 'local',
  created_at: new Date(0).toISOString(),
  updated_at: new Date(0).toISOString(),
}
