import { createHash } from 'node:crypto'
import { CadreError, invalid } from '@cadre/contract/errors'
import { type Actor, keyOf } from '../access/actor.ts'
import type { App } from '../app.ts'
import type { NewJob } from '../jobs/queue.ts'
import { toJson } from '../storage/json.ts'
import type { NewRun, RunRow } from './runs.store.ts'

type Wanted = {
  agent: { id: string; version: number }
  request_key: string | undefined
  /** What the caller asked for: the same key with something else is refused. */
  request: unknown[]
  mode: string
  input: string
  /** The hash of its frozen setup. */
  setup: string
}

/** The row of a run that this caller wants, before anybody works on it. */
export function newRun(app: App, actor: Actor, { agent, request_key, request, mode, input, setup }: Wanted): NewRun {
  return {
    id: app.newId('run'),
    workspace_id: actor.workspace_id,
    triggered_by: actor.id,
    agent_id: agent.id,
    agent_version: agent.version,
    request_key: request_key ?? null,
    request_hash: request_key === undefined ? null : createHash('sha256').update(toJson(request)).digest('base64url'),
    status: 'pending',
    mode,
    input,
    setup,
    total_steps: 0,
    tokens_input: 0,
    tokens_output: 0,
    attempts: 0,
    last_seq: 0,
    token: 0,
    job_id: app.newId('job'),
    user_id: actor.user_id,
    key_id: keyOf(actor),
    ip_address: actor.ip,
    user_agent: actor.user_agent,
    created_at: app.now(),
  }
}

/** What others wait for goes first. */
export function jobOf({ id, job_id, depth }: NewRun): NewJob {
  return { id: job_id, name: 'runs.execute', data: { run_id: id, base: 0 }, priority: depth ?? 0, max_attempts: Number.MAX_SAFE_INTEGER }
}

/** The run that is there already under the key was asked for with something else. */
export function refuseReuse(wanted: NewRun, stored: RunRow) {
  if (stored.request_hash === wanted.request_hash) return
  const { issues } = invalid('Idempotency-Key', 'was used for another request')
  throw new CadreError('IDEMPOTENCY_KEY_REUSED', 'Idempotency-Key: this key was used for another request', issues)
}
