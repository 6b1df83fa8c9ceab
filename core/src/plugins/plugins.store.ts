import type { Manifest } from '@cadre/contract/forgehook'
import type { Db, Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'

/** `manifest` is JSON text of a StoredManifest, as it was checked when it was registered. */
export type StoredPlugin = { id: string; manifest: string; created_at: number }
/** The values of runtime.headers are secrets: sealed here (access/secrets.ts), and only their names in the manifest. */
export type StoredManifest = { manifest: Manifest; headers: string | null }

/** In the order in which they were registered. */
export function selectPlugins(db: Db['read'], ids?: string[]): Promise<StoredPlugin[]> {
  const query = db.selectFrom('plugins').select(['id', 'manifest', 'created_at']).orderBy('created_at').orderBy('id')
  return (ids === undefined ? query : query.where('id', 'in', ids)).execute()
}

export async function insertPlugin(trx: Trx, id: string, stored: StoredManifest, registered_by: string, created_at: number) {
  await trx
    .insertInto('plugins')
    .values({ id, manifest: toJson(stored), registered_by, created_at })
    .execute()
}

/** @returns false when there was none. */
export async function deletePlugin(trx: Trx, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('plugins').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}
