import type { Db, Trx } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import type { Line } from './applicable.ts'
import { type Full, giveBack, type Held, inOrder, insertReservation, take, takeExpired, takeReservationsOf } from './counters.store.ts'

/** What a call holds until it is settled. Null: nothing limits it, and nothing is stored. */
export type Reservation = { id: string; held: Held[] } | null
export type RefusedBy = { line: Line; full: Full }

class Refused extends Error {
  readonly by: RefusedBy
  constructor(by: RefusedBy) {
    super('a budget refuses')
    this.by = by
  }
}

/**
 * Takes the worst case of a call from every budget that applies, or from none. When this settles, whatever other calls do at the same
 * time, the sum of what is spent and what is reserved is within every limit.
 * @param now the clock of expiry: reservations whose call cannot go on any more are freed before anyone is refused.
 */
export async function reserve(db: Db, runId: string, lines: Line[], now: number, expiresAt: number): Promise<Reservation | { refused: RefusedBy }> {
  if (lines.length === 0) return null
  const id = newId('rsv')
  const attempt = () => db.write((trx) => takeAll(trx, { id, run_id: runId, expires_at: expiresAt }, inOrder(lines)))
  const first = await orRefused(attempt)
  if (!first || !('refused' in first)) return first
  return (await freeExpired(db, now)) > 0 ? orRefused(attempt) : first
}

async function orRefused(attempt: () => Promise<Reservation>) {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof Refused) return { refused: error.by }
    throw error
  }
}

// Throws to take everything back. The counters come last: others wait for them until this commits.
async function takeAll(trx: Trx, row: { id: string; run_id: string; expires_at: number }, lines: Line[]): Promise<Reservation> {
  const held = lines.map(({ budget_id, subject, period_key, amount }) => ({ budget_id, subject, period_key, amount }))
  await insertReservation(trx, { ...row, held })
  for (const line of lines) {
    const full = await take(trx, line)
    if (typeof full === 'object') throw new Refused({ line, full })
  }
  return { id: row.id, held }
}

/**
 * Frees what the calls of a run hold: before it is taken up again after a crash, and in the transaction that ends it from outside. What
 * such a call had cost at the provider is not known, so it counts as nothing.
 */
export async function releaseRun(trx: Trx, runId: string): Promise<void> {
  await free(trx, await takeReservationsOf(trx, runId))
}

/** @returns how many counters got something back. */
export function freeExpired(db: Db, now: number): Promise<number> {
  return db.write(async (trx) => {
    const held = await takeExpired(trx, now)
    await free(trx, held)
    return held.length
  })
}

async function free(trx: Trx, held: Held[]) {
  const sums = new Map<string, Held>()
  for (const each of held) {
    const key = JSON.stringify([each.budget_id, each.subject, each.period_key])
    sums.set(key, { ...each, amount: each.amount + (sums.get(key)?.amount ?? 0) })
  }
  for (const each of inOrder([...sums.values()])) await giveBack(trx, each, 0)
}
