import { randomBytes, randomInt } from 'node:crypto'
import type { Role, Scope } from '@cadre/contract/access'
import type { ApiKey, CreateKey } from '@cadre/contract/credentials'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import { fromJson, toJson } from '../../storage/json.ts'
import type { Actor } from '../actor.ts'
import { type Credential, isAtLeast } from '../identity.ts'
import { fingerprint } from '../identity-cache.ts'
import { selectUserIn } from '../users/users.store.ts'
import { localUser } from './find-key.ts'
import { insertKey, type KeyRow, revokeKeyRow, selectKey, selectKeys } from './keys.store.ts'

type KeysApp = Pick<App, 'db' | 'config' | 'now' | 'newId' | 'access'>

/** The key is in this answer and nowhere else. It can do nothing that its maker cannot: no stronger role, no other scopes or agents, no longer. */
export async function createKey(app: KeysApp, actor: Actor, input: CreateKey, credential: Credential): Promise<ApiKey & { key: string }> {
  const now = app.now()
  // Whoever stole a token would have a key when it is over.
  if (credential.type === 'token') throw new CadreError('FORBIDDEN', 'A token cannot make API keys; use a session or an API key.')
  const own = actor.kind === 'key' ? await selectKey(app.db.read, actor.workspace_id, actor.id) : null
  if (actor.role === null) throw new CadreError('FORBIDDEN', 'Only users and their keys make API keys.')
  const role = input.role ?? actor.role
  if (!isAtLeast(actor.role, role)) throw invalid('role', `is stronger than yours, which is ${actor.role}`)
  const scopes = input.scopes ?? (actor.scopes as Scope[] | null)
  const missing = actor.scopes && scopes?.find((scope) => !actor.scopes?.includes(scope))
  if (missing) throw invalid('scopes', `${missing} is not among those of your own key`)
  const agents = input.agents ?? (actor.agents === null ? null : [...actor.agents])
  const foreign = actor.agents && agents?.find((id) => !actor.agents?.includes(id))
  if (foreign) throw invalid('agents', `${foreign} is not among those of your own key`)
  const expires_at = input.expires_at === null ? (own?.expires_at ?? null) : Date.parse(input.expires_at)
  if (expires_at !== null && expires_at <= now) throw invalid('expires_at', 'is in the past')
  if (own?.expires_at != null && expires_at !== null && expires_at > own.expires_at) throw invalid('expires_at', 'is later than that of your own key')

  const prefix = `cdr_${publicPart()}`
  const key = `${prefix}_${randomBytes(24).toString('base64url')}`
  const row: KeyRow = {
    id: app.newId('key'),
    workspace_id: actor.workspace_id,
    user_id: actor.user_id ?? localUser,
    name: input.name,
    prefix: prefix.slice(4),
    hash: fingerprint(key),
    role,
    scopes: scopes === null ? null : toJson(scopes),
    agents: agents === null ? null : toJson(agents),
    expires_at,
    last_used_at: null,
    revoked_at: null,
    created_at: now,
  }
  await app.db.write(async (trx) => {
    await insertKey(trx, row)
    await audit(trx, app, actor, { action: 'keys.create', target_type: 'key', target_id: row.id, detail: { name: row.name, role, scopes, agents } })
  })
  return { ...show(row), key }
}

/** One's own; for admins those of everyone in the workspace. */
export async function listKeys(app: { db: Db }, actor: Actor): Promise<{ items: ApiKey[]; next_cursor: null }> {
  const rows = await selectKeys(app.db.read, actor.workspace_id, isAtLeast(actor.role, 'admin') ? null : actor.user_id)
  return { items: rows.map(show), next_cursor: null }
}

/** One of the workspace, for those who may use everyone's. */
export async function requireKey(app: { db: Pick<Db, 'read'> }, actor: Actor, id: string): Promise<KeyRow> {
  const row = await selectKey(app.db.read, actor.workspace_id, id)
  if (!row) throw missingKey(id)
  return row
}

export async function revokeKey(app: KeysApp, actor: Actor, id: string): Promise<ApiKey> {
  const row = await selectKey(app.db.read, actor.workspace_id, id)
  if (!row || (row.user_id !== actor.user_id && !isAtLeast(actor.role, 'admin'))) throw missingKey(id)
  if (row.user_id !== actor.user_id && actor.role !== 'owner') {
    const whose = row.user_id === localUser ? 'owner' : (await selectUserIn(app.db.read, row.user_id, row.workspace_id))?.role
    if (whose === 'owner') throw new CadreError('FORBIDDEN', "Only an owner may revoke an owner's key.")
  }
  const now = app.now()
  await app.db.write(async (trx) => {
    await revokeKeyRow(trx, id, now)
    await audit(trx, app, actor, { action: 'keys.revoke', target_type: 'key', target_id: id, detail: { name: row.name } })
  })
  app.access.changed()
  return show({ ...row, revoked_at: row.revoked_at ?? now })
}

const missingKey = (id: string) => new CadreError('KEY_NOT_FOUND', `there is no API key '${id}'`)

// Of letters and digits that nobody mistakes for each other.
function publicPart() {
  const letters = '23456789abcdefghjkmnpqrstuvwxyz'
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
}

function show(row: KeyRow): ApiKey {
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())
  return {
    id: row.id,
    name: row.name,
    prefix: `cdr_${row.prefix}`,
    user_id: row.user_id,
    role: row.role as Role,
    scopes: row.scopes === null ? null : (fromJson(row.scopes) as Scope[]),
    agents: row.agents === null ? null : (fromJson(row.agents) as string[]),
    expires_at: at(row.expires_at),
    last_used_at: at(row.last_used_at),
    revoked_at: at(row.revoked_at),
    created_at: new Date(row.created_at).toISOString(),
  }
}
