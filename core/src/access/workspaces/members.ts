import type { Member, Role } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { requireUser } from '../users/get-user.ts'
import { requireMayGive } from '../users/may-manage.ts'
import { keepAnOwner } from './keep-an-owner.ts'
import { deleteMembership, putMembership, selectMembers, selectMemberships } from './workspaces.store.ts'
import { requireWorkspace } from './workspaces.ts'

type MembersApp = Pick<App, 'db' | 'config' | 'now' | 'access'>
type Ref = { id: string; userId: string }

export async function listMembers(app: { db: Db }, actor: Actor, id: string): Promise<{ items: Member[]; next_cursor: null }> {
  const workspace = await requireWorkspace(app, actor, id)
  const rows = await selectMembers(app.db.read, workspace.id)
  return { items: rows.map((row) => ({ ...row, role: row.role as Role, created_at: new Date(row.created_at).toISOString() })), next_cursor: null }
}

/** Changes a role; brings a user in from elsewhere, which only those who run the server can, since nobody else sees them. */
export async function putMember(app: MembersApp, actor: Actor, { id, userId, role }: Ref & { role: Role }): Promise<Member> {
  const workspace = await requireWorkspace(app, actor, id)
  const user = await requireUser(app.db.read, actor, userId)
  requireMayGive(actor, role)
  const created_at = app.now()
  await app.db.write(async (trx) => {
    const before = (await selectMemberships(trx, userId)).find((place) => place.id === workspace.id)?.role
    if (before === 'owner' && role !== 'owner') {
      refuseChangeOfOwner(actor)
      await keepAnOwner(trx, workspace.id, userId)
    }
    await putMembership(trx, { workspace_id: workspace.id, user_id: userId, role, created_at })
    const detail = { workspace: workspace.id, before: before ?? null, role }
    await audit(trx, app, actor, { action: 'members.put', target_type: 'user', target_id: userId, detail })
  })
  app.access.changed()
  const member = (await selectMembers(app.db.read, workspace.id)).find((row) => row.user_id === userId)
  return { user_id: userId, email: user.email, name: user.name, role, created_at: new Date(member?.created_at ?? created_at).toISOString() }
}

/** With the user's sessions, keys and grants in this workspace. */
export async function removeMember(app: MembersApp, actor: Actor, { id, userId }: Ref): Promise<{ user_id: string; deleted: true }> {
  const workspace = await requireWorkspace(app, actor, id)
  await requireUser(app.db.read, actor, userId)
  await app.db.write(async (trx) => {
    const before = (await selectMemberships(trx, userId)).find((place) => place.id === workspace.id)
    if (!before) throw new CadreError('USER_NOT_FOUND', `there is no user '${userId}' in this workspace`)
    if (before.role === 'owner') {
      refuseChangeOfOwner(actor)
      await keepAnOwner(trx, workspace.id, userId)
    }
    await deleteMembership(trx, workspace.id, userId)
    await audit(trx, app, actor, { action: 'members.remove', target_type: 'user', target_id: userId, detail: { workspace: workspace.id } })
  })
  app.access.changed()
  return { user_id: userId, deleted: true }
}

function refuseChangeOfOwner(actor: Actor) {
  if (actor.role !== 'owner' && actor.kind !== 'system') throw new CadreError('FORBIDDEN', 'Only an owner may change an owner.')
}
