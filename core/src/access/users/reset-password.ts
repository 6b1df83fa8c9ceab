import { randomBytes } from 'node:crypto'
import type { PasswordReset } from '@cadre/contract/access'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Actor } from '../actor.ts'
import { fingerprint } from '../identity-cache.ts'
import { checkPassword } from './create-user.ts'
import { requireUser } from './get-user.ts'
import { requireMayManage } from './may-manage.ts'
import { putPassword } from './set-password.ts'
import { deleteOldLoginTokens, deleteResetTokens, insertLoginToken, selectResetUser, useResetToken } from './users.store.ts'

type ResetApp = Pick<App, 'db' | 'config' | 'now' | 'access' | 'limits'>

/** Long enough to be handed over. */
const resetMs = 24 * 3_600_000

/**
 * A token of one use by which a user who forgot their password gives themselves a new one: so whoever helps them never knows it. Only its
 * hash is stored, and an earlier one is over. Until it is used, nothing changes for the user.
 */
export async function beginReset(app: ResetApp, actor: Actor, id: string): Promise<PasswordReset> {
  const user = await requireUser(app.db.read, actor, id)
  // One's own password is changed with the one before, which a stolen session does not know.
  if (actor.user_id === id) throw new CadreError('FORBIDDEN', 'Change your own password with the one that you have; a reset is for others.')
  await requireMayManage(app.db.read, actor, id)
  if (user.disabled_at !== null) throw invalid('id', 'is of a disabled user; enable them first')
  const token = randomBytes(24).toString('base64url')
  const now = app.now()
  await app.db.write(async (trx) => {
    await deleteOldLoginTokens(trx, now)
    await deleteResetTokens(trx, id)
    await insertLoginToken(trx, { hash: fingerprint(token), purpose: 'reset', user_id: id, expires_at: now + resetMs, used_at: null })
    await audit(trx, app, actor, { action: 'users.reset', target_type: 'user', target_id: id })
  })
  return { user_id: id, token, expires_at: new Date(now + resetMs).toISOString() }
}

/** By whoever holds the token. Throttled as logins are: of one address, and none that somebody else uses. */
export async function finishReset(
  app: ResetApp,
  actor: Actor,
  { token, password }: { token: string; password: string },
): Promise<{ user_id: string; changed: true }> {
  const hash = fingerprint(token)
  const refused = () => new CadreError('UNAUTHORIZED', 'token: is not a good one, or was used, or is over; ask an admin for a new one')
  const attempt = await app.limits.login({ ip: actor.ip, email: `reset ${hash}` })
  const user = await selectResetUser(app.db.read, hash, app.now())
  if (!user) {
    await app.db.write((trx) => audit(trx, app, actor, { action: 'users.reset_refused' }))
    throw refused()
  }
  await attempt.passed()
  checkPassword(password, user.email)
  const hashed = await app.access.passwords.hash(password)
  await app.db.write(async (trx) => {
    // Of two at once, one finds it unused.
    if (!(await useResetToken(trx, hash, app.now()))) throw refused()
    await putPassword(trx, app, user.id, hashed, null)
    await audit(trx, app, actor, { action: 'users.password', target_type: 'user', target_id: user.id, detail: { by: 'reset' } })
  })
  app.access.changed()
  return { user_id: user.id, changed: true }
}
