import type { CreateProject, Project, UpdateProject } from '@cadre/contract/conversations'
import { CadreError } from '@cadre/contract/errors'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { readCursor, writeCursor } from '../storage/cursor.ts'
import type { Db } from '../storage/database.ts'
import { changeConversation, selectChannelsOf } from './conversations.store.ts'
import { appendEvents } from './events.ts'
import { changeProject, findProject, insertProject, type ProjectRow, selectProjects } from './projects.store.ts'
import { administers, personOf } from './seats.ts'
import { iso } from './show-message.ts'
import { endLater } from './turns/trigger.ts'

export async function requireProject(db: Db['read'], actor: Actor, id: string): Promise<ProjectRow> {
  const row = actor.kind === 'public' ? undefined : await findProject(db, actor.workspace_id, id)
  if (!row) throw new CadreError('PROJECT_NOT_FOUND', `there is no project '${id}'`)
  return row
}

async function requireOwnProject(db: Db['read'], actor: Actor, id: string): Promise<ProjectRow> {
  const row = await requireProject(db, actor, id)
  if (row.created_by !== actor.user_id && !administers(actor))
    throw new CadreError('FORBIDDEN', 'only who made this project, or an owner or admin of the workspace, may do this')
  return row
}

export async function listProjects(app: { db: Db }, actor: Actor, input: { limit: number; cursor?: string | undefined }): Promise<Page<Project>> {
  personOrSystem(actor)
  const before = input.cursor === undefined ? undefined : readCursor(input.cursor)
  const rows = await selectProjects(app.db.read, actor.workspace_id, { before, limit: input.limit + 1 })
  const items = rows.slice(0, input.limit).map(show)
  return { items, next_cursor: rows.length > input.limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}

export async function createProject(app: Pick<App, 'db' | 'now' | 'newId'>, actor: Actor, input: CreateProject): Promise<Project> {
  const now = app.now()
  const times = { created_at: now, updated_at: now, deleted_at: null }
  const row = { id: app.newId('prj'), workspace_id: actor.workspace_id, ...input, created_by: personOf(actor), ...times }
  await app.db.write((trx) => insertProject(trx, row))
  return show(row)
}

export async function getProject(app: { db: Db }, actor: Actor, id: string): Promise<Project> {
  return show(await requireProject(app.db.read, actor, id))
}

export async function updateProject(app: Pick<App, 'db' | 'now'>, actor: Actor, id: string, change: UpdateProject): Promise<Project> {
  await requireOwnProject(app.db.read, actor, id)
  await app.db.write((trx) => changeProject(trx, id, { ...change, updated_at: app.now() }))
  return getProject(app, actor, id)
}

/** Its channels go with it. */
export async function deleteProject(
  app: Pick<App, 'db' | 'now' | 'rooms' | 'config' | 'queue' | 'wakeWorkers'>,
  actor: Actor,
  id: string,
): Promise<{ id: string; deleted: true }> {
  await requireOwnProject(app.db.read, actor, id)
  const now = app.now()
  await app.db.write(async (trx) => {
    await changeProject(trx, id, { deleted_at: now })
    for (const channel of await selectChannelsOf(trx, id)) {
      await changeConversation(trx, channel, { deleted_at: now, updated_at: now })
      await appendEvents(trx, channel, now, [{ type: 'conversation.deleted' }])
      await endLater(trx, app, channel)
    }
    await audit(trx, app, actor, { action: 'projects.delete', target_type: 'project', target_id: id })
  })
  app.rooms.wake()
  app.wakeWorkers()
  return { id, deleted: true }
}

function personOrSystem(actor: Actor) {
  if (actor.kind !== 'system') personOf(actor)
}

function show({ id, name, description, created_by, created_at, updated_at }: ProjectRow): Project {
  return { id, name, description, created_by, created_at: iso(created_at), updated_at: iso(updated_at) }
}
