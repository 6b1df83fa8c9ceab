import type { ListPeople, Person } from '@cadre/contract/access'
import type { Page } from '@cadre/contract/page'
import { readCursor, writeCursor } from '../../storage/cursor.ts'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { selectPeople } from './users.store.ts'

/** The people of the actor's workspace, newest first: for choosing whom to write to, so names and nothing else. */
export async function listPeople(app: { db: Db }, actor: Actor, { q = '', limit, cursor }: ListPeople): Promise<Page<Person>> {
  const before = cursor === undefined ? undefined : readCursor(cursor)
  const found = await selectPeople(app.db.read, actor.workspace_id, { spellings: spellingsOf(q), before, limit: limit + 1 })
  const items = found.slice(0, limit)
  return { items, next_cursor: found.length > limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}

/** SQLite folds the case of ASCII letters only: `érica` finds `Érica` by being asked for as that, too. */
function spellingsOf(q: string): string[] {
  if (q === '') return []
  return [...new Set([q, q.toLowerCase(), q.toUpperCase(), q.slice(0, 1).toUpperCase() + q.slice(1).toLowerCase()])]
}
