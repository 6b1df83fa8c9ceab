import type { Scope } from '@cadre/contract/access'
import type { Me } from '@cadre/contract/credentials'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { permissionsOf } from '../permissions.ts'
import { selectUser } from '../users/users.store.ts'
import { selectMemberships, selectWorkspace } from '../workspaces/workspaces.store.ts'

export async function showMe(app: { db: Db }, actor: Omit<Actor, 'ip' | 'user_agent'>): Promise<Me> {
  const [user, workspace, permissions, places] = await Promise.all([
    selectUser(app.db.read, actor.user_id ?? ''),
    selectWorkspace(app.db.read, actor.workspace_id),
    permissionsOf(app, actor),
    // A key is of one workspace.
    actor.kind === 'key' ? [] : selectMemberships(app.db.read, actor.user_id ?? ''),
  ])
  if (!workspace) throw new Error(`the workspace ${actor.workspace_id} is gone`)
  return {
    kind: actor.kind,
    id: actor.id,
    user: user && { id: user.id, email: user.email, name: user.name },
    workspace: { id: workspace.id, name: workspace.name, slug: workspace.slug },
    role: actor.role,
    scopes: actor.scopes === null ? null : ([...actor.scopes] as Scope[]),
    agents: actor.agents === null ? null : [...actor.agents],
    permissions,
    workspaces: places.map(({ role, ...place }) => ({ ...place, role: role as NonNullable<Me['role']> })),
  }
}
