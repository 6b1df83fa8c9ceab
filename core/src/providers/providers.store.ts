import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type ProviderRow = Selectable<Tables['providers']>
export type AliasRow = Tables['model_aliases']
export type CardRow = Tables['model_cards']

/** In the order in which they were added. */
export function selectProviders(db: Db['read']): Promise<ProviderRow[]> {
  return db.selectFrom('providers').selectAll().orderBy('created_at').orderBy('id').execute()
}

export async function insertProvider(trx: Trx, row: Insertable<Tables['providers']>) {
  await trx.insertInto('providers').values(row).execute()
}

/** What was measured of its models goes with it. @returns false when there was none. */
export async function deleteProvider(trx: Trx, id: string): Promise<boolean> {
  await trx.deleteFrom('model_cards').where('provider_id', '=', id).execute()
  const { numDeletedRows } = await trx.deleteFrom('providers').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** By name. */
export function selectAliases(db: Db['read']): Promise<AliasRow[]> {
  return db.selectFrom('model_aliases').selectAll().orderBy('alias').execute()
}

export async function upsertAlias(trx: Trx, row: AliasRow) {
  const { alias: _, ...changed } = row
  await trx
    .insertInto('model_aliases')
    .values(row)
    .onConflict((conflict) => conflict.column('alias').doUpdateSet(changed))
    .execute()
}

/** @returns false when there was none. */
export async function deleteAlias(trx: Trx, alias: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('model_aliases').where('alias', '=', alias).executeTakeFirst()
  return numDeletedRows > 0n
}

export function selectCards(db: Db['read']): Promise<CardRow[]> {
  return db.selectFrom('model_cards').selectAll().execute()
}

export async function upsertCard(trx: Trx, row: CardRow) {
  await trx
    .insertInto('model_cards')
    .values(row)
    .onConflict((conflict) => conflict.columns(['provider_id', 'model']).doUpdateSet({ card: row.card, measured_at: row.measured_at }))
    .execute()
}
