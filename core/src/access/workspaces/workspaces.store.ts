import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'

export type WorkspaceRow = Selectable<Tables['workspaces']>

/** With the role that the user has there. */
export function selectWorkspaces(db: Db['read'], userId: string, all: boolean): Promise<(WorkspaceRow & { role: string | null })[]> {
  const query = db
    .selectFrom('workspaces')
    .leftJoin('memberships', (on) => on.onRef('memberships.workspace_id', '=', 'workspaces.id').on('memberships.user_id', '=', userId))
    .selectAll('workspaces')
    .select('memberships.role')
    .orderBy('workspaces.created_at')
    .orderBy('workspaces.id')
  return all ? query.execute() : query.where('memberships.role', 'is not', null).execute()
}

export async function selectWorkspace(db: Db['read'], idOrSlug: string): Promise<WorkspaceRow | null> {
  const query = db.selectFrom('workspaces').selectAll()
  return (await query.where((is) => is.or([is('id', '=', idOrSlug), is('slug', '=', idOrSlug)])).executeTakeFirst()) ?? null
}

export async function insertWorkspace(trx: Trx, row: Insertable<Tables['workspaces']>) {
  await trx.insertInto('workspaces').values(row).execute()
}

export async function renameWorkspaceRow(trx: Trx, id: string, name: string): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable('workspaces').set({ name }).where('id', '=', id).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whoever else counts or changes its owners waits until this transaction ends. */
export async function lockWorkspace(trx: Trx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('workspaces')
    .set((row) => ({ created_at: row.ref('created_at') }))
    .where('id', '=', id)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function countOtherOwners(trx: Trx, workspaceId: string, userId: string): Promise<number> {
  const { count } = await trx
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '<>', userId)
    .where('role', '=', 'owner')
    .where('users.disabled_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export function selectMembers(db: Db['read'], workspaceId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['memberships.user_id', 'users.email', 'users.name', 'memberships.role', 'memberships.created_at'])
    .where('workspace_id', '=', workspaceId)
    .orderBy('memberships.user_id')
    .execute()
}

/** Where a user is, the first workspace of the server first. */
export function selectMemberships(db: Db['read'], userId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('workspaces', 'workspaces.id', 'memberships.workspace_id')
    .select(['workspaces.id', 'workspaces.name', 'workspaces.slug', 'memberships.role'])
    .where('user_id', '=', userId)
    .orderBy('workspaces.created_at')
    .orderBy('workspaces.id')
    .execute()
}

export async function putMembership(trx: Trx, row: Insertable<Tables['memberships']>) {
  await trx
    .insertInto('memberships')
    .values(row)
    .onConflict((on) => on.columns(['workspace_id', 'user_id']).doUpdateSet({ role: row.role }))
    .execute()
}

/** With what hangs on it: the user's sessions, keys and grants in this workspace. */
export async function deleteMembership(trx: Trx, workspaceId: string, userId: string): Promise<boolean> {
  for (const table of ['sessions', 'api_keys', 'grants'] as const) {
    await trx.deleteFrom(table).where('workspace_id', '=', workspaceId).where('user_id', '=', userId).execute()
  }
  const { numDeletedRows } = await trx
    .deleteFrom('memberships')
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
