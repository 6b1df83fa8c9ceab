import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type ProviderRow = Selectable<Tables['providers']>

/** In the order in which they were added. */
export function selectProviders(db: Db['read']): Promise<ProviderRow[]> {
  return db.selectFrom('providers').selectAll().orderBy('created_at').orderBy('id').execute()
}

export async function insertProvider(trx: Trx, row: Insertable<Tables['providers']>) {
  await trx.insertInto('providers').values(row).execute()
}

/** @returns false when there was none. */
export async function deleteProvider(trx: Trx, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('providers').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
