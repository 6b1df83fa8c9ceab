import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type ConnectionRow = Selectable<Tables['connections']>

/** By name. */
export function selectConnections(db: Db['read'], workspace: string): Promise<ConnectionRow[]> {
  return db.selectFrom('connections').selectAll().where('workspace_id', '=', workspace).orderBy('name').execute()
}

export async function selectConnection(db: Db['read'], workspace: string, name: string): Promise<ConnectionRow | null> {
  const query = db.selectFrom('connections').selectAll().where('workspace_id', '=', workspace).where('name', '=', name)
  return (await query.executeTakeFirst()) ?? null
}

export async function insertConnection(trx: Trx, row: Insertable<Tables['connections']>) {
  await trx.insertInto('connections').values(row).execute()
}

/** @returns false when there was none. */
export async function deleteConnection(trx: Trx, workspace: string, name: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('connections').where('workspace_id', '=', workspace).where('name', '=', name).executeTakeFirst()
  return numDeletedRows > 0n
}
