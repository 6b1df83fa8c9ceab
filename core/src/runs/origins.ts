import type { RunError, RunStatus } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import { countRun } from '../metrics/count-run.ts'
import type { Trx } from '../storage/database.ts'
import type { SharedBudget } from '../usage/applicable.ts'
import type { RunRow } from './runs.store.ts'

/** What who caused a run is told of it. */
export type CausedRun = Pick<RunRow, 'id' | 'workspace_id' | 'agent_id' | 'key_id' | 'origin' | 'created_at'>

/** `tries`: how often a model was asked for the answer that did not come; null where the run did not fail. */
export type RunEnd = { status: RunStatus; text: string | null; error: RunError | null; tries: number | null }

/** What was said to a run while it works. */
export type Addition = {
  inputs: { text: string; by: string; name: string | null; message_id: string | null }[]
  /** In the transaction that writes it down in the run. @returns false where it is not as it was read; then nothing may be written. */
  take: (trx: Trx) => Promise<boolean>
  /** After the commit. */
  taken: () => void
}

/**
 * Who causes runs and wants to know of them. Runs know no more of it than this: `origin` of a run is `name:id`, and app.ts says who is
 * meant by the name.
 */
export type Origin = {
  /** This process executes the run from now on, until the answer is called. */
  executing: (run: CausedRun) => () => void
  /**
   * In the transaction that ends the run: what follows from its end is there exactly if the end is. It must not throw for anything that
   * it may find: the run would never end.
   * @returns what is to be done after the commit.
   */
  ended: (trx: Trx, run: CausedRun, end: RunEnd) => Promise<() => void>
  /** Asked before each new model call. */
  addition: (run: CausedRun) => Promise<Addition | undefined>
  /** Another process ended the run, and this one knows the text that it was writing. */
  cut: (run: CausedRun, text: string) => Promise<void>
  /** Of which this run spends, and those below it. */
  budget: (run: CausedRun) => Promise<SharedBudget | undefined>
}
export type Origins = Record<string, Origin>

/** The part of `origin` after the name. */
export function originId({ origin }: Pick<CausedRun, 'origin'>): string {
  return origin === null ? '' : origin.slice(origin.indexOf(':') + 1)
}

function originOf({ origins }: Pick<App, 'origins'>, { origin }: CausedRun): Origin | undefined {
  return origin === null ? undefined : origins[origin.slice(0, origin.indexOf(':'))]
}

const nothing = () => {}

export function noteExecuting(app: App, run: CausedRun): () => void {
  return originOf(app, run)?.executing(run) ?? nothing
}

export async function noteEnded(app: App, trx: Trx, run: CausedRun, end: RunEnd): Promise<() => void> {
  const after = (await originOf(app, run)?.ended(trx, run, end)) ?? nothing
  // Last, since on Postgres other runs of the agent may wait for the row.
  await countRun(trx, app.db.kind, { ...run, status: end.status, completed_at: app.now() })
  return after
}

export function additionTo(app: App, run: CausedRun): Promise<Addition | undefined> | undefined {
  return originOf(app, run)?.addition(run)
}

export async function noteCut(app: App, run: CausedRun, text: string): Promise<void> {
  await originOf(app, run)?.cut(run, text)
}

export async function sharedBudget(app: App, run: CausedRun): Promise<SharedBudget | undefined> {
  return originOf(app, run)?.budget(run)
}
