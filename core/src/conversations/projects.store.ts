import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type ProjectRow = Selectable<Tables['projects']>

export function findProject(db: Db['read'], workspaceId: string, id: string): Promise<ProjectRow | undefined> {
  const query = db.selectFrom('projects').selectAll().where('id', '=', id).where('workspace_id', '=', workspaceId)
  return query.where('deleted_at', 'is', null).executeTakeFirst()
}

/** Newest first. */
export function selectProjects(db: Db['read'], workspaceId: string, page: { before: string | undefined; limit: number }): Promise<ProjectRow[]> {
  let query = db.selectFrom('projects').selectAll().where('workspace_id', '=', workspaceId).where('deleted_at', 'is', null)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  return query.orderBy('id', 'desc').limit(page.limit).execute()
}

export async function insertProject(trx: Trx, row: Insertable<Tables['projects']>) {
  await trx.insertInto('projects').values(row).execute()
}

export async function changeProject(trx: Trx, id: string, change: Updateable<Tables['projects']>) {
  await trx.updateTable('projects').set(change).where('id', '=', id).execute()
}
