import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'

export type SigningKeyRow = Selectable<Tables['signing_keys']>

/** Newest first. */
export function selectSigningKeys(db: Db['read']): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_keys').selectAll().orderBy('id', 'desc').execute()
}

export async function insertSigningKey(trx: Trx, row: Insertable<Tables['signing_keys']>) {
  await trx.insertInto('signing_keys').values(row).execute()
}

export async function retireSigningKeys(trx: Trx, now: number) {
  await trx.updateTable('signing_keys').set({ retired_at: now }).where('retired_at', 'is', null).execute()
}
