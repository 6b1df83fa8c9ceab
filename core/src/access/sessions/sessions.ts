import type { Login, Me, Session } from '@cadre/contract/credentials'
import { CadreError } from '@cadre/contract/errors'
import { randomBytes } from 'node:crypto'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor, From } from '../actor.ts'
import type { Credential } from '../identity.ts'
import { fingerprint } from '../identity-cache.ts'
import { selectUserByEmail, updateUserRow } from '../users/users.store.ts'
import { selectMemberships } from '../workspaces/workspaces.store.ts'
import { idleMs, longestMs } from './find-session.ts'
import { showMe } from './me.ts'
import {
  deleteOldSessions,
  deleteSession,
  deleteSessionsOf,
  hasSessionFrom,
  insertSession,
  moveSession,
  selectSessions,
  type SessionRow,
} from './sessions.store.ts'

type SessionApp = Pick<App, 'db' | 'config' | 'now' | 'access'>
/** What a door does about the cookie. */
export type SetSession = (session: { token: string; expires_at: number } | null) => void

/** One sentence for an unknown address, a wrong password and a disabled user. */
const refused = () => new CadreError('UNAUTHORIZED', 'The e-mail address or the password is not right.')

/**
 * Begins a session with a token of its own, whatever cookie came with the request: a cookie that somebody planted before the login is
 * worth nothing after it. An unknown address takes as long as a wrong password.
 */
export async function login(
  app: SessionApp & Pick<App, 'limits'>,
  actor: Actor,
  { email, password, workspace }: Login,
  before: Credential,
  set: SetSession,
): Promise<Me> {
  const user = await selectUserByEmail(app.db.read, email)
  const known = user !== null && actor.ip !== null && (await hasSessionFrom(app.db.read, user.id, actor.ip))
  const attempt = await app.limits.login({ ip: actor.ip, email, known })
  const right = await app.access.passwords.verify(password, user?.password ?? null)
  if (!user || !right || user.disabled_at !== null) {
    const target = user ? { target_type: 'user', target_id: user.id } : {}
    await app.db.write((trx) => audit(trx, app, actor, { action: 'sessions.refused', ...target }))
    throw refused()
  }
  await attempt.passed()
  if (user.password !== null && app.access.passwords.isWeak(user.password)) {
    const stronger = await app.access.passwords.hash(password)
    await app.db.write((trx) => updateUserRow(trx, user.id, { password: stronger }))
  }
  return beginSession(app, actor, { user_id: user.id, workspace }, before, set)
}

export async function beginSession(
  app: SessionApp,
  { ip, user_agent, request_id }: From,
  { user_id, workspace }: { user_id: string; workspace?: string | undefined },
  before: Credential,
  set: SetSession,
): Promise<Me> {
  const places = await selectMemberships(app.db.read, user_id)
  const place = workspace === undefined ? places[0] : places.find(({ id, slug }) => id === workspace || slug === workspace)
  if (!place) throw new CadreError('FORBIDDEN', workspace === undefined ? 'This user is in no workspace.' : 'This user is not in that workspace.')
  const role = place.role as NonNullable<Me['role']>
  // Named one by one: whoever calls may be an actor, who is nobody yet.
  const from = { ip, user_agent, request_id }
  const identity = { kind: 'user' as const, id: user_id, user_id, workspace_id: place.id, role, scopes: null, agents: null }
  const token = randomBytes(32).toString('base64url')
  const now = app.now()
  const expires_at = now + longestMs
  const times = { created_at: now, last_seen_at: now, expires_at }
  await app.db.write(async (trx) => {
    if (before.type === 'session' && before.id !== null) await deleteSession(trx, before.id)
    await deleteOldSessions(trx, user_id, now, now - idleMs)
    await insertSession(trx, { hash: fingerprint(token), user_id, workspace_id: place.id, ...times, ip: from.ip, user_agent: from.user_agent })
    await audit(trx, app, { ...identity, ...from }, { action: 'sessions.login', target_type: 'user', target_id: user_id })
  })
  app.access.changed()
  set({ token, expires_at })
  return showMe(app, { ...identity, ...from })
}

export async function logout(app: SessionApp, credential: Credential, set: SetSession): Promise<{ ended: true }> {
  const hash = sessionOf(credential)
  await app.db.write((trx) => deleteSession(trx, hash))
  app.access.changed()
  set(null)
  return { ended: true }
}

export async function switchWorkspace(app: SessionApp, actor: Actor, workspace: string, credential: Credential): Promise<Me> {
  const hash = sessionOf(credential)
  const place = (await selectMemberships(app.db.read, actor.user_id ?? '')).find(({ id, slug }) => id === workspace || slug === workspace)
  if (!place) throw new CadreError('WORKSPACE_NOT_FOUND', `there is no workspace '${workspace}'`)
  await app.db.write((trx) => moveSession(trx, hash, place.id))
  app.access.changed()
  return showMe(app, { ...actor, workspace_id: place.id, role: place.role as Me['role'] })
}

export async function listSessions(
  app: { db: Db; now: () => number },
  actor: Actor,
  credential: Credential,
): Promise<{ items: Session[]; next_cursor: null }> {
  const rows = await selectSessions(app.db.read, actor.user_id ?? '')
  const living = rows.filter((row) => row.expires_at > app.now() && row.last_seen_at + idleMs > app.now())
  return { items: living.map((row) => show(row, credential)), next_cursor: null }
}

export async function revokeSession(app: SessionApp, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  const row = (await selectSessions(app.db.read, actor.user_id ?? '')).find(({ hash }) => shownId(hash) === id)
  if (!row) throw new CadreError('SESSION_NOT_FOUND', `there is no session '${id}'`)
  await app.db.write((trx) => deleteSession(trx, row.hash))
  app.access.changed()
  return { id, deleted: true }
}

/** Signed tokens end as well; API keys do not. */
export async function revokeAllSessions(app: SessionApp, actor: Actor, set: SetSession): Promise<{ ended: number }> {
  const id = actor.user_id ?? ''
  const ended = await app.db.write(async (trx) => {
    await updateUserRow(trx, id, { credentials_at: app.now() })
    const count = await deleteSessionsOf(trx, id, null)
    await audit(trx, app, actor, { action: 'sessions.revokeAll', target_type: 'user', target_id: id })
    return count
  })
  app.access.changed()
  set(null)
  return { ended }
}

function sessionOf({ type, id }: Credential): string {
  if (type !== 'session' || id === null) throw new CadreError('BAD_REQUEST', 'This call is about the session of a cookie, and none came with it.')
  return id
}

// A part of the hash names the row and opens nothing.
const shownId = (hash: string) => `ses_${hash.slice(0, 26)}`

function show(row: SessionRow, credential: Credential): Session {
  const at = (ms: number) => new Date(ms).toISOString()
  return {
    id: shownId(row.hash),
    current: credential.type === 'session' && credential.id === row.hash,
    workspace_id: row.workspace_id,
    ip: row.ip,
    user_agent: row.user_agent,
    created_at: at(row.created_at),
    last_seen_at: at(row.last_seen_at),
    expires_at: at(row.expires_at),
  }
}
