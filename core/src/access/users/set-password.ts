import type { User } from '@cadre/contract/access'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Trx } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import type { Credential } from '../identity.ts'
import { deleteSessionsOf } from '../sessions/sessions.store.ts'
import { checkPassword } from './create-user.ts'
import { requireUser } from './get-user.ts'
import { requireMayManage } from './may-manage.ts'
import { showUser } from './show-user.ts'
import { deleteResetTokens, selectUserByEmail, updateUserRow } from './users.store.ts'

type Given = { id: string; password: string; current_password?: string | undefined }

/** Ends the user's sessions, but for the one that asks, and the tokens that were signed before. API keys stay: they are not the password's. */
export async function setPassword(
  app: Pick<App, 'db' | 'config' | 'now' | 'access'>,
  actor: Actor,
  { id, password, current_password }: Given,
  credential: Credential,
): Promise<User> {
  const user = await requireUser(app.db.read, actor, id)
  if (actor.user_id !== id) await requireMayManage(app.db.read, actor, id)
  // Who finds an open browser, or a key, must not be able to take the account over.
  else if (user.password !== null && !(await app.access.passwords.verify(current_password ?? '', user.password)))
    throw invalid('current_password', current_password === undefined ? 'is required' : 'is not right')
  checkPassword(password, user.email)
  const hashed = await app.access.passwords.hash(password)
  const keep = credential.type === 'session' && actor.user_id === id ? credential.id : null
  const change = await app.db.write(async (trx) => {
    const change = await putPassword(trx, app, id, hashed, keep)
    await audit(trx, app, actor, { action: 'users.password', target_type: 'user', target_id: id })
    return change
  })
  app.access.changed()
  return showUser({ ...user, ...change })
}

/** With what a new password ends: sessions but `keep`, signed tokens, and a reset that was begun. */
export async function putPassword(trx: Trx, { now }: Pick<App, 'now'>, id: string, hashed: string, keep: string | null) {
  const change = { password: hashed, credentials_at: now(), updated_at: now() }
  await updateUserRow(trx, id, change)
  await deleteSessionsOf(trx, id, keep)
  await deleteResetTokens(trx, id)
  return change
}

/** The same by e-mail address, for who has no list to look the id up. */
export async function setPasswordOf(
  app: Pick<App, 'db' | 'config' | 'now' | 'access'>,
  actor: Actor,
  { email, password }: { email: string; password: string },
  credential: Credential,
): Promise<User> {
  const user = await selectUserByEmail(app.db.read, email)
  if (!user) throw new CadreError('USER_NOT_FOUND', `there is no user with the address ${email}`)
  return setPassword(app, actor, { id: user.id, password }, credential)
}
