import type { Role, Workspace } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import { isUniqueViolation } from '../../storage/unique-violation.ts'
import { type Actor, defaultWorkspace } from '../actor.ts'
import { runsServer } from '../identity.ts'
import { insertWorkspace, putMembership, renameWorkspaceRow, selectWorkspace, selectWorkspaces, type WorkspaceRow } from './workspaces.store.ts'

export async function listWorkspaces(app: { db: Db }, actor: Actor): Promise<{ items: Workspace[]; next_cursor: null }> {
  const rows = await selectWorkspaces(app.db.read, actor.user_id ?? '', runsServer(actor))
  // A key is of one workspace, whatever its user may see elsewhere.
  const seen = actor.kind === 'key' && !runsServer(actor) ? rows.filter(({ id }) => id === actor.workspace_id) : rows
  return { items: seen.map((row) => show(row, row.role)), next_cursor: null }
}

/** The caller becomes its owner, if the caller is somebody. */
export async function createWorkspace(app: Pick<App, 'db' | 'config' | 'now' | 'newId' | 'access'>, actor: Actor, name: string): Promise<Workspace> {
  const row = { id: app.newId('wsp'), name, slug: slugOf(name), created_at: app.now() }
  const owner = knownUser(actor)
  await app.db
    .write(async (trx) => {
      await insertWorkspace(trx, row)
      if (owner !== null) await putMembership(trx, { workspace_id: row.id, user_id: owner, role: 'owner', created_at: row.created_at })
      await audit(trx, app, actor, { action: 'workspaces.create', target_type: 'workspace', target_id: row.id, detail: { name } })
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error)?.constraint !== 'workspaces_slug') throw error
      throw new CadreError('INVALID', 'name: there is already a workspace by this name', [{ path: 'name', message: 'is taken' }])
    })
  app.access.changed()
  return show(row, owner === null ? null : 'owner')
}

/** The slug stays: addresses hold it. */
export async function renameWorkspace(app: Pick<App, 'db' | 'config' | 'now'>, actor: Actor, id: string, name: string): Promise<Workspace> {
  const row = await requireWorkspace(app, actor, id)
  await app.db.write(async (trx) => {
    await renameWorkspaceRow(trx, row.id, name)
    await audit(trx, app, actor, { action: 'workspaces.rename', target_type: 'workspace', target_id: row.id, detail: { name } })
  })
  return show({ ...row, name }, row.id === actor.workspace_id ? actor.role : null)
}

/** The one that the actor is in, or any for the owners who run the server. Others look missing. */
export async function requireWorkspace(app: { db: Db }, actor: Actor, id: string): Promise<WorkspaceRow> {
  const row = await selectWorkspace(app.db.read, id)
  const any = actor.kind === 'system' || (actor.workspace_id === defaultWorkspace && actor.role === 'owner')
  if (!row || (row.id !== actor.workspace_id && !any)) throw new CadreError('WORKSPACE_NOT_FOUND', `there is no workspace '${id}'`)
  return row
}

/** Null for `local` and `owner`, who are no users. */
function knownUser({ user_id }: Actor): string | null {
  return user_id === null || !user_id.startsWith('usr_') ? null : user_id
}

function slugOf(name: string) {
  const slug = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)
  return slug === '' ? `workspace-${[...name].reduce((sum, char) => (sum * 31 + (char.codePointAt(0) ?? 0)) % 1_000_000_007, 7)}` : slug
}

function show({ id, name, slug, created_at }: WorkspaceRow, role: string | null): Workspace {
  return { id, name, slug, role: role as Role | null, created_at: new Date(created_at).toISOString() }
}
