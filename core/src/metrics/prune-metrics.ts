import type { Db } from '../storage/database.ts'
import { deleteMachines } from './machine.store.ts'
import { deleteCounts } from './run-stats.store.ts'
import { spans } from './spans.ts'

export const keepMachinesMs = 90 * 86_400_000

/** What coarser counts stand for by now. */
export async function pruneMetrics(db: Db, now: number): Promise<void> {
  for (const { ms, kept_ms } of spans) if (kept_ms !== Infinity) await db.write((trx) => deleteCounts(trx, ms, now - kept_ms))
  await db.write((trx) => deleteMachines(trx, now - keepMachinesMs))
}
