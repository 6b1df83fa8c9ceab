import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import { prepared } from '../../storage/prepared.ts'
import type { Tables } from '../../storage/tables.ts'

export type SessionRow = Selectable<Tables['sessions']>

/** With what decides whether it is good: the user's state and the role in its workspace. */
const stateOf = prepared((db) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('memberships', (on) =>
      on.onRef('memberships.user_id', '=', 'sessions.user_id').onRef('memberships.workspace_id', '=', 'sessions.workspace_id'),
    )
    .selectAll('sessions')
    .select(['users.disabled_at', 'memberships.role'])
    .where('sessions.hash', '=', ''),
)
export async function selectSessionState(db: Db['read'], hash: string) {
  return (await stateOf(db, hash))[0] ?? null
}

export function selectSessions(db: Db['read'], userId: string): Promise<SessionRow[]> {
  return db.selectFrom('sessions').selectAll().where('user_id', '=', userId).orderBy('last_seen_at', 'desc').execute()
}

export async function hasSessionFrom(db: Db['read'], userId: string, ip: string): Promise<boolean> {
  const query = db.selectFrom('sessions').select('hash').where('user_id', '=', userId).where('ip', '=', ip).limit(1)
  return (await query.executeTakeFirst()) !== undefined
}

export async function insertSession(trx: Trx, row: Insertable<Tables['sessions']>) {
  await trx.insertInto('sessions').values(row).execute()
}

export async function touchSession(trx: Trx, hash: string, now: number) {
  await trx.updateTable('sessions').set({ last_seen_at: now }).where('hash', '=', hash).execute()
}

export async function moveSession(trx: Trx, hash: string, workspaceId: string) {
  await trx.updateTable('sessions').set({ workspace_id: workspaceId }).where('hash', '=', hash).execute()
}

export async function deleteSession(trx: Trx, hash: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('sessions').where('hash', '=', hash).executeTakeFirst()
  return numDeletedRows > 0n
}

export async function deleteSessionsOf(trx: Trx, userId: string, except: string | null): Promise<number> {
  const query = trx.deleteFrom('sessions').where('user_id', '=', userId)
  const { numDeletedRows } = await (except === null ? query : query.where('hash', '<>', except)).executeTakeFirst()
  return Number(numDeletedRows)
}

export async function deleteOldSessions(trx: Trx, userId: string, now: number, idleSince: number) {
  const query = trx.deleteFrom('sessions').where('user_id', '=', userId)
  await query.where((is) => is.or([is('expires_at', '<=', now), is('last_seen_at', '<', idleSince)])).execute()
}
