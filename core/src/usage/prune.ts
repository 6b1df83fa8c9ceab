import type { Db, Trx } from '../storage/database.ts'
import { firstIdAt } from '../storage/ids.ts'
import { deleteOldCounters, deleteSharedCounters } from './counters.store.ts'
import { dayOf } from './record-usage.ts'
import { freeExpired } from './reserve.ts'

/** A run may wait for a person for weeks; its counter must outlive that. */
export const keepCountersMs = 90 * 24 * 3_600_000

/** What nobody asks for any more: reservations of calls that are long over, counters of past periods and of old runs. Now and then. */
export async function pruneUsage(db: Db, now: number): Promise<void> {
  await freeExpired(db, now)
  const before = now - keepCountersMs
  await db.write((trx) => deleteOldCounters(trx, dayOf(before), firstIdAt('run', before)))
}

/** With what had the budget, what it counted goes. */
export async function forgetShared(trx: Trx, subject: string): Promise<void> {
  await deleteSharedCounters(trx, subject)
}
