import { CadreError } from '@cadre/contract/errors'

/** Who asks. Doors make it from the credential of each request; verbs decide by it. */
export type Actor = { kind: 'owner' | 'key' | 'public' | 'system'; id: string; ip: string | null; user_agent: string | null }

/** What Cadre does by itself. */
export const systemActor: Actor = { kind: 'system', id: 'system', ip: null, user_agent: null }

/** Refuses everyone but the owner (and Cadre itself). */
export function requireOwner(actor: Actor) {
  if (actor.kind === 'owner' || actor.kind === 'system') return
  if (actor.kind === 'public') throw new CadreError('UNAUTHORIZED', 'this needs the API key: send it as X-API-Key')
  throw new CadreError('FORBIDDEN', 'only the owner may do this')
}
