import { timingSafeEqual } from 'node:crypto'
import { CadreError } from '@cadre/contract/errors'
import { type Actor, type From, localOwner, publicActor } from './actor.ts'
import { type Credential, type Identity, noCredential, toActor } from './identity.ts'
import { fingerprint } from './identity-cache.ts'
import type { Mode } from './mode.ts'

/** What a request carries: the texts of X-API-Key and Authorization: Bearer, and the session cookie. */
export type Presented = { keys: readonly string[]; session: string | null }
export type Resolved = { actor: Actor; credential: Credential; mode: Mode }

/** Where credentials are looked up. Those of headers throw UNAUTHORIZED with the reason; a session that is over is null. */
export type Sources = {
  api_key: string | null
  mode(): Promise<Mode>
  key(text: string): Promise<Identity>
  token(text: string): Promise<Identity>
  session(text: string): Promise<Identity | null>
}

const { ip: _, user_agent: __, request_id: ___, ...owner } = { ...localOwner(), id: 'owner' }
/** Whoever holds CADRE_API_KEY. */
const serverOwner: Identity = { ...owner, credential: { type: 'server_key', id: 'owner' }, expires_at: null }

/**
 * Who asks, from all credentials of a request: the one place that decides it, for every door. Every credential must be good and all must be
 * of the same actor, so that a revoked key is not saved by a good one beside it. A cookie that is over counts as none, since a browser
 * cannot help sending it, unless another credential came with it.
 */
export async function resolveActor(sources: Sources, { keys, session }: Presented, from: From): Promise<Resolved> {
  const mode = await sources.mode()
  // Nobody needs a key at an open server, and many clients send one of their own invention.
  const given = mode === 'open' ? keys.filter((text) => isKey(text) || isToken(text)) : keys
  const found = await Promise.all(given.map((text) => identify(sources, text)))
  if (session !== null) {
    const behind = await sources.session(session)
    if (behind) found.push(behind)
    else if (found.length > 0 && mode !== 'open')
      throw new CadreError('UNAUTHORIZED', 'The session of the cookie is over; send the key alone, or log in again.')
  }
  const [first, ...others] = found
  if (!first) return { actor: mode === 'open' ? localOwner(from) : publicActor(from), credential: noCredential, mode }
  if (others.some((other) => other.kind !== first.kind || other.id !== first.id || other.workspace_id !== first.workspace_id))
    throw new CadreError('UNAUTHORIZED', 'The credentials of this request are not of the same caller; send one.')
  return { actor: toActor(first, from), credential: first.credential, mode }
}

function identify(sources: Sources, text: string): Promise<Identity> {
  if (sources.api_key !== null && isSame(text, sources.api_key)) return Promise.resolve(serverOwner)
  return isToken(text) ? sources.token(text) : sources.key(text)
}

/** Of two hashes, so that neither the place of a difference nor a length shows in the time. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(fingerprint(one)), Buffer.from(fingerprint(other)))
}

const isKey = (text: string) => text.startsWith('cdr_')
const isToken = (text: string) => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
