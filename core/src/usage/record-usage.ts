import { randomInt } from 'node:crypto'
import type { Db, Kind, Trx } from '../storage/database.ts'
import { addToDay, type CallRow, insertCall, selectLastAttempt, sumOfRun } from './usage.store.ts'

/** Each execution of a run numbers its attempts at a call from a multiple of this on: no number stands for two requests. */
export const attemptsOfOne = 1000

export type UsageRow = Omit<CallRow, 'day'> & { at: number }

/**
 * Rows that share the sums of one agent, user, model and day. SQLite has one writer and needs no more than one; on Postgres runs of the
 * same agent would wait for each other's commit. Measured there with 200 runs of one agent at once: 1500 calls a second with one
 * row, 3500 with 8, no more with 20.
 */
export const shardsOn = (kind: Kind) => (kind === 'postgres' ? 8 : 1)

/**
 * Counts one model call that was answered, or that failed after it had cost something. Belongs into the transaction that writes the
 * call's journal row, so that neither is there without the other. Recording the same (run, call, attempt) again changes nothing.
 * @returns false when it was recorded before.
 */
export async function recordUsage(trx: Trx, { at, ...row }: UsageRow, shards = 1): Promise<boolean> {
  const call: CallRow = { ...row, day: dayOf(at) }
  if (!(await insertCall(trx, call))) return false
  await addToDay(trx, call, row.attempt % attemptsOfOne > 1, shards === 1 ? 0 : randomInt(shards))
  return true
}

/** The same for a call of no run: there is nothing that could count it again. */
export async function recordAside(trx: Trx, { at, ...row }: UsageRow): Promise<void> {
  await addToDay(trx, { ...row, day: dayOf(at) }, false, 0)
}

/** Micro-dollars that a run cost so far; null where no call of it had a known price. */
export function costOfRun(db: Db['read'] | Trx, runId: string): Promise<{ cost_micros: number | null; unpriced: number }> {
  return sumOfRun(db, runId)
}

/** Where an execution that follows a crash goes on counting attempts, so that what failed before is not taken for the same one; 0 if none did. */
export function lastAttempt(db: Db['read'], runId: string, call: number): Promise<number> {
  return selectLastAttempt(db, runId, call)
}

export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
