import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { fromJson } from '../../storage/json.ts'
import type { Role } from '../actor.ts'
import { type Identity, weaker } from '../identity.ts'
import { isSame } from '../resolve-actor.ts'
import type { Touches } from '../touches.ts'
import { type KeyState, selectKeyByPrefix, selectKeyState, touchKey } from './keys.store.ts'

/** `cdr_`, 8 characters that are shown, `_`, 32 of 192 random bits. */
const shape = /^cdr_([0-9a-z]{8})_[\w-]{32}$/
/** Whose the keys are that were made at a server without users, or with CADRE_API_KEY: whoever runs the machine. */
export const localUser = 'local'

type KeyApp = Pick<App, 'db' | 'now'> & { touches: Touches }

/**
 * Whom an API key stands for. It is found by its public prefix; the secret part is compared as a hash, in constant time, with a hash
 * that nobody can steer, whether or not the prefix exists: the time tells nothing about it. Throws UNAUTHORIZED.
 */
export async function findKey(app: KeyApp, text: string, fingerprint: string): Promise<Identity> {
  const prefix = shape.exec(text)?.[1]
  const row = prefix === undefined ? null : await selectKeyByPrefix(app.db.read, prefix)
  // isSame hashes both sides once more, so that they have one length.
  if (!isSame(fingerprint, row?.hash ?? '') || !row) throw new CadreError('UNAUTHORIZED', 'The API key is not valid.')
  const identity = identityOfKey(app, row)
  app.touches.note(row.id, row.last_used_at, app.now(), () => app.db.write((trx) => touchKey(trx, row.id, app.now())))
  return identity
}

/** Of a token that was made for a key: the key as it is now. */
export async function findKeyById(app: Pick<App, 'db' | 'now'>, id: string): Promise<Identity> {
  const row = await selectKeyState(app.db.read, id)
  if (!row) throw new CadreError('UNAUTHORIZED', 'The API key of this token is gone.')
  return identityOfKey(app, row)
}

function identityOfKey({ now }: { now: () => number }, row: KeyState): Identity {
  if (row.revoked_at !== null) throw new CadreError('UNAUTHORIZED', 'The API key was revoked.')
  if (row.expires_at !== null && row.expires_at <= now()) throw new CadreError('UNAUTHORIZED', 'The API key has expired.')
  const user_role = row.user_id === localUser ? 'owner' : row.user_role
  if (row.disabled_at !== null || user_role === null) throw new CadreError('UNAUTHORIZED', 'The user of this API key is disabled or gone.')
  return {
    kind: 'key',
    id: row.id,
    user_id: row.user_id,
    workspace_id: row.workspace_id,
    role: weaker(row.role as Role, user_role as Role),
    scopes: row.scopes === null ? null : (fromJson(row.scopes) as string[]),
    agents: row.agents === null ? null : (fromJson(row.agents) as string[]),
    credential: { type: 'key', id: row.id },
    expires_at: row.expires_at,
  }
}
