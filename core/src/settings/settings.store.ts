import type { Selectable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type SettingRow = Selectable<Tables['settings']>

export function selectSettings(db: Db['read'] | Trx, names: string[]): Promise<SettingRow[]> {
  return db.selectFrom('settings').selectAll().where('name', 'in', names).execute()
}

export async function upsertSetting(trx: Trx, row: SettingRow) {
  const { name: _, ...change } = row
  await trx
    .insertInto('settings')
    .values(row)
    .onConflict((on) => on.column('name').doUpdateSet(change))
    .execute()
}

export async function deleteSetting(trx: Trx, name: string) {
  await trx.deleteFrom('settings').where('name', '=', name).execute()
}
