import type { App } from '../app.ts'
import type { ActiveHook } from '../plugins/lifecycle/lifecycle.ts'
import type { Trx } from '../storage/database.ts'
import { runAbout } from './prepare-run.ts'
import { findRun, type RunRow } from './runs.store.ts'

const point = 'workflow_execution'
const tries = 20

/** What goes with the end of a run. `write` in its transaction, `after` when that is committed. */
export type Told = { write: (trx: Trx) => Promise<void>; after: () => void }
const nobody: Told = { write: async () => {}, after: () => {} }

/**
 * Hooks that want to know of the ends of runs are told by a job of its own, which commits with the end: the end waits for nobody, and
 * whoever crashes in between leaves the job. Asked before the transaction.
 */
export async function toldOfEnd(app: App, run: RunRow): Promise<Told> {
  const hooks = await app.lifecycle.at(run.workspace_id, point, [run.agent_id])
  if (hooks.length === 0) return nobody
  const job = { id: app.newId('job'), name: 'lifecycle.after', data: { run_id: run.id }, priority: 0, max_attempts: tries }
  return { write: async (trx) => void (await app.queue.enqueue(trx, job)), after: () => app.wakeWorkers() }
}

/** Tells them. One that fails is in the log and counted; the run has ended, and nothing of it changes any more. */
export async function tellHooks(app: App, runId: string, signal: AbortSignal): Promise<void> {
  const run = await findRun(app.db.read, runId)
  if (!run) return
  const hooks = await app.lifecycle.at(run.workspace_id, point, [run.agent_id])
  if (hooks.length === 0) return
  const { agent } = await app.setups.get(app.db.read, run.setup)
  const error = run.error_code === null ? null : { code: run.error_code, message: run.error_message ?? '' }
  const about = { run: runAbout(run, agent), input: run.input, phase: 'after', status: run.status, error, output_text: run.output_text }
  for (const hook of hooks as (ActiveHook & { point: typeof point })[]) {
    const call = { run_id: run.id, idempotency_key: `${run.id}:after:${hook.plugin_id}`, now: run.completed_at ?? app.now(), signal }
    const answer = await app.lifecycle.call(hook, about, call)
    if (!('failed' in answer)) app.lifecycle.note(hook, 'passed')
  }
}
