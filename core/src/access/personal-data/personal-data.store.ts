import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import { type PersonalTable, personalTables } from './personal-tables.ts'

/** The ids of a person: their own and those of their keys. */
export type PersonIds = { user_id: string; actor_ids: string[] }
export type PersonalRow = Record<string, unknown>

const pageSize = 500

export async function selectIds(db: Db['read'], user_id: string): Promise<PersonIds> {
  const keys = await db.selectFrom('api_keys').select('id').where('user_id', '=', user_id).execute()
  return { user_id, actor_ids: [user_id, ...keys.map(({ id }) => id)] }
}

export async function* rowsOf(db: Db['read'], { table, whose, actor, hide = [] }: PersonalTable, ids: PersonIds): AsyncGenerator<PersonalRow> {
  for (let offset = 0; ; offset += pageSize) {
    const { rows } = await sql<PersonalRow>`
      select * from ${sql.table(table)} where ${sql.ref(whose)} in (${sql.join(valuesOf(actor, ids))})
      order by ${sql.ref(orderOf[table] ?? whose)} limit ${pageSize} offset ${offset}`.execute(db)
    for (const row of rows) yield Object.fromEntries(Object.entries(row).filter(([column]) => !hide.includes(column)))
    if (rows.length < pageSize) return
  }
}

const orderOf: Record<string, string> = { runs: 'id', approvals: 'id', audit_log: 'seq', usage_calls: 'run_id', usage_days: 'day' }

export function eventsOf(db: Db['read'], run_id: string) {
  return db.selectFrom('run_events').selectAll().where('run_id', '=', run_id).orderBy('seq').execute()
}

export function selectBlobs(db: Db['read'], hashes: string[]) {
  return hashes.length === 0 ? Promise.resolve([]) : db.selectFrom('blobs').selectAll().where('hash', 'in', hashes).execute()
}

/** What was said about the person: the entries whose target they are. */
export function entriesAbout(db: Db['read'], user_id: string) {
  return db.selectFrom('audit_log').selectAll().where('target_id', '=', user_id).orderBy('seq').execute()
}

export async function countUnended(db: Db['read'], { actor_ids }: PersonIds): Promise<number> {
  const { count } = await db
    .selectFrom('runs')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('triggered_by', 'in', actor_ids)
    .where('status', 'in', ['pending', 'running'])
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** @returns the hashes of what the person's runs kept apart, which others may hold too. */
export async function eraseRows(trx: Trx, ids: PersonIds): Promise<string[]> {
  const ofPerson = sql`(select id from runs where triggered_by in (${sql.join(ids.actor_ids)}))`
  const { rows } = await sql<{ text: string }>`
    select data as text from run_events where run_id in ${ofPerson} and data like ${'%"$blob"%'}
    union all select data as text from runs where id in ${ofPerson} and data like ${'%"$blob"%'}
    union all select history as text from runs where id in ${ofPerson} and history like ${'%"$blob"%'}`.execute(trx)
  await sql`delete from run_events where run_id in ${ofPerson}`.execute(trx)
  for (const { table, whose, actor, erase } of personalTables) {
    if (erase === 'keep') continue
    const where = sql`where ${sql.ref(whose)} in (${sql.join(valuesOf(actor, ids))})`
    await (
      erase === 'delete' ? sql`delete from ${sql.table(table)} ${where}` : sql`update ${sql.table(table)} set ${assignments(erase)} ${where}`
    ).execute(trx)
  }
  return [...new Set(rows.flatMap(({ text }) => blobHashes(text)))]
}

/** Only what no run, journal or plugin refers to any more. */
export async function deleteBlobs(trx: Trx, hashes: string[]) {
  for (const hash of hashes) {
    const reference = `%${hash}%`
    await sql`delete from blobs where hash = ${hash}
      and not exists (select 1 from runs where setup = ${hash} or data like ${reference} or history like ${reference})
      and not exists (select 1 from run_events where data like ${reference})
      and not exists (select 1 from plugins where manifest like ${reference})`.execute(trx)
  }
}

export function blobHashes(text: string): string[] {
  return [...text.matchAll(/"\$blob":"([0-9a-f]{64})"/g)].map(([, hash = '']) => hash)
}

function assignments(values: Record<string, string | number | null>): RawBuilder<unknown> {
  return sql.join(Object.entries(values).map(([column, value]) => sql`${sql.ref(column)} = ${value}`))
}

function valuesOf(actor: true | undefined, { user_id, actor_ids }: PersonIds) {
  return actor ? actor_ids : [user_id]
}
