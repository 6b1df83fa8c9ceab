import type { Me } from '@cadre/contract/credentials'
import type { App } from '../../app.ts'
import type { From } from '../actor.ts'
import type { Credential } from '../identity.ts'
import { beginSession, type SetSession } from '../sessions/sessions.ts'
import { type OutsideClaims, outsideUser } from './outside-user.ts'

/** A session for who has shown an ID token of the issuer that the settings name; the door has verified it. */
export async function loginOutside(
  app: Pick<App, 'db' | 'now' | 'newId' | 'config' | 'access'>,
  claims: OutsideClaims,
  from: From,
  before: Credential,
  set: SetSession,
): Promise<Me> {
  const { user_id } = await outsideUser({ ...app, changed: () => app.access.changed() }, claims)
  return beginSession(app, from, { user_id }, before, set)
}
