import type { JWK } from 'jose'
import type { App } from '../app.ts'
import type { From } from './actor.ts'
import { IdentityCache } from './identity-cache.ts'
import { findKey } from './keys/find-key.ts'
import { type Mode, ModeWatch } from './mode.ts'
import { Passwords } from './passwords.ts'
import { type NoteRefusal, openRefusals } from './refusals.ts'
import { type Presented, type Resolved, resolveActor, type Sources } from './resolve-actor.ts'
import { type NoteSecretUse, openSecretUses } from './secret-uses.ts'
import { findSession } from './sessions/find-session.ts'
import { findToken } from './tokens/find-token.ts'
import { openOutsideTokens } from './tokens/outside-tokens.ts'
import { SigningKeys } from './tokens/signing-keys.ts'
import { Touches } from './touches.ts'
import { anyUser } from './users/users.store.ts'

/** What a door needs to know who asks. */
export type Resolver = {
  resolve(presented: Presented, from: From): Promise<Resolved>
  mode(): Promise<Mode>
  /** The public halves of the keys that sign our tokens. */
  jwks(): Promise<{ keys: JWK[] }>
}
export type Access = Resolver & {
  passwords: Passwords
  signing: SigningKeys
  /** To be called after each committed change of who there is and what they may: the next request sees it. */
  changed(): void
  refused: NoteRefusal
  secretUsed: NoteSecretUse
  close(): Promise<void>
}

type AccessApp = Pick<App, 'db' | 'config' | 'now' | 'newId' | 'log'>

/** @param fetch the connector's, for what the settings name. */
export function openAccess(app: AccessApp, fetch: typeof globalThis.fetch): Access {
  const { api_key, host, auth } = app.config
  const cache = new IdentityCache(app.now)
  const touches = new Touches(app.log)
  const modes = new ModeWatch({ api_key, host, required: auth.required, now: app.now, hasUsers: () => anyUser(app.db.read) })
  const signing = new SigningKeys(app)
  const refused = openRefusals(app, touches)
  const changed = () => {
    cache.clear()
    modes.changed()
  }
  const parts = { ...app, touches, signing, changed }
  const outside = auth.jwt && openOutsideTokens(parts, auth.jwt, fetch)
  const sources: Sources = {
    api_key,
    mode: () => modes.get(),
    key: (text) => cache.get(text, (fingerprint) => findKey(parts, text, fingerprint)),
    token: (text) => cache.get(text, () => findToken({ ...parts, outside }, text)),
    session: async (text) => {
      try {
        return await cache.get(text, async (fingerprint) => (await findSession(parts, fingerprint)) ?? over())
      } catch (error) {
        if (error === sessionOver) return null
        throw error
      }
    },
  }
  return {
    resolve: (presented, from) => resolveActor(sources, presented, from),
    mode: () => modes.get(),
    jwks: () => signing.jwks(),
    passwords: new Passwords(),
    signing,
    changed,
    refused,
    secretUsed: openSecretUses(app, touches),
    close: () => touches.settled(),
  }
}

const sessionOver = new Error('the session is over')
function over(): never {
  throw sessionOver
}
