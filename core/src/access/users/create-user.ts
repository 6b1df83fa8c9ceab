import type { CreateUser, User } from '@cadre/contract/access'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Trx } from '../../storage/database.ts'
import { isUniqueViolation } from '../../storage/unique-violation.ts'
import { type Actor, defaultWorkspace, type Role } from '../actor.ts'
import { lockWorkspace, putMembership } from '../workspaces/workspaces.store.ts'
import { requireMayGive } from './may-manage.ts'
import { showUser } from './show-user.ts'
import { anyUser, insertUser, type UserRow } from './users.store.ts'

type UsersApp = Pick<App, 'db' | 'config' | 'now' | 'newId' | 'access'>

/** A user with a role in the actor's workspace. @throws EMAIL_TAKEN; INVALID when the first user of a server is no owner of it. */
export async function createUser(app: UsersApp, actor: Actor, { email, name, password, role }: CreateUser): Promise<User> {
  requireMayGive(actor, role)
  checkPassword(password, email)
  const user = newUser(app, { email, name, password: password === null ? null : await app.access.passwords.hash(password) })
  await unlessTaken(async () =>
    app.db.write(async (trx) => {
      await lockWorkspace(trx, defaultWorkspace)
      // A server with users asks everyone to log in: then somebody must be able to.
      if (!(await anyUser(trx)) && (role !== 'owner' || actor.workspace_id !== defaultWorkspace || password === null))
        throw invalid('role', 'the first user must be an owner with a password')
      await insertWithRole(trx, user, actor.workspace_id, role)
      await audit(trx, app, actor, { action: 'users.create', target_type: 'user', target_id: user.id, detail: { role } })
    }),
  )
  app.access.changed()
  return showUser({ ...user, role })
}

export function newUser(app: Pick<App, 'now' | 'newId'>, fields: { email: string; name: string; password: string | null }): UserRow {
  const now = app.now()
  const outside = { external_issuer: null, external_subject: null }
  return { id: app.newId('usr'), ...fields, ...outside, disabled_at: null, credentials_at: now, created_at: now, updated_at: now }
}

export async function insertWithRole(trx: Trx, user: UserRow, workspace_id: string, role: Role) {
  await insertUser(trx, user)
  await putMembership(trx, { workspace_id, user_id: user.id, role, created_at: user.created_at })
}

/** What no length says: a password that stands beside itself. */
export function checkPassword(password: string | null, email: string | null) {
  if (password !== null && email !== null && password.toLowerCase() === email) throw invalid('password', 'must not be the e-mail address')
}

export async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (isUniqueViolation(error)?.constraint !== 'users_email') throw error
    throw new CadreError('EMAIL_TAKEN', 'email: there is already a user with this address', [{ path: 'email', message: 'is taken' }])
  }
}
