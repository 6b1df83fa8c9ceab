import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { SealedColumn } from './secrets-columns.ts'

export type SealedValue = { id: string; value: string }

/** A page of the rows of one registered table that hold something, by id. */
export async function selectSealed(trx: Trx, table: string, { column, id }: SealedColumn, after: string, limit: number): Promise<SealedValue[]> {
  const { rows } = await sql<SealedValue>`
    select ${sql.ref(id)} as id, ${sql.ref(column)} as value from ${sql.table(table)}
    where ${sql.ref(id)} > ${after} and ${sql.ref(column)} is not null order by ${sql.ref(id)} limit ${limit}`.execute(trx)
  return rows
}

/** Nothing happens where somebody stored another value meanwhile. */
export async function replaceSealed(trx: Trx, table: string, { column, id }: SealedColumn, row: SealedValue, value: string) {
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value} where ${sql.ref(id)} = ${row.id} and ${sql.ref(column)} = ${row.value}`.execute(
    trx,
  )
}

export async function selectKeyCheck(db: Db['read']): Promise<string | null> {
  return (await db.selectFrom('key_check').select('sealed').where('id', '=', 'master').executeTakeFirst())?.sealed ?? null
}

/** Of two servers that start at once, one writes it. */
export async function insertKeyCheck(trx: Trx, sealed: string, created_at: number) {
  await trx
    .insertInto('key_check')
    .values({ id: 'master', sealed, created_at })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
}

export async function replaceKeyCheck(trx: Trx, sealed: string) {
  await trx.updateTable('key_check').set({ sealed }).where('id', '=', 'master').execute()
}
