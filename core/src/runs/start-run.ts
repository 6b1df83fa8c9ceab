import { createHash } from 'node:crypto'
import type { Run, StartRun } from '@cadre/contract/runs'
import { CadreError, invalid } from '@cadre/contract/errors'
import { type Actor } from '../access/actor.ts'
import { requireRunnableAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import { toJson } from '../storage/json.ts'
import { checkSchema } from '../tools/tool-schema.ts'
import { shelve } from './journal-codec.ts'
import { insertRunOnce } from './runs.store.ts'

export type NewRunInput = Pick<StartRun, 'input' | 'data' | 'output_schema'> & { idOrSlug: string; stream: boolean }

/**
 * Accepts a run. The run, its setup and its job commit together: a run that no worker will ever take up cannot exist, and neither can
 * a job without its run. With an idempotency key the second call gets the first run. The work happens in execute-run.ts.
 * @returns the id of the run.
 */
export async function startRun(app: App, actor: Actor, input: NewRunInput, requestKey: string | undefined): Promise<Run['run_id']> {
  const agent = await requireRunnableAgent(app, actor, input.idOrSlug)
  // Its patterns run in this process: whoever brings one must be known.
  if (input.output_schema && actor.kind === 'public') throw invalid('output_schema', 'needs an API key')
  if (input.output_schema) checkSchema(input.output_schema, 'output_schema')
  const setup = app.setups.freeze(agent, await app.hooks.resolveTools(agent.tools), input.output_schema)
  const id = app.newId('run')
  const jobId = app.newId('job')
  const requestHash = requestKey === undefined ? null : hashOf(input)
  const { row, isNew } = await app.db.write(async (trx) => {
    await app.setups.put(trx, setup)
    const { row, isNew } = await insertRunOnce(trx, {
      id,
      agent_id: agent.id,
      status: 'pending',
      mode: input.stream ? 'stream' : 'generate',
      input: input.input,
      data: input.data === undefined ? null : toJson(await shelve(trx, input.data)),
      setup: setup.hash,
      total_steps: 0,
      tokens_input: 0,
      tokens_output: 0,
      attempts: 0,
      last_seq: 0,
      token: 0,
      job_id: jobId,
      request_key: requestKey ?? null,
      request_hash: requestHash,
      triggered_by: actor.id,
      ip_address: actor.ip,
      user_agent: actor.user_agent,
      created_at: app.now(),
    })
    if (isNew) await app.queue.enqueue(trx, { id: jobId, name: 'runs.execute', data: { run_id: id, base: 0 }, max_attempts: Number.MAX_SAFE_INTEGER })
    return { row, isNew }
  })
  app.setups.committed(setup)
  if (!isNew && row.request_hash !== requestHash) {
    throw new CadreError('IDEMPOTENCY_KEY_REUSED', 'Idempotency-Key: this key was used for another request', invalid('Idempotency-Key', 'was used for another request').issues)
  }
  app.probe('run.enqueued', row.id)
  app.wakeWorkers()
  return row.id
}

function hashOf(input: NewRunInput) {
  return createHash('sha256').update(toJson([input.input, input.data ?? null, input.output_schema ?? null])).digest('base64url')
}
