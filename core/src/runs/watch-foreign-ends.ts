import type { Db } from '../storage/database.ts'
import type { LiveRuns } from './live-runs.ts'
import { selectEnded } from './runs.store.ts'

/** A run cancelled by another process is over in the database at once; this is how soon its tools here are told. */
const everyMs = 300

/** Stops the runs that are executed here although someone else ended them. The answer ends the watch. */
export function watchForeignEnds(app: { db: Db; live: LiveRuns; log: { error: (context: object, message: string) => void } }): () => void {
  let looking = false
  const timer = setInterval(async () => {
    const ids = app.live.executingIds()
    if (looking || ids.length === 0) return
    looking = true
    try {
      for (const id of await selectEnded(app.db.read, ids)) app.live.stop(id)
    } catch (err) {
      app.log.error({ err }, 'could not look for cancelled runs')
    } finally {
      looking = false
    }
  }, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
