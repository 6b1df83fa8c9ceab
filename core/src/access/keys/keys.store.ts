import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import { prepared } from '../../storage/prepared.ts'
import type { Tables } from '../../storage/tables.ts'

export type KeyRow = Selectable<Tables['api_keys']>

/** With what decides whether it is good: the state of whose it is, and the role they have now. */
export type KeyState = KeyRow & { disabled_at: number | null; user_role: string | null; credentials_at: number | null }

const stateOf = (db: Db['read']) =>
  db
    .selectFrom('api_keys')
    .leftJoin('users', 'users.id', 'api_keys.user_id')
    .leftJoin('memberships', (on) =>
      on.onRef('memberships.user_id', '=', 'api_keys.user_id').onRef('memberships.workspace_id', '=', 'api_keys.workspace_id'),
    )
    .selectAll('api_keys')
    .select(['users.disabled_at', 'users.credentials_at', 'memberships.role as user_role'])

const byPrefix = prepared((db) => stateOf(db).where('prefix', '=', ''))
export async function selectKeyByPrefix(db: Db['read'], prefix: string): Promise<KeyState | null> {
  return (await byPrefix(db, prefix))[0] ?? null
}

export async function selectKeyState(db: Db['read'], id: string): Promise<KeyState | null> {
  return (await stateOf(db).where('api_keys.id', '=', id).executeTakeFirst()) ?? null
}

/** Of a workspace, or of one user in it; newest first. */
export function selectKeys(db: Db['read'], workspaceId: string, userId: string | null): Promise<KeyRow[]> {
  const query = db.selectFrom('api_keys').selectAll().where('workspace_id', '=', workspaceId).orderBy('id', 'desc')
  return (userId === null ? query : query.where('user_id', '=', userId)).execute()
}

export async function selectKey(db: Db['read'], workspaceId: string, id: string): Promise<KeyRow | null> {
  return (await db.selectFrom('api_keys').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id).executeTakeFirst()) ?? null
}

export async function insertKey(trx: Trx, row: Insertable<Tables['api_keys']>) {
  await trx.insertInto('api_keys').values(row).execute()
}

export async function revokeKeyRow(trx: Trx, id: string, now: number) {
  await trx.updateTable('api_keys').set({ revoked_at: now }).where('id', '=', id).where('revoked_at', 'is', null).execute()
}

export async function touchKey(trx: Trx, id: string, now: number) {
  await trx.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', id).execute()
}
