import type { SigningKey } from '@cadre/contract/credentials'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import type { Credential } from '../identity.ts'
import { ourIssuer } from './find-token.ts'
import { algorithm, loadJose, tokenMs } from './signing-keys.ts'
import { type SigningKeyRow, selectSigningKeys } from './signing-keys.store.ts'

/** A signed token of fifteen minutes. It names its user or key; what that may is looked up at each request, as with any credential. */
export async function createToken(
  app: Pick<App, 'now' | 'access'>,
  actor: Actor,
  credential: Credential,
): Promise<{ token: string; token_type: 'Bearer'; expires_at: string }> {
  // Whoever stole one could live on it for ever.
  if (credential.type === 'token') throw new CadreError('FORBIDDEN', 'A token cannot get another one; use a session or an API key.')
  if (!/^(usr|key)_/.test(actor.id))
    throw new CadreError('FORBIDDEN', 'Tokens are for users and API keys; this caller is neither. Make an API key first.')
  const { id, key } = await app.access.signing.current()
  const { SignJWT } = await loadJose()
  const now = app.now()
  const exp = Math.floor((now + tokenMs) / 1000)
  const token = await new SignJWT({ kind: actor.kind, workspace: actor.workspace_id, at: now })
    .setProtectedHeader({ alg: algorithm, kid: id, typ: 'JWT' })
    .setIssuer(ourIssuer)
    .setAudience(ourIssuer)
    .setSubject(actor.id)
    .setIssuedAt(Math.floor(now / 1000))
    .setExpirationTime(exp)
    .sign(key)
  return { token, token_type: 'Bearer', expires_at: new Date(exp * 1000).toISOString() }
}

export async function listSigningKeys(app: { db: Db }): Promise<{ items: SigningKey[]; next_cursor: null }> {
  return { items: (await selectSigningKeys(app.db.read)).map(show), next_cursor: null }
}

export async function rotateSigningKeys(app: Pick<App, 'access'>, actor: Actor): Promise<SigningKey> {
  return show(await app.access.signing.rotate(actor))
}

function show({ id, algorithm: name, created_at, retired_at }: SigningKeyRow): SigningKey {
  return {
    id,
    algorithm: name,
    created_at: new Date(created_at).toISOString(),
    retired_at: retired_at === null ? null : new Date(retired_at).toISOString(),
  }
}
