import type { Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type PriceRow = Selectable<Tables['prices']>

export function selectPrices(db: Db['read']): Promise<PriceRow[]> {
  return db.selectFrom('prices').selectAll().orderBy('provider').orderBy('model').execute()
}

export async function upsertPrice(trx: Trx, row: PriceRow) {
  const { provider: _, model: __, ...change } = row
  await trx
    .insertInto('prices')
    .values(row)
    .onConflict((on) => on.columns(['provider', 'model']).doUpdateSet(change))
    .execute()
}

/** @returns false when there was none. */
export async function deletePriceRow(trx: Trx, provider: string, model: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('prices').where('provider', '=', provider).where('model', '=', model).executeTakeFirst()
  return numDeletedRows > 0n
}
