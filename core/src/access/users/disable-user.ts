import type { User } from '@cadre/contract/access'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Actor } from '../actor.ts'
import { deleteSessionsOf } from '../sessions/sessions.store.ts'
import { keepAnOwner } from '../workspaces/keep-an-owner.ts'
import { selectMemberships } from '../workspaces/workspaces.store.ts'
import { requireUser } from './get-user.ts'
import { requireMayManage } from './may-manage.ts'
import { showUser } from './show-user.ts'
import { deleteUserRows, updateUserRow } from './users.store.ts'

type UsersApp = Pick<App, 'db' | 'config' | 'now' | 'access'>

/** From the next request on nothing of theirs opens a door: no session, no key, no token. */
export async function disableUser(app: UsersApp, actor: Actor, id: string): Promise<User> {
  const user = await requireUser(app.db.read, actor, id)
  await requireMayManage(app.db.read, actor, id)
  const now = app.now()
  await app.db.write(async (trx) => {
    for (const { id: workspace, role } of await selectMemberships(trx, id)) if (role === 'owner') await keepAnOwner(trx, workspace, id)
    await updateUserRow(trx, id, { disabled_at: user.disabled_at ?? now, credentials_at: now, updated_at: now })
    await deleteSessionsOf(trx, id, null)
    await audit(trx, app, actor, { action: 'users.disable', target_type: 'user', target_id: id })
  })
  app.access.changed()
  return showUser({ ...user, disabled_at: now, updated_at: now })
}

/** Keys work again; sessions have to be begun anew. */
export async function enableUser(app: UsersApp, actor: Actor, id: string): Promise<User> {
  const user = await requireUser(app.db.read, actor, id)
  await requireMayManage(app.db.read, actor, id)
  const change = { disabled_at: null, updated_at: app.now() }
  await app.db.write(async (trx) => {
    await updateUserRow(trx, id, change)
    await audit(trx, app, actor, { action: 'users.enable', target_type: 'user', target_id: id })
  })
  app.access.changed()
  return showUser({ ...user, ...change })
}

export async function deleteUser(app: UsersApp, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  await requireUser(app.db.read, actor, id)
  await requireMayManage(app.db.read, actor, id)
  await app.db.write(async (trx) => {
    for (const { id: workspace, role } of await selectMemberships(trx, id)) if (role === 'owner') await keepAnOwner(trx, workspace, id)
    await deleteUserRows(trx, id)
    await audit(trx, app, actor, { action: 'users.delete', target_type: 'user', target_id: id })
  })
  app.access.changed()
  return { id, deleted: true }
}
