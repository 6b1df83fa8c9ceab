import type { UpdateUser, User } from '@cadre/contract/access'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Actor } from '../actor.ts'
import { unlessTaken } from './create-user.ts'
import { requireUser } from './get-user.ts'
import { requireMayManage } from './may-manage.ts'
import { showUser } from './show-user.ts'
import { updateUserRow } from './users.store.ts'

/** Name and address; one's own, or as an admin. Roles belong to memberships. */
export async function updateUser(app: Pick<App, 'db' | 'config' | 'now'>, actor: Actor, id: string, { name, email }: UpdateUser): Promise<User> {
  const user = await requireUser(app.db.read, actor, id)
  if (actor.user_id !== id) await requireMayManage(app.db.read, actor, id)
  const change = { name: name ?? user.name, email: email ?? user.email, updated_at: app.now() }
  const fields = Object.entries({ name, email }).flatMap(([field, value]) => (value === undefined ? [] : [field]))
  await unlessTaken(() =>
    app.db.write(async (trx) => {
      await updateUserRow(trx, id, change)
      await audit(trx, app, actor, { action: 'users.update', target_type: 'user', target_id: id, detail: { fields } })
    }),
  )
  return showUser({ ...user, ...change })
}
