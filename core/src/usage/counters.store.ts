import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { fixed } from '../storage/prepared.ts'

/** One counter, and what a call takes from it. */
export type Held = { budget_id: string; subject: string; period_key: string; amount: number }
export type Counter = { budget_id: string; subject: string; period_key: string; spent: number; reserved: number; raised_to: number | null }
/** `limit` stands for budgets that are no row of `budgets`: what an agent's settings allow each run. */
export type Asked = Held & { limit: number | null }
export type Full = { spent: number; reserved: number; limit: number }

/**
 * Every transaction that takes several counters takes them in this order, so that no two wait for each other. What everyone shares comes
 * last: it is held for the shortest time.
 */
export function inOrder<T extends Held>(held: T[]): T[] {
  const shared = (subject: string) => (subject.startsWith('run_') ? 0 : subject === '*' ? 2 : 1)
  const key = ({ budget_id, subject, period_key }: T) => `${shared(subject)}${subject}\0${budget_id}\0${period_key}`
  return held.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
}

/**
 * Takes the amount, if it fits: check and change are one statement on one row, which both databases do for one caller after the other.
 * @returns the counter as it is where it does not fit.
 */
export async function take(trx: Trx, asked: Asked): Promise<Full | 'taken' | 'gone'> {
  for (let isNew = false; ; isNew = true) {
    if (await taken(trx, asked)) return 'taken'
    const found = await levelOf(trx, asked)
    if (found) return found.limit === null ? 'gone' : { ...found, limit: found.limit }
    if (isNew) return 'gone' // no counter could be made: its budget was removed
    await addCounter(trx, asked)
  }
}

async function taken(trx: Trx, { budget_id, subject, period_key, amount, limit }: Asked): Promise<boolean> {
  const { rows } =
    limit === null
      ? await fixed`
        update budget_counters set reserved = reserved + ${amount} where budget_id = ${budget_id} and subject = ${subject} and period_key = ${period_key}
          and spent + reserved + ${amount} <= (select limit_amount from budgets where id = ${budget_id}) returning 1 as one`.execute(trx)
      : await fixed`
        update budget_counters set reserved = reserved + ${amount} where budget_id = ${budget_id} and subject = ${subject} and period_key = ${period_key}
          and spent + reserved + ${amount} <= coalesce(raised_to, ${limit}) returning 1 as one`.execute(trx)
  return rows.length > 0
}

async function levelOf(
  trx: Trx,
  { budget_id, subject, period_key, limit }: Asked,
): Promise<(Omit<Full, 'limit'> & { limit: number | null }) | undefined> {
  const most = limit === null ? sql`(select limit_amount from budgets where id = ${budget_id})` : sql`coalesce(raised_to, ${limit})`
  const { rows } = await sql<Full>`
    select spent, reserved, ${most} as "limit" from budget_counters
    where budget_id = ${budget_id} and subject = ${subject} and period_key = ${period_key}`.execute(trx)
  return rows[0]
}

/** Unless it is there, or its budget is not. */
async function addCounter(trx: Trx, { budget_id, subject, period_key, limit }: Asked) {
  const from = limit === null ? sql`from budgets where id = ${budget_id}` : sql`where true`
  await sql`
    insert into budget_counters (budget_id, subject, period_key, spent, reserved)
    select ${budget_id}, ${subject}, ${period_key}, 0, 0 ${from} on conflict do nothing`.execute(trx)
}

export async function insertReservation(trx: Trx, row: { id: string; run_id: string; held: Held[]; expires_at: number }) {
  const lines = toJson(row.held.map(({ budget_id, subject, period_key, amount }) => [budget_id, subject, period_key, amount]))
  await fixed`insert into budget_reservations (id, run_id, lines, expires_at) values (${row.id}, ${row.run_id}, ${lines}, ${row.expires_at})`.execute(
    trx,
  )
}

/** Deletes a reservation; whoever gets its lines is the one to give them back. */
export async function takeReservation(trx: Trx, id: string): Promise<Held[] | undefined> {
  const { rows } = await fixed<{ lines: string }>`delete from budget_reservations where id = ${id} returning lines`.execute(trx)
  return rows[0] && toHeld(rows[0].lines)
}

export async function takeReservationsOf(trx: Trx, runId: string): Promise<Held[]> {
  const { rows } = await sql<{ lines: string }>`delete from budget_reservations where run_id = ${runId} returning lines`.execute(trx)
  return rows.flatMap(({ lines }) => toHeld(lines))
}

export async function takeExpired(trx: Trx, now: number): Promise<Held[]> {
  const { rows } = await sql<{ lines: string }>`delete from budget_reservations where expires_at < ${now} returning lines`.execute(trx)
  return rows.flatMap(({ lines }) => toHeld(lines))
}

function toHeld(lines: string): Held[] {
  return (fromJson(lines) as [string, string, string, number][]).map(([budget_id, subject, period_key, amount]) => ({
    budget_id,
    subject,
    period_key,
    amount,
  }))
}

/** Frees `amount` and counts `spent`. A counter that went with its budget is nobody's concern. */
export async function giveBack(trx: Trx, { budget_id, subject, period_key, amount }: Held, spent: number) {
  await fixed`
    update budget_counters set reserved = reserved - ${amount}, spent = spent + ${spent}
    where budget_id = ${budget_id} and subject = ${subject} and period_key = ${period_key}`.execute(trx)
}

/** Counters of these periods, the fullest first. */
export async function selectCounters(db: Db['read'], budgetId: string, periodKey: string, limit: number): Promise<Counter[]> {
  const { rows } = await sql<Counter>`
    select * from budget_counters where budget_id = ${budgetId} and period_key = ${periodKey}
    order by spent + reserved desc, subject limit ${limit}`.execute(db)
  return rows
}

export async function findCounter(
  db: Db['read'],
  { budget_id, subject, period_key }: Pick<Counter, 'budget_id' | 'subject' | 'period_key'>,
): Promise<Counter | undefined> {
  const { rows } = await sql<Counter>`
    select * from budget_counters where budget_id = ${budget_id} and subject = ${subject} and period_key = ${period_key}`.execute(db)
  return rows[0]
}

export async function selectCountersOf(db: Db['read'], subject: string, budgetIds: string[]): Promise<Counter[]> {
  const { rows } = await sql<Counter>`
    select * from budget_counters where subject = ${subject} and period_key = '' and budget_id in (${sql.join(budgetIds)})`.execute(db)
  return rows
}

export async function raiseCounter(trx: Trx, budgetId: string, subject: string, limit: number) {
  await sql`
    insert into budget_counters as c (budget_id, subject, period_key, spent, reserved, raised_to) values (${budgetId}, ${subject}, '', 0, 0, ${limit})
    on conflict (budget_id, subject, period_key) do update set raised_to = excluded.raised_to`.execute(trx)
}

/** Days and months that begin before this day, and runs with ids before this one. */
export async function deleteOldCounters(trx: Trx, day: string, runId: string) {
  await sql`
    delete from budget_counters
    where (period_key <> '' and period_key < ${day}) or (period_key = '' and subject >= 'run_' and subject < ${runId})`.execute(trx)
}

export async function deleteSharedCounters(trx: Trx, subject: string) {
  await sql`delete from budget_counters where subject = ${subject} and budget_id in ('shared:tokens', 'shared:usd')`.execute(trx)
}
