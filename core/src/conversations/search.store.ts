import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { type Own, ownIds } from './conversations.store.ts'
import { fixed } from '../storage/prepared.ts'
import { textOfWords, type WordQuery, wordsOf } from './search-words.ts'

// Both databases index the words that search-words.ts makes, and are asked for those words: what a person types is never a query of theirs.

/** As SQLite's `ascii` tokenizer takes it for one word. */
const scopeOf = (conversationId: string) => conversationId.slice(conversationId.indexOf('_') + 1)

export async function indexMessage(trx: Trx, num: number, { conversation_id, content }: { conversation_id: string; content: string }) {
  await fixed`insert into message_search (rowid, words, scope) values (${num}, ${textOfWords(content)}, ${scopeOf(conversation_id)})`.execute(trx)
}

export async function unindexMessage(trx: Trx, num: number) {
  await sql`delete from message_search where rowid = ${num}`.execute(trx)
}

/** A tsvector holds less than a megabyte; what comes after so many bytes of words is not found. */
const vectorBytes = 800_000

/** The words of a text with their places, as Postgres keeps them. */
export function vectorOf(content: string) {
  const places = new Map<string, number[]>()
  let bytes = 0
  let place = 0
  for (const { word } of wordsOf(content)) {
    place += 1
    const known = places.get(word)
    if (known && known.length >= 255) continue
    bytes += known ? 2 : Buffer.byteLength(word) + 10
    if (bytes > vectorBytes) break
    if (known) known.push(Math.min(place, 16_383))
    else places.set(word, [Math.min(place, 16_383)])
  }
  const text = [...places].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ')
  return sql`${text}::tsvector`
}

export type SearchFilter = {
  query: WordQuery
  workspace_id: string
  /** Null: all of the workspace. */
  of: Own | null
  /** Null: not worth a list, `of` says it. */
  conversation_ids: string[] | null
  author_id: string | undefined
  from: number | undefined
  to: number | undefined
  offset: number
  limit: number
}

/** Of the messages that fit, the newest so many are ranked: a word that is everywhere must not be weighed a million times (6 µs each). */
const candidates = 3_000

/** The ids of messages, best first, among equals the newest. */
export async function searchMessages(db: Db['read'], kind: Db['kind'], filter: SearchFilter): Promise<string[]> {
  const { conversation_ids: within } = filter
  if (within?.length === 0) return []
  const where = [
    sql`m.deleted_at is null and m.active = 1 and c.deleted_at is null and c.workspace_id = ${filter.workspace_id}`,
    ...(within ? [sql`m.conversation_id in (${sql.join(within)})`] : filter.of === null ? [] : [sql`m.conversation_id in (${ownIds(filter.of)})`]),
    ...(filter.author_id === undefined ? [] : [sql`m.author_id = ${filter.author_id}`]),
    ...(filter.from === undefined ? [] : [sql`m.created_at >= ${filter.from}`]),
    ...(filter.to === undefined ? [] : [sql`m.created_at < ${filter.to}`]),
  ]
  const page = sql`limit ${filter.limit} offset ${filter.offset}`
  if (kind === 'postgres') {
    const { rows } = await sql<{ id: string }>`
      with asked as (select ${tsqueryOf(filter.query)}::tsquery as q),
      found as (select m.id, m.num, m.words from messages m join conversations c on c.id = m.conversation_id, asked
        where m.words @@ asked.q and ${sql.join(where, sql` and `)} order by m.num desc limit ${candidates})
      select found.id from found, asked order by ts_rank_cd(found.words, asked.q, 1) desc, found.num desc ${page}`.execute(db)
    return rows.map((row) => row.id)
  }
  // cross join keeps the order: without it SQLite begins with the conversations and reads every message of theirs (350 ms instead of 0.1).
  const scope = within ? ` AND scope : (${within.map((id) => `"${scopeOf(id)}"`).join(' OR ')})` : ''
  const { rows } = await sql<{ id: string }>`
    with found as (select rowid as num, bm25(message_search, 1.0, 0.0) as rank from message_search
      where message_search match ${`words : (${ftsOf(filter.query)})${scope}`} order by rowid desc limit ${candidates})
    select m.id from found cross join messages m on m.num = found.num cross join conversations c on c.id = m.conversation_id
    where ${sql.join(where, sql` and `)} order by found.rank, m.num desc ${page}`.execute(db)
  return rows.map((row) => row.id)
}

/** Words hold letters, digits and marks only (search-words.ts), so that nothing in them could end the quotes. */
function ftsOf({ all, none }: WordQuery): string {
  const one = ({ words, prefix }: { words: string[]; prefix: boolean }) => `"${words.join(' ')}"${prefix ? '*' : ''}`
  const wanted = all.map(one).join(' AND ')
  return none.length === 0 ? wanted : `(${wanted}) NOT (${none.map(one).join(' OR ')})`
}

function tsqueryOf({ all, none }: WordQuery): string {
  const one = ({ words, prefix }: { words: string[]; prefix: boolean }) =>
    `(${words.map((word, i) => `'${word}'${prefix && i === words.length - 1 ? ':*' : ''}`).join(' <-> ')})`
  return [...all.map(one), ...none.map((each) => `!${one(each)}`)].join(' & ')
}
