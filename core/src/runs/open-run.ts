import { CadreError } from '@cadre/contract/errors'
import type { App } from '../app.ts'
import type { Lease } from '../jobs/queue.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { Journal } from './journal.ts'
import type { Stop } from './run-control.ts'
import { findRun, type RunRow } from './runs.store.ts'
import type { Setup } from './setup.ts'

/** A run that this process holds: its row, what was frozen, its journal, and the model or the reason why there is none. */
export type OpenedRun = { row: RunRow; setup: Setup; journal: Journal; model: ResolvedModel | Stop }
export type RunJob = { run_id: string; base: number }

/**
 * Takes a run under the lease of its job.
 * @returns undefined when it is over, or when a newer lease holds it.
 */
export async function openRun(app: App, lease: Lease): Promise<OpenedRun | undefined> {
  const { run_id, base } = lease.data as RunJob
  const row = await findRun(app.db.read, run_id)
  if (!row || row.completed_at !== null) return undefined
  const setup = await app.setups.get(app.db.read, row.setup)
  const resolved = await app.providers
    .resolveModel(row.workspace_id, row.provider ?? setup.provider, row.model ?? setup.model)
    .catch((error: unknown) => refusal(app, run_id, error))
  const names = 'stop' in resolved ? { provider: setup.provider, model: setup.model } : { provider: resolved.provider, model: resolved.model }
  app.probe('run.claimed', run_id)
  const journal = await Journal.open(app, row, { token: base + lease.token, ...names })
  return journal && { row: { ...row, ...names }, setup, journal, model: 'stop' in resolved ? resolved.stop : resolved }
}

// Without a model a run ends at once with the reason; trying again would leave its caller without a word.
function refusal(app: App, run_id: string, error: unknown): { stop: Stop } {
  if (error instanceof CadreError) return { stop: { kind: 'failed', error: { code: 'PROVIDER_NOT_USABLE', message: error.message } } }
  app.log.error({ err: error, run_id }, 'a model could not be loaded')
  return { stop: { kind: 'failed', error: { code: 'INTERNAL', message: 'the model could not be loaded; the log of Cadre names this run' } } }
}
