import type { Db, Trx } from '../storage/database.ts'

export type HookValue = { plugin_id: string; key: string; value: string; updated_at: number }

export async function selectValue(db: Db['read'], pluginId: string, key: string): Promise<string | null> {
  const row = await db.selectFrom('hook_values').select('value').where('plugin_id', '=', pluginId).where('key', '=', key).executeTakeFirst()
  return row?.value ?? null
}

/** @returns false where the plugin already has `most` other keys. */
export async function upsertValue(trx: Trx, row: HookValue, most: number): Promise<boolean> {
  const { value, updated_at } = row
  const { numUpdatedRows } = await trx
    .updateTable('hook_values')
    .set({ value, updated_at })
    .where('plugin_id', '=', row.plugin_id)
    .where('key', '=', row.key)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return true
  const { count } = await trx
    .selectFrom('hook_values')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('plugin_id', '=', row.plugin_id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= most) return false
  await trx
    .insertInto('hook_values')
    .values(row)
    .onConflict((on) => on.columns(['plugin_id', 'key']).doUpdateSet({ value, updated_at }))
    .execute()
  return true
}

export async function deleteValue(trx: Trx, pluginId: string, key: string) {
  await trx.deleteFrom('hook_values').where('plugin_id', '=', pluginId).where('key', '=', key).execute()
}

/** In the order of their code points, on both databases. */
export async function selectKeys(db: Db['read'], pluginId: string, prefix: string, limit: number): Promise<string[]> {
  const query = db.selectFrom('hook_values').select('key').where('plugin_id', '=', pluginId)
  const from = prefix === '' ? query : query.where('key', '>=', prefix).where('key', '<', `${prefix}\u{10FFFF}`)
  const rows = await from.orderBy('key').limit(limit).execute()
  return rows.map(({ key }) => key)
}
