import type { Manifest } from '@cadre/contract/manifest'
import type { Db, Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { deleteCounts, deleteSwitch } from './lifecycle/lifecycle.store.ts'
import type { ApprovedOffer, PendingOffer } from './known-plugin.ts'

/** `manifest` is JSON text of a StoredManifest, `pending` of a PendingOffer. */
export type StoredPlugin = { workspace_id: string; id: string; manifest: string; created_at: number; pending: string | null }
/** As it was checked when it was registered, with its secrets and its source set apart: see KnownPlugin. */
export type StoredManifest = { manifest: Manifest; sealed: string | null; source: string | null; offer: ApprovedOffer | null }

const columns = ['workspace_id', 'id', 'manifest', 'created_at', 'pending'] as const

/** In the order in which they were registered. */
export function selectPlugins(db: Db['read'], workspace: string, ids?: string[]): Promise<StoredPlugin[]> {
  const query = db.selectFrom('plugins').select(columns).where('workspace_id', '=', workspace).orderBy('created_at').orderBy('id')
  return (ids === undefined ? query : query.where('id', 'in', ids)).execute()
}

export async function insertPlugin(trx: Trx, workspace_id: string, id: string, stored: StoredManifest, registered_by: string, created_at: number) {
  await trx
    .insertInto('plugins')
    .values({ workspace_id, id, manifest: toJson(stored), registered_by, created_at, pending: null })
    .execute()
}

/** Puts another manifest in the place of the one there is; nothing is pending after it. @returns false when there was none. */
export async function updatePlugin(trx: Trx, workspace: string, id: string, stored: StoredManifest): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('plugins')
    .set({ manifest: toJson(stored), pending: null })
    .where('workspace_id', '=', workspace)
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function updatePending(trx: Trx, workspace: string, id: string, pending: PendingOffer | null) {
  await trx
    .updateTable('plugins')
    .set({ pending: pending === null ? null : toJson(pending) })
    .where('workspace_id', '=', workspace)
    .where('id', '=', id)
    .execute()
}

/** @returns false when there was none. */
export async function deletePlugin(trx: Trx, workspace: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('plugins').where('workspace_id', '=', workspace).where('id', '=', id).executeTakeFirst()
  await deleteSwitch(trx, workspace, id)
  await deleteCounts(trx, workspace, id)
  await trx.deleteFrom('hook_values').where('workspace_id', '=', workspace).where('plugin_id', '=', id).execute()
  return numDeletedRows > 0n
}
