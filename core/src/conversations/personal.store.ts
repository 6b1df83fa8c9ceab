import { sql } from 'kysely'
import type { Db, Kind, Trx } from '../storage/database.ts'
import { deleteConversationRows } from './conversations.store.ts'
import { deleteUpTo } from './messages.store.ts'

// What conversations keep of one person. The columns with such ids are named once more in access/personal-data, whose test knows them all.

type Row = Record<string, unknown>
const pageRows = 500

/** Page by page; `after` is the last `key` of the page before. */
const mine: { table: string; query: (id: string, after: string) => ReturnType<typeof sql<Row>> }[] = [
  { table: 'projects', query: (id, after) => sql<Row>`select *, id as key from projects where created_by = ${id} and id > ${after}` },
  { table: 'conversations', query: (id, after) => sql<Row>`select *, id as key from conversations where created_by = ${id} and id > ${after}` },
  {
    table: 'participants',
    query: (id, after) =>
      sql<Row>`select *, conversation_id as key from participants where kind = 'user' and participant_id = ${id} and conversation_id > ${after}`,
  },
  {
    table: 'messages',
    query: (
      id,
      after,
    ) => sql<Row>`select id, conversation_id, seq, content, status, thread_id, parent_id, metadata, client_key, created_at, edited_at, deleted_at,
      id as key from messages where author_kind = 'user' and author_id = ${id} and id > ${after}`,
  },
  {
    table: 'reactions',
    query: (id, after) =>
      sql<Row>`select *, message_id || emoji as key from reactions where kind = 'user' and participant_id = ${id} and message_id || emoji > ${after}`,
  },
  {
    table: 'mentions',
    query: (id, after) =>
      sql<Row>`select *, message_id as key from mentions where kind = 'user' and participant_id = ${id} and message_id > ${after}`,
  },
  { table: 'pins', query: (id, after) => sql<Row>`select *, message_id as key from pins where pinned_by = ${id} and message_id > ${after}` },
  { table: 'attachments', query: (id, after) => sql<Row>`select *, id as key from attachments where created_by = ${id} and id > ${after}` },
]

export async function* rowsOfPerson(db: Db['read'], userId: string): AsyncGenerator<{ table: string; row: Row }> {
  for (const { table, query } of mine) {
    for (let after = ''; ;) {
      const { rows } = await sql<Row>`${query(userId, after)} order by key limit ${pageRows}`.execute(db)
      for (const { key, ...row } of rows) {
        after = String(key)
        yield { table, row }
      }
      if (rows.length < pageRows) break
    }
  }
}

/** Conversations in which no other person ever was: what agents said there was said to this one alone. */
async function selectAlone(trx: Trx, userId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select c.id from conversations c
    join participants p on p.conversation_id = c.id and p.kind = 'user' and p.participant_id = ${userId}
    where c.kind <> 'channel' and not exists (
      select 1 from participants o where o.conversation_id = c.id and o.kind = 'user' and o.participant_id <> ${userId})`.execute(trx)
  return rows.map((row) => row.id)
}

export async function deleteAlone(trx: Trx, kind: Kind, userId: string) {
  for (const id of await selectAlone(trx, userId)) {
    while ((await deleteUpTo(trx, kind, id, 2 ** 31 - 1, pageRows)) === pageRows);
    await deleteConversationRows(trx, id)
  }
}

/** Elsewhere their words go, with all that was made of them; that somebody wrote there, and when, stays for the others. */
export async function eraseElsewhere(trx: Trx, kind: Kind, userId: string, text: string) {
  const theirs = sql`author_kind = 'user' and author_id = ${userId}`
  const ids = sql`(select id from messages where ${theirs})`
  await sql`delete from llm_messages where message_id in ${ids}`.execute(trx)
  await sql`delete from attachments where created_by = ${userId}`.execute(trx)
  await sql`delete from mentions where message_id in ${ids} or (kind = 'user' and participant_id = ${userId})`.execute(trx)
  await sql`delete from reactions where kind = 'user' and participant_id = ${userId}`.execute(trx)
  if (kind === 'sqlite')
    await sql`delete from message_search where rowid in (select num from messages where ${theirs} and deleted_at is null)`.execute(trx)
  else await sql`update messages set words = null where ${theirs}`.execute(trx)
  await sql`update messages set content = ${text}, metadata = null, client_key = null where ${theirs}`.execute(trx)
  await sql`update conversations set title = ${text}, topic = null where created_by = ${userId} and kind <> 'channel'`.execute(trx)
}
