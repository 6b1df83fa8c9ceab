import type { Trx } from '../storage/database.ts'
import type { Line } from './applicable.ts'
import { giveBack, inOrder, takeReservation } from './counters.store.ts'
import type { Reservation } from './reserve.ts'

/**
 * Turns what a call reserved into what it spent. Where the reservation is gone (it expired, or the run was taken up elsewhere), what was
 * spent still counts.
 * @param actual null: nothing was spent, or it was counted before.
 */
export async function settle(
  trx: Trx,
  reservation: Reservation,
  lines: Pick<Line, 'budget_id' | 'unit'>[],
  actual: { tokens: number; cost_micros: number | null } | null,
): Promise<void> {
  if (!reservation) return
  const stillHeld = (await takeReservation(trx, reservation.id)) !== undefined
  if (!stillHeld && !actual) return
  for (const each of inOrder(reservation.held)) {
    const unit = lines.find(({ budget_id }) => budget_id === each.budget_id)?.unit
    const spent = unit === 'tokens' ? actual?.tokens : actual?.cost_micros
    await giveBack(trx, { ...each, amount: stillHeld ? each.amount : 0 }, spent ?? 0)
  }
}
