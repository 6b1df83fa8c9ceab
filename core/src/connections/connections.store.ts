import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type ConnectionRow = Selectable<Tables['connections']>

/** By name. */
export function selectConnections(db: Db['read']): Promise<ConnectionRow[]> {
  return db.selectFrom('connections').selectAll().orderBy('name').execute()
}

export async function selectConnection(db: Db['read'], name: string): Promise<ConnectionRow | null> {
  return (await db.selectFrom('connections').selectAll().where('name', '=', name).executeTakeFirst()) ?? null
}

export async function insertConnection(trx: Trx, row: Insertable<Tables['connections']>) {
  await trx.insertInto('connections').values(row).execute()
}

/** @returns false when there was none. */
export async function deleteConnection(trx: Trx, name: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('connections').where('name', '=', name).executeTakeFirst()
  return numDeletedRows > 0n
}
