import type { User } from '@cadre/contract/access'
import type { Page } from '@cadre/contract/page'
import { readCursor, writeCursor } from '../../storage/cursor.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { showUser } from './show-user.ts'
import { selectUsersIn } from './users.store.ts'

/** Newest first. Those who run the server see everyone: a user who is in no workspace would be seen by nobody. */
export async function listUsers(app: { db: Db }, actor: Actor, page: { limit: number; cursor?: string | undefined }): Promise<Page<User>> {
  const before = page.cursor === undefined ? undefined : readCursor(page.cursor)
  const found = await selectUsersIn(app.db.read, actor.workspace_id, { everyone: actor.workspace_id === 'default', before, limit: page.limit + 1 })
  const items = found.slice(0, page.limit)
  return { items: items.map(showUser), next_cursor: found.length > page.limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}
