import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'

export type UserRow = Selectable<Tables['users']>
/** With the role in one workspace; null where the user is no member. */
export type UserIn = UserRow & { role: string | null }

export async function anyUser(db: Db['read']): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
}

export async function selectUserIn(db: Db['read'], id: string, workspaceId: string): Promise<UserIn | null> {
  return (await usersIn(db, workspaceId).where('users.id', '=', id).executeTakeFirst()) ?? null
}

/** The members of a workspace, or everyone; newest first. */
export function selectUsersIn(
  db: Db['read'],
  workspaceId: string,
  page: { everyone: boolean; before: string | undefined; limit: number },
): Promise<UserIn[]> {
  let query = usersIn(db, workspaceId).orderBy('users.id', 'desc').limit(page.limit)
  if (!page.everyone) query = query.where('memberships.role', 'is not', null)
  if (page.before !== undefined) query = query.where('users.id', '<', page.before)
  return query.execute()
}

/** Members of a workspace who are not disabled, newest first. @param part of the name, in any of these spellings. */
export function selectPeople(
  db: Db['read'],
  workspaceId: string,
  { spellings, before, limit }: { spellings: string[]; before: string | undefined; limit: number },
): Promise<{ id: string; name: string }[]> {
  let query = db
    .selectFrom('users')
    .innerJoin('memberships', 'memberships.user_id', 'users.id')
    .select(['users.id', 'users.name'])
    .where('memberships.workspace_id', '=', workspaceId)
    .where('users.disabled_at', 'is', null)
    .orderBy('users.id', 'desc')
    .limit(limit)
  if (before !== undefined) query = query.where('users.id', '<', before)
  if (spellings.length > 0) {
    const fits = spellings.map((each) => sql<boolean>`lower(users.name) like lower(${`%${each.replace(/[\\%_]/g, '\\$&')}%`}) escape '\\'`)
    query = query.where(({ or }) => or(fits))
  }
  return query.execute()
}

function usersIn(db: Db['read'], workspaceId: string) {
  return db
    .selectFrom('users')
    .leftJoin('memberships', (on) => on.onRef('memberships.user_id', '=', 'users.id').on('memberships.workspace_id', '=', workspaceId))
    .selectAll('users')
    .select('memberships.role')
}

export async function selectUser(db: Db['read'], id: string): Promise<UserRow | null> {
  return (await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()) ?? null
}

export async function selectUserByEmail(db: Db['read'], email: string): Promise<UserRow | null> {
  return (await db.selectFrom('users').selectAll().where('email', '=', email).executeTakeFirst()) ?? null
}

export async function selectUserByOutside(db: Db['read'], issuer: string, subject: string): Promise<UserRow | null> {
  const query = db.selectFrom('users').selectAll().where('external_issuer', '=', issuer).where('external_subject', '=', subject)
  return (await query.executeTakeFirst()) ?? null
}

export async function insertUser(trx: Trx, row: Insertable<Tables['users']>) {
  await trx.insertInto('users').values(row).execute()
}

export async function updateUserRow(trx: Trx, id: string, change: Updateable<Tables['users']>): Promise<boolean> {
  const { numUpdatedRows } = await trx.updateTable('users').set(change).where('id', '=', id).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** With all that hangs on them: memberships, sessions, keys, grants, tokens of one use. */
export async function deleteUserRows(trx: Trx, id: string): Promise<boolean> {
  for (const table of ['memberships', 'sessions', 'api_keys', 'grants', 'login_tokens'] as const) {
    await trx.deleteFrom(table).where('user_id', '=', id).execute()
  }
  const { numDeletedRows } = await trx.deleteFrom('users').where('id', '=', id).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function insertLoginToken(trx: Trx, row: Insertable<Tables['login_tokens']>) {
  await trx.insertInto('login_tokens').values(row).execute()
}

export async function isFirstOwnerToken(db: Db['read'], hash: string, now: number): Promise<boolean> {
  const query = db.selectFrom('login_tokens').select('hash').where('hash', '=', hash).where('purpose', '=', 'first_owner')
  return (await query.where('used_at', 'is', null).where('expires_at', '>', now).executeTakeFirst()) !== undefined
}

/** Of all tokens for the first owner, since there is one first owner: of two callers at once, the second waits here and finds none left. */
export async function useFirstOwnerTokens(trx: Trx, now: number): Promise<string[]> {
  const used = await trx
    .updateTable('login_tokens')
    .set({ used_at: now })
    .where('purpose', '=', 'first_owner')
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('hash')
    .execute()
  return used.map(({ hash }) => hash)
}

/** Whose password the token may set; null where it is none, or over, or theirs who may not log in. */
export async function selectResetUser(db: Db['read'], hash: string, now: number): Promise<UserRow | null> {
  const query = db.selectFrom('login_tokens').innerJoin('users', 'users.id', 'login_tokens.user_id').selectAll('users')
  const living = query.where('login_tokens.purpose', '=', 'reset').where('used_at', 'is', null).where('expires_at', '>', now)
  return (await living.where('login_tokens.hash', '=', hash).where('users.disabled_at', 'is', null).executeTakeFirst()) ?? null
}

/** @returns false where another was quicker. */
export async function useResetToken(trx: Trx, hash: string, now: number): Promise<boolean> {
  const query = trx.updateTable('login_tokens').set({ used_at: now }).where('hash', '=', hash).where('purpose', '=', 'reset')
  return (await query.where('used_at', 'is', null).where('expires_at', '>', now).executeTakeFirst()).numUpdatedRows > 0n
}

export async function deleteResetTokens(trx: Trx, userId: string) {
  await trx.deleteFrom('login_tokens').where('user_id', '=', userId).where('purpose', '=', 'reset').execute()
}

export async function deleteOldLoginTokens(trx: Trx, before: number) {
  await trx.deleteFrom('login_tokens').where('expires_at', '<', before).execute()
}
