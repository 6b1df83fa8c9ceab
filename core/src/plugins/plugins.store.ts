import type { Manifest } from '@cadre/contract/forgehook'
import type { Db, Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'

/** `manifest` is JSON text, as it was checked when it was registered. */
export type StoredPlugin = { id: string; manifest: string; created_at: number }

export function selectPlugins(db: Db['read']): Promise<StoredPlugin[]> {
  return db.selectFrom('plugins').select(['id', 'manifest', 'created_at']).orderBy('created_at').orderBy('id').execute()
}

export async function insertPlugin(trx: Trx, manifest: Manifest, registered_by: string, created_at: number) {
  await trx
    .insertInto('plugins')
    .values({ id: manifest.id, manifest: toJson(manifest), registered_by, created_at })
    .execute()
}

/** @returns false when there was none. */
export async function deletePlugin(trx: Trx, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('plugins').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
