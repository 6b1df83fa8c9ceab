import type { RunError, RunStatus } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import type { RunRow } from './runs.store.ts'

/** What who caused a run is told of it. */
export type CausedRun = Pick<RunRow, 'id' | 'agent_id' | 'origin' | 'created_at'>

export type RunEnd = { status: RunStatus; text: string | null; error: RunError | null }

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
}
export type Origins = Record<string, Origin>

/** The part of `origin` after the name. */
export function originId({ origin }: CausedRun): string {
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
  return (await originOf(app, run)?.ended(trx, run, end)) ?? nothing
}
