import type { Db, Trx } from '../storage/database.ts'

export type HookValue = { workspace_id: string; plugin_id: string; key: string; value: string; updated_at: number }

/** Whose values: a ForgeHook keeps others in each workspace, also where all share the ForgeHook itself. */
export type HookPlace = { workspace_id: string; hook_id: string }

export async function selectValue(db: Db['read'], { workspace_id, hook_id }: HookPlace, key: string): Promise<string | null> {
  const query = db.selectFrom('hook_values').select('value').where('workspace_id', '=', workspace_id).where('plugin_id', '=', hook_id)
  return (await query.where('key', '=', key).executeTakeFirst())?.value ?? null
}

/** @returns false where the plugin already has `most` other keys. */
export async function upsertValue(trx: Trx, row: HookValue, most: number): Promise<boolean> {
  const { value, updated_at } = row
  const { numUpdatedRows } = await trx
    .updateTable('hook_values')
    .set({ value, updated_at })
    .where('workspace_id', '=', row.workspace_id)
    .where('plugin_id', '=', row.plugin_id)
    .where('key', '=', row.key)
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return true
  const { count } = await trx
    .selectFrom('hook_values')
    .select((eb) => eb.fn.countAll<number | string>().as('count'))
    .where('workspace_id', '=', row.workspace_id)
    .where('plugin_id', '=', row.plugin_id)
    .executeTakeFirstOrThrow()
  if (Number(count) >= most) return false
  await trx
    .insertInto('hook_values')
    .values(row)
    .onConflict((on) => on.columns(['workspace_id', 'plugin_id', 'key']).doUpdateSet({ value, updated_at }))
    .execute()
  return true
}

export async function deleteValue(trx: Trx, { workspace_id, hook_id }: HookPlace, key: string) {
  const query = trx.deleteFrom('hook_values').where('workspace_id', '=', workspace_id).where('plugin_id', '=', hook_id)
  await query.where('key', '=', key).execute()
}

/** In the order of their code points, on both databases. */
export async function selectKeys(db: Db['read'], { workspace_id, hook_id }: HookPlace, prefix: string, limit: number): Promise<string[]> {
  const query = db.selectFrom('hook_values').select('key').where('workspace_id', '=', workspace_id).where('plugin_id', '=', hook_id)
  const from = prefix === '' ? query : query.where('key', '>=', prefix).where('key', '<', `${prefix}\u{10FFFF}`)
  const rows = await from.orderBy('key').limit(limit).execute()
  return rows.map(({ key }) => key)
}
