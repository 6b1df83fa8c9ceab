import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

export type ProviderRow = Selectable<Tables['providers']>
export type AliasRow = Tables['model_aliases']
export type CardRow = Tables['model_cards']

// Every run asks for these.
const providersOf = prepared((db) => db.selectFrom('providers').selectAll().where('workspace_id', '=', '').orderBy('created_at').orderBy('id'))
const aliasesOf = prepared((db) => db.selectFrom('model_aliases').selectAll().where('workspace_id', '=', '').orderBy('alias'))
const cardsOf = prepared((db) => db.selectFrom('model_cards').selectAll().where('workspace_id', '=', ''))

/** Those of a workspace in the order in which they were added. */
export function selectProviders(db: Db['read'], workspace: string): Promise<ProviderRow[]> {
  return providersOf(db, workspace)
}

export async function insertProvider(trx: Trx, row: Insertable<Tables['providers']>) {
  await trx.insertInto('providers').values(row).execute()
}

/** What was measured of its models goes with it. @returns false when there was none. */
export async function deleteProvider(trx: Trx, workspace: string, id: string): Promise<boolean> {
  await trx.deleteFrom('model_cards').where('workspace_id', '=', workspace).where('provider_id', '=', id).execute()
  const { numDeletedRows } = await trx.deleteFrom('providers').where('workspace_id', '=', workspace).where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

/** By name. */
export function selectAliases(db: Db['read'], workspace: string): Promise<AliasRow[]> {
  return aliasesOf(db, workspace)
}

export async function upsertAlias(trx: Trx, row: AliasRow) {
  const { workspace_id: _, alias: __, ...changed } = row
  await trx
    .insertInto('model_aliases')
    .values(row)
    .onConflict((conflict) => conflict.columns(['workspace_id', 'alias']).doUpdateSet(changed))
    .execute()
}

/** @returns false when there was none. */
export async function deleteAlias(trx: Trx, workspace: string, alias: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('model_aliases').where('workspace_id', '=', workspace).where('alias', '=', alias).executeTakeFirst()
  return numDeletedRows > 0n
}

export function selectCards(db: Db['read'], workspace: string): Promise<CardRow[]> {
  return cardsOf(db, workspace)
}

export async function upsertCard(trx: Trx, row: CardRow) {
  await trx
    .insertInto('model_cards')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'provider_id', 'model']).doUpdateSet({ card: row.card, measured_at: row.measured_at }),
    )
    .execute()
}
