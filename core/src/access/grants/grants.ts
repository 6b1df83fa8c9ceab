import type { Grant, GrantRef } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { selectUserIn } from '../users/users.store.ts'
import { deleteGrantRow, type GrantRow, putGrantRow, selectGrants } from './grants.store.ts'

type GrantsApp = Pick<App, 'db' | 'config' | 'now'>
const levels = ['view', 'run', 'edit'] as const

/** Of the actor's workspace. */
export async function listGrants(app: { db: Db }, actor: Actor, like: Partial<GrantRef>): Promise<{ items: Grant[]; next_cursor: null }> {
  return { items: (await selectGrants(app.db.read, actor.workspace_id, like)).map(show), next_cursor: null }
}

/** To a member of the workspace. Whether the thing is there is not asked: a grant on nothing opens nothing. */
export async function putGrant(app: GrantsApp, actor: Actor, { level, ...ref }: GrantRef & Pick<Grant, 'level'>): Promise<Grant> {
  const user = await selectUserIn(app.db.read, ref.user_id, actor.workspace_id)
  if (!user || user.role === null) throw new CadreError('USER_NOT_FOUND', `there is no user '${ref.user_id}' in this workspace`)
  const row = { ...ref, level, workspace_id: actor.workspace_id, created_by: actor.id, created_at: app.now() }
  await app.db.write(async (trx) => {
    await putGrantRow(trx, row)
    await audit(trx, app, actor, {
      action: 'grants.put',
      target_type: ref.resource_type,
      target_id: ref.resource_id,
      detail: { user: ref.user_id, level },
    })
  })
  return show(row)
}

export async function removeGrant(app: GrantsApp, actor: Actor, ref: GrantRef): Promise<GrantRef & { deleted: true }> {
  await app.db.write(async (trx) => {
    if (!(await deleteGrantRow(trx, actor.workspace_id, ref))) throw new CadreError('GRANT_NOT_FOUND', 'there is no such grant')
    await audit(trx, app, actor, {
      action: 'grants.remove',
      target_type: ref.resource_type,
      target_id: ref.resource_id,
      detail: { user: ref.user_id },
    })
  })
  return { ...ref, deleted: true }
}

/** Whether the actor was given at least this on one thing. A key gets what its user was given. */
export async function isGranted(
  app: { db: Pick<Db, 'read'> },
  actor: Actor,
  type: GrantRef['resource_type'],
  id: string,
  least: Grant['level'],
): Promise<boolean> {
  if (actor.user_id === null) return false
  const [grant] = await selectGrants(app.db.read, actor.workspace_id, { user_id: actor.user_id, resource_type: type, resource_id: id })
  return grant !== undefined && reaches(grant, least)
}

/** On which things of a kind the actor was given at least this. */
export async function grantedIds(
  app: { db: Pick<Db, 'read'> },
  actor: Actor,
  type: GrantRef['resource_type'],
  least: Grant['level'],
): Promise<string[]> {
  if (actor.user_id === null) return []
  const grants = await selectGrants(app.db.read, actor.workspace_id, { user_id: actor.user_id, resource_type: type })
  return grants.filter((grant) => reaches(grant, least)).map(({ resource_id }) => resource_id)
}

/** All that the actor was given here. */
export async function ownGrants(app: { db: Db }, { user_id, workspace_id }: Pick<Actor, 'user_id' | 'workspace_id'>): Promise<Grant[]> {
  return user_id === null ? [] : (await selectGrants(app.db.read, workspace_id, { user_id })).map(show)
}

export const reaches = ({ level }: Pick<GrantRow, 'level'>, least: Grant['level']) => levels.indexOf(level as Grant['level']) >= levels.indexOf(least)

function show({ resource_type, resource_id, user_id, level, created_by, created_at }: GrantRow): Grant {
  const ref = { resource_type: resource_type as Grant['resource_type'], resource_id, user_id }
  return { ...ref, level: level as Grant['level'], created_by, created_at: new Date(created_at).toISOString() }
}
