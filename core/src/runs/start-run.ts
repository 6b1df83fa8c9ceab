import { createHash } from 'node:crypto'
import type { AgentConfig } from '@cadre/contract/agent-config'
import type { Run, StartRun } from '@cadre/contract/runs'
import { CadreError, invalid } from '@cadre/contract/errors'
import { type Actor } from '../access/actor.ts'
import { atPublicAgent, requireRunnableAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { checkSchema } from '../tools/tool-schema.ts'
import { delegatesOf } from './delegates-of.ts'
import { shelve } from './journal-codec.ts'
import { beginHere } from './begin-here.ts'
import { findRunByRequest, insertRunOnce, type NewRun } from './runs.store.ts'
import { withServerFailover } from './server-failover.ts'

export type NewRunInput = Pick<StartRun, 'input' | 'data' | 'output_schema'> & { idOrSlug: string; stream: boolean }

/**
 * Accepts a run. The run, its setup and its job commit together: a run that no worker will ever take up cannot exist, and neither can
 * a job without its run. With an idempotency key the second call gets the first run. The work happens in execute-run.ts.
 * @param onStored called when the run is stored and before anyone here works on it.
 * @returns the id of the run.
 */
export async function startRun(
  app: App,
  caller: Actor,
  input: NewRunInput,
  requestKey: string | undefined,
  onStored: (runId: string) => void = () => {},
  parent?: ParentRun,
  cause?: Cause,
): Promise<Run['run_id']> {
  // Callers without a login are not told apart: one would get the run of another.
  if (caller.kind === 'public' && requestKey !== undefined) throw invalid('Idempotency-Key', 'needs an API key')
  const actor = await atPublicAgent(app, caller, input.idOrSlug)
  const agent = withServerFailover(await requireRunnableAgent(app, actor, input.idOrSlug), app.config.failover)
  const ofKey = { workspace_id: actor.workspace_id, triggered_by: actor.id, agent_id: agent.id, request_key: requestKey ?? null }
  const isKnown = requestKey !== undefined && (await findRunByRequest(app.db.read, ofKey)) !== undefined
  // A run below another is never turned away: the one above would wait for it for ever. One that is there already takes no room.
  if (!parent && !isKnown) await app.limits.queueRoom()
  // Its patterns run in this process: whoever brings one must be known.
  if (input.output_schema && actor.kind === 'public') throw invalid('output_schema', 'needs an API key')
  if (input.output_schema) checkSchema(input.output_schema, 'output_schema')
  const limited = parent ? { ...agent, config: within(agent.config, parent.config) } : agent
  const [tools, sub] = await Promise.all([app.hooks.resolveTools(actor.workspace_id, agent.tools), delegatesOf(app, actor.workspace_id, limited)])
  const setup = app.setups.freeze(limited, tools, sub, input.output_schema)
  const run: NewRun = {
    id: app.newId('run'),
    ...ofKey,
    status: 'pending',
    mode: input.stream ? 'stream' : 'generate',
    input: input.input,
    setup: setup.hash,
    total_steps: 0,
    tokens_input: 0,
    tokens_output: 0,
    attempts: 0,
    last_seq: 0,
    token: 0,
    job_id: app.newId('job'),
    request_hash: requestKey === undefined ? null : hashOf(input),
    user_id: actor.user_id,
    key_id: parent ? parent.key_id : actor.kind === 'key' ? actor.id : null,
    ip_address: actor.ip,
    user_agent: actor.user_agent,
    created_at: app.now(),
    ...(parent ? { parent_run_id: parent.run_id, depth: parent.depth + 1 } : {}),
  }
  // What others wait for goes first.
  const priority = run.depth ?? 0
  const job = { id: run.job_id, name: 'runs.execute', data: { run_id: run.id, base: 0 }, priority, max_attempts: Number.MAX_SAFE_INTEGER }
  const store = async (trx: Trx, taken: Partial<NewRun> = {}) => {
    await app.setups.put(trx, setup)
    const history = cause && cause.history.length > 0 ? { history: toJson(await shelve(trx, cause.history)) } : {}
    const data = input.data === undefined ? null : toJson(await shelve(trx, input.data))
    const stored = await insertRunOnce(trx, { ...run, ...taken, ...history, ...(cause ? { origin: cause.origin } : {}), data })
    await cause?.also(trx, run.id)
    return stored
  }
  if (requestKey === undefined && (await beginHere(app, run, setup.setup, job, store, onStored))) {
    app.setups.committed(setup)
    return run.id
  }
  const { row, isNew } = await app.db.write(async (trx) => {
    const stored = await store(trx)
    if (stored.isNew) await app.queue.enqueue(trx, job)
    return stored
  })
  app.setups.committed(setup)
  if (!isNew && row.request_hash !== run.request_hash) {
    throw new CadreError(
      'IDEMPOTENCY_KEY_REUSED',
      'Idempotency-Key: this key was used for another request',
      invalid('Idempotency-Key', 'was used for another request').issues,
    )
  }
  app.probe('run.enqueued', row.id)
  onStored(row.id)
  app.wakeWorkers()
  return row.id
}

/** What a run goes on from: alternating, and frozen with it. */
export type HistoryMessage = { role: 'user' | 'assistant'; content: string }

/** Why there is a run, where that is no call of the API. It has no request key: `also` sees to it that there is one. */
export type Cause = {
  /** See origins.ts. */
  origin: string
  history: HistoryMessage[]
  /** Commits with the run; where it throws, there is none. */
  also: (trx: Trx, runId: string) => Promise<void>
}

/** The run that wants another, and what it allows; the key that it was started with pays for both. */
export type ParentRun = { run_id: string; depth: number; key_id: string | null; config: AgentConfig }

/** An agent that works for another keeps to the other's limits as well, and asks a person where either has to. */
function within(own: AgentConfig, parent: AgentConfig): AgentConfig {
  const totals = [own.max_total_tokens, parent.max_total_tokens].filter((each) => each !== null)
  return {
    ...own,
    max_steps: Math.min(own.max_steps, parent.max_steps),
    timeout_ms: Math.min(own.timeout_ms, parent.timeout_ms),
    approvals: {
      require: [...new Set([...own.approvals.require, ...parent.approvals.require])],
      data_flow: own.approvals.data_flow === 'allow' && parent.approvals.data_flow === 'allow' ? 'allow' : 'ask',
      expires_after_ms: Math.min(own.approvals.expires_after_ms, parent.approvals.expires_after_ms),
    },
    max_total_tokens: totals.length === 0 ? null : Math.min(...totals),
  }
}

function hashOf(input: NewRunInput) {
  return createHash('sha256')
    .update(toJson([input.input, input.data ?? null, input.output_schema ?? null]))
    .digest('base64url')
}
