import type { Db } from '../storage/database.ts'
import { periodKey, resetsAt, type SharedBudget } from './applicable.ts'
import { findCounter } from './counters.store.ts'
import { toUsd } from './prices.ts'

/** What was spent of a shared budget in the period of now, and what is held for calls that are being made; tokens or US dollars, as it counts. */
export async function spentOfShared(
  db: Db['read'],
  { subject, unit, period }: Pick<SharedBudget, 'subject' | 'unit' | 'period'>,
  now: number,
): Promise<{ spent: number; reserved: number; resets_at: number | null }> {
  const counter = await findCounter(db, { budget_id: `shared:${unit}`, subject, period_key: periodKey(period, now) })
  const shown = (amount: number) => (unit === 'usd' ? toUsd(amount) : amount)
  return { spent: shown(counter?.spent ?? 0), reserved: shown(counter?.reserved ?? 0), resets_at: resetsAt(period, now) }
}
