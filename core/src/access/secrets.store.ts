import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { defaultWorkspace } from './actor.ts'
import type { SealedColumn } from './secrets-columns.ts'

export type SealedValue = { workspace: string; id: string; value: string }
export type SealedPlace = Pick<SealedValue, 'workspace' | 'id'>

const workspaceOf = ({ workspace }: SealedColumn) => (workspace === undefined ? sql.lit(defaultWorkspace) : sql.ref(workspace))

/** A page of the rows of one registered table that hold something, by workspace and id. */
export async function selectSealed(trx: Trx, table: string, place: SealedColumn, after: SealedPlace, limit: number): Promise<SealedValue[]> {
  const { column, id } = place
  const workspace = workspaceOf(place)
  const { rows } = await sql<SealedValue>`
    select ${workspace} as workspace, ${sql.ref(id)} as id, ${sql.ref(column)} as value from ${sql.table(table)}
    where (${workspace}, ${sql.ref(id)}) > (${after.workspace}, ${after.id}) and ${sql.ref(column)} is not null
    order by ${sql.ref('workspace')}, ${sql.ref(id)} limit ${limit}`.execute(trx)
  return rows
}

/** Nothing happens where somebody stored another value meanwhile. */
export async function replaceSealed(trx: Trx, table: string, place: SealedColumn, row: SealedValue, value: string) {
  const { column, id } = place
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value}
    where ${workspaceOf(place)} = ${row.workspace} and ${sql.ref(id)} = ${row.id} and ${sql.ref(column)} = ${row.value}`.execute(trx)
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
