import { CadreError, invalid } from '@cadre/contract/errors'
import type { CancelledRuns, CancelRuns } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { cancelRun } from './cancel-run.ts'
import { filterOf } from './list-runs.ts'
import { selectRuns } from './runs.store.ts'

const most = 1000
const atOnce = 16

/** Ends many runs. Each is ended by itself: those that cannot be are told with the reason, and the others end all the same. */
export async function cancelRuns(app: App, actor: Actor, { ids, filter }: CancelRuns): Promise<CancelledRuns> {
  if ((ids === undefined) === (filter === undefined)) throw invalid('ids', 'give either ids or filter: which runs are to end')
  const found = ids === undefined ? await selectLive(app, actor, filter ?? {}) : [...new Set(ids)]
  const wanted = found.slice(0, most)
  const results: (CancelledRuns['refused'][number] | string)[] = []
  const left = [...wanted.entries()]
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await cancelOne(app, actor, next[1])
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return {
    cancelled: results.filter((each) => typeof each === 'string'),
    refused: results.filter((each) => typeof each !== 'string'),
    more: found.length > most,
  }
}

async function cancelOne(app: App, actor: Actor, run_id: string): Promise<CancelledRuns['refused'][number] | string> {
  try {
    await cancelRun(app, actor, run_id)
    return run_id
  } catch (error) {
    if (error instanceof CadreError) return { run_id, code: error.code, message: error.message }
    throw error
  }
}

async function selectLive(app: App, actor: Actor, filter: NonNullable<CancelRuns['filter']>): Promise<string[]> {
  const rows = await selectRuns(app.db.read, { ...(await filterOf(app, actor, filter)), live: true, before: undefined, limit: most + 1 })
  return rows.map(({ id }) => id)
}
