import { CadreError } from '@cadre/contract/errors'
import type { Found, SearchMessages } from '@cadre/contract/messages'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { findTitles, type Own, selectOwnIds } from './conversations.store.ts'
import { readPlace, writePlace } from './places.ts'
import { searchMessages } from './search.store.ts'
import { parseQuery, snippetOf } from './search-words.ts'
import { ownOf, requireSeat } from './seats.ts'
import { showMessagesById } from './show-message.ts'

/** Who has more conversations than this is asked for by a join; below, the index itself knows where to look. */
const mostListed = 300
const deepest = 2_000

/** Messages with these words in what the actor takes part in, and in all channels; best first. */
export async function findMessages(app: { db: Db }, actor: Actor, input: SearchMessages): Promise<Page<Found>> {
  const of = actor.kind === 'system' ? null : ownOf(actor)
  if (input.conversation !== undefined) await requireSeat(app.db.read, actor, input.conversation, 'see')
  const offset = input.cursor === undefined ? 0 : Number(readPlace(input.cursor, /^found:\d{1,6}$/).slice(6))
  if (offset > deepest)
    throw new CadreError('BAD_REQUEST', 'cursor: goes too deep; ask for rarer words', [{ path: 'cursor', message: 'goes too deep' }])
  const query = parseQuery(input.q)
  if (!query) return { items: [], next_cursor: null }
  const ids = await searchMessages(app.db.read, app.db.kind, {
    query,
    workspace_id: actor.workspace_id,
    of,
    conversation_ids: input.conversation !== undefined ? [input.conversation] : of === null ? null : await listedIds(app.db.read, of),
    author_id: input.author,
    from: input.from === undefined ? undefined : Date.parse(input.from),
    to: input.to === undefined ? undefined : Date.parse(input.to),
    offset,
    limit: input.limit + 1,
  })
  const messages = await showMessagesById(app.db.read, ids.slice(0, input.limit))
  const titles = await findTitles(app.db.read, [...new Set(messages.map((message) => message.conversation_id))])
  return {
    items: messages.map((message) => ({
      message,
      conversation_title: titles.get(message.conversation_id) ?? null,
      ...snippetOf(message.content, query),
    })),
    next_cursor: ids.length > input.limit ? writePlace(`found:${offset + input.limit}`) : null,
  }
}

async function listedIds(db: Db['read'], own: Own): Promise<string[] | null> {
  const ids = await selectOwnIds(db, own, mostListed + 1)
  return ids.length > mostListed ? null : ids
}
