import { randomBytes } from 'node:crypto'
import type { User } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import { type Actor, defaultWorkspace } from '../actor.ts'
import { fingerprint } from '../identity-cache.ts'
import { lockWorkspace } from '../workspaces/workspaces.store.ts'
import { checkPassword, insertWithRole, newUser, unlessTaken } from './create-user.ts'
import { showUser } from './show-user.ts'
import { anyUser, deleteOldLoginTokens, insertLoginToken, isFirstOwnerToken, useFirstOwnerTokens } from './users.store.ts'

type SetupApp = Pick<App, 'db' | 'config' | 'now' | 'newId' | 'access'>
type Owner = { email: string; name: string; password: string }

/** Long enough to read the log of a server that was just put up. Every start prints a new one. */
export const setupMs = 24 * 3_600_000

/** A token of one use, for whoever sees the output of the server. Only its hash is stored. */
export async function printableSetupToken(app: Pick<App, 'db' | 'now'>): Promise<string> {
  const token = randomBytes(24).toString('base64url')
  const now = app.now()
  await app.db.write(async (trx) => {
    await deleteOldLoginTokens(trx, now)
    await insertLoginToken(trx, { hash: fingerprint(token), purpose: 'first_owner', user_id: null, expires_at: now + setupMs, used_at: null })
  })
  return token
}

/** The first owner of a server, by the token that it printed. */
export async function setUpOwner(app: SetupApp, actor: Actor, { token, ...owner }: Owner & { token: string }): Promise<User> {
  const hash = fingerprint(token)
  const refused = new CadreError('UNAUTHORIZED', 'token: is not one that this server printed, or was used, or is over; a restart prints a new one')
  // Before the password is hashed: that is work which a stranger shall not cause.
  if (!(await isFirstOwnerToken(app.db.read, hash, app.now()))) throw refused
  return makeFirstOwner(app, actor, owner, async (trx) => {
    if (!(await useFirstOwnerTokens(trx, app.now())).includes(hash)) throw refused
  })
}

/** For who has the data itself at hand: the command on the server's machine. */
export async function makeFirstOwner(
  app: SetupApp,
  actor: Actor,
  { email, name, password }: Owner,
  first: (trx: Parameters<Parameters<SetupApp['db']['write']>[0]>[0]) => Promise<void> = async () => {},
): Promise<User> {
  checkPassword(password, email)
  const user = newUser(app, { email, name, password: await app.access.passwords.hash(password) })
  await unlessTaken(() =>
    app.db.write(async (trx) => {
      await lockWorkspace(trx, defaultWorkspace)
      await first(trx)
      if (await anyUser(trx)) throw new CadreError('FORBIDDEN', 'This server has users already; log in as one of its owners.')
      await insertWithRole(trx, user, defaultWorkspace, 'owner')
      await audit(trx, app, actor, { action: 'setup.owner', target_type: 'user', target_id: user.id })
    }),
  )
  app.access.changed()
  return showUser({ ...user, role: 'owner' })
}
