import type { AgentConfig } from '@cadre/contract/agent-config'
import type { Run, StartRun } from '@cadre/contract/runs'
import { invalid } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { atPublicAgent, refuseKeys, requireRunnableAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { checkSchema } from '../tools/tool-schema.ts'
import { delegatesOf } from './delegates-of.ts'
import { shelve } from './journal-codec.ts'
import { beginHere } from './begin-here.ts'
import { jobOf, newRun, refuseReuse } from './new-run.ts'
import { findRunByRequest, insertRunOnce, type NewRun } from './runs.store.ts'
import { withServerFailover } from './server-failover.ts'

export type NewRunInput = Pick<StartRun, 'input' | 'data' | 'output_schema'> & { idOrSlug: string; stream: boolean; again?: Again }

/** Another try of an earlier run. */
export type Again = {
  run_id: string
  /** As deep as that one was. */
  depth: number
  history: HistoryMessage[]
  /** Commits with the new run. */
  also: (trx: Trx, runId: string) => Promise<void>
}

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
  if (cause) refuseKeys(agent, cause.keys)
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
  const { again } = input
  const run: NewRun = {
    ...newRun(app, actor, {
      agent,
      request_key: requestKey,
      request: [input.input, input.data ?? null, input.output_schema ?? null, ...(again ? [again.run_id] : [])],
      mode: input.stream ? 'stream' : 'generate',
      input: input.input,
      setup: setup.hash,
    }),
    ...(cause ? { key_id: cause.key_id, origin: cause.origin } : {}),
    ...(parent ? { key_id: parent.key_id, parent_run_id: parent.run_id, depth: parent.depth + 1 } : {}),
    ...(again ? { retry_of: again.run_id, depth: again.depth } : {}),
  }
  const job = jobOf(run)
  const store = async (trx: Trx, taken: Partial<NewRun> = {}) => {
    await app.setups.put(trx, setup)
    const said = cause?.history ?? again?.history ?? []
    const history = said.length > 0 ? { history: toJson(await shelve(trx, said)) } : {}
    const data = input.data === undefined ? null : toJson(await shelve(trx, input.data))
    const stored = await insertRunOnce(trx, { ...run, ...taken, ...history, data })
    await cause?.also(trx, run.id)
    if (stored.isNew) await again?.also(trx, run.id)
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
  if (!isNew) refuseReuse(run, row)
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
  /** The API keys that it was asked for with: the agent must let each of them. */
  keys: readonly string[]
  /** The one among them that pays. */
  key_id: string | null
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
