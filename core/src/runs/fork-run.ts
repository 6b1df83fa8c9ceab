import { invalid } from '@cadre/contract/errors'
import type { ForkedFrom, ForkRun, Run } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import { requireOnAgent } from '../access/grants/require-on-agent.ts'
import { authorize } from '../access/policies.ts'
import { requireRunnableAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import { toJson } from '../storage/json.ts'
import { cutOf, refuseErased, takenOver } from './fork-journal.ts'
import { getRun, requireRun } from './get-run.ts'
import { jobOf, newRun, refuseReuse } from './new-run.ts'
import { decodeEvents } from './journal-codec.ts'
import { schemaPrompt } from './output.ts'
import { inheritedLabels } from './run-labels.ts'
import { findRunByRequest, insertEvents, insertRunOnce, type RunRow, selectEvents } from './runs.store.ts'
import { freezeSetup, type Setup } from './setup.ts'

/** Rows of one statement: both databases bound how many values it may have. */
const rowsAtOnce = 1000

/**
 * A new run that takes over the journal of another up to a model call, and goes on from there: what was answered is not asked again and no
 * tool is called again, their results are taken over. From there on it may have another task, prompt or model, or another result of one step.
 * It works by what the first run was frozen with, also where the agent was changed since.
 */
export async function forkRun(app: App, actor: Actor, runId: string, input: ForkRun, requestKey: string | undefined): Promise<Run> {
  const row = await requireRun(app, actor, runId)
  const agent = await requireRunnableAgent(app, actor, row.agent_id)
  const changed = changesOf(input)
  // Another task is anyone's who may run the agent. The rest makes another agent of it, for one run.
  if (changed.some((each) => each !== 'input')) {
    authorize(actor, 'agents.update')
    await requireOnAgent(app, actor, 'agents.update', agent.id)
  }
  if (input.provider !== undefined && !(await app.providers.knows(actor.workspace_id, input.provider)))
    throw invalid('provider', `there is no provider '${input.provider}'`)
  refuseErased(row)
  const rows = await selectEvents(app.db.read, row.id)
  const events = await decodeEvents(app.db.read, row, rows)
  const cut = cutOf(events, input)
  const setup = freezeSetup(changedSetup(await app.setups.get(app.db.read, row.setup), row, input))
  const forked: ForkedFrom = { run_id: row.id, call: cut.call, step: cut.result?.step ?? null, changed }
  const wanted = { agent: { id: agent.id, version: row.agent_version ?? agent.version }, request_key: requestKey, request: [forked, input] }
  const run = {
    ...newRun(app, actor, { ...wanted, mode: row.mode, input: input.input ?? row.input, setup: setup.hash }),
    forked_from: toJson(forked),
    data: row.data,
    history: row.history,
    depth: row.depth,
    agent_version: row.agent_version,
    // Where nobody wants another model, it is the one that answered so far.
    ...(changed.includes('model') ? {} : { provider: row.provider, model: row.model }),
  }
  const isKnown = requestKey !== undefined && (await findRunByRequest(app.db.read, run)) !== undefined
  if (!isKnown) await app.limits.queueRoom()
  const labels = await inheritedLabels(app, row)
  const stored = await app.db.write(async (trx) => {
    await app.setups.put(trx, setup)
    const kept = await takenOver(trx, row, { events, rows, cut, at: run.created_at }, changed.includes('model'))
    const stored = await insertRunOnce(trx, { ...run, last_seq: kept.length })
    if (!stored.isNew) return stored
    for (let i = 0; i < kept.length; i += rowsAtOnce) await insertEvents(trx, run.id, i + 1, kept.slice(i, i + rowsAtOnce))
    await labels(trx, run.id)
    await app.queue.enqueue(trx, jobOf(run))
    return stored
  })
  app.setups.committed(setup)
  if (!stored.isNew) refuseReuse(run, stored.row)
  app.probe('run.enqueued', stored.row.id)
  app.wakeWorkers()
  return getRun(app, actor, stored.row.id)
}

function changesOf({ input, system_prompt, provider, model, output, error }: ForkRun): ForkedFrom['changed'] {
  return [
    ...(input === undefined ? [] : ['input' as const]),
    ...(system_prompt === undefined ? [] : ['system_prompt' as const]),
    ...(provider === undefined && model === undefined ? [] : ['model' as const]),
    ...(output === undefined && error === undefined ? [] : ['result' as const]),
  ]
}

function changedSetup(setup: Setup, row: RunRow, { system_prompt, provider, model }: ForkRun): Setup {
  // What asks for an answer in a certain form is ours, and stays.
  const form = setup.output_schema ? `\n\n${schemaPrompt(setup.output_schema)}` : ''
  return {
    ...setup,
    ...(system_prompt === undefined ? {} : { system: setup.system.endsWith(form) ? system_prompt + form : system_prompt }),
    ...(provider === undefined && model === undefined
      ? {}
      : // Another provider has other models.
        { provider: provider ?? row.provider ?? setup.provider, model: model ?? 'auto' }),
  }
}
