import { CadreError } from '@cadre/contract/errors'
import type { Db } from '../../storage/database.ts'
import { countWaiting } from './queue-room.store.ts'

/** How long a count is good for. What comes in meanwhile is added; what workers take away is seen at the next. */
const freshMs = 1_000

/**
 * The bounded door: refuses a new run, before anything of it is stored, while as many wait as may wait. Counted once a second, so
 * several servers together may let in what they get in one second more.
 */
export function openQueueRoom({ db, now, max_queue }: { db: Pick<Db, 'read'>; now: () => number; max_queue: number }): () => Promise<void> {
  let counted = { at: -Infinity, waiting: 0 }
  let counting: Promise<void> | undefined
  const count = async () => {
    const waiting = await countWaiting(db.read, max_queue)
    counted = { at: now(), waiting }
  }
  return async () => {
    if (now() - counted.at >= freshMs) await (counting ??= count().finally(() => (counting = undefined)))
    if (counted.waiting >= max_queue)
      throw new CadreError('UNAVAILABLE', `${max_queue} runs wait already (CADRE_MAX_QUEUE); nothing of this one was stored, try again`, [], 5_000)
    counted.waiting++
  }
}
