import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Kind, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'
import { fixed, preparedInsert } from '../storage/prepared.ts'
import { indexMessage, unindexMessage, vectorOf } from './search.store.ts'

export type MessageRow = Selectable<Tables['messages']> & { conversation_kind: string }
export type NewMessageRow = Insertable<Tables['messages']>
type Change = Pick<Updateable<Tables['messages']>, 'status' | 'run_id' | 'metadata' | 'edited_at' | 'active'> & { updated_at: number }

// Named one by one: on Postgres the table has a column for the full-text index as well.
const columns = sql`m.num, m.id, m.conversation_id, m.seq, m.author_kind, m.author_id, m.content, m.status, m.thread_id, m.parent_id, m.active, m.run_id,
  m.hop, m.metadata, m.client_key, m.created_at, m.updated_at, m.edited_at, m.deleted_at, c.kind as conversation_kind`
const from = sql`from messages m join conversations c on c.id = m.conversation_id`

const insertRow = preparedInsert(
  'messages',
  `id, conversation_id, author_kind, author_id, seq, content, status, thread_id, parent_id, active, run_id, hop, metadata, client_key,
    created_at, updated_at, edited_at, deleted_at`,
  'num',
)

/** The message with its words in the full-text index. @returns its `num`. */
export async function insertMessage(trx: Trx, kind: Kind, row: NewMessageRow): Promise<number> {
  if (kind === 'postgres') {
    const values = { ...row, words: vectorOf(row.content) } as NewMessageRow
    return (await trx.insertInto('messages').values(values).returning('num').executeTakeFirstOrThrow()).num
  }
  const num = await insertRow(trx, row)
  await indexMessage(trx, num, row)
  return num
}

/** Of a conversation that is there. */
export async function findMessage(db: Db['read'], workspaceId: string, id: string): Promise<MessageRow | undefined> {
  const { rows } = await fixed<MessageRow>`
    select ${columns} ${from} where m.id = ${id} and c.workspace_id = ${workspaceId} and c.deleted_at is null`.execute(db)
  return rows[0]
}

export async function findByClientKey(
  db: Db['read'],
  at: { conversation_id: string; author_kind: string; author_id: string; client_key: string },
): Promise<MessageRow | undefined> {
  const { rows } = await fixed<MessageRow>`select ${columns} ${from} where m.conversation_id = ${at.conversation_id}
    and m.author_kind = ${at.author_kind} and m.author_id = ${at.author_id} and m.client_key = ${at.client_key}`.execute(db)
  return rows[0]
}

export async function selectMessagesById(db: Db['read'], ids: string[]): Promise<MessageRow[]> {
  const [only] = ids
  if (only === undefined) return []
  if (ids.length === 1) return (await fixed<MessageRow>`select ${columns} ${from} where m.id = ${only}`.execute(db)).rows
  return (await sql<MessageRow>`select ${columns} ${from} where m.id in (${sql.join(ids)})`.execute(db)).rows
}

export type MessageFilter = {
  conversation_id: string
  /** Null: what stands in no thread. Undefined: all. */
  thread_id: string | null | undefined
  before: number | undefined
  after: number | undefined
  all_branches: boolean
  limit: number
}

/** Ascending by number; with `after` the oldest that fit, else the newest. */
export async function selectMessages(db: Db['read'], filter: MessageFilter): Promise<MessageRow[]> {
  const { thread_id, before, after } = filter
  const forward = after !== undefined
  const where = [
    sql`m.conversation_id = ${filter.conversation_id}`,
    ...(thread_id === undefined ? [] : [thread_id === null ? sql`m.thread_id is null` : sql`m.thread_id = ${thread_id}`]),
    ...(before === undefined ? [] : [sql`m.seq < ${before}`]),
    ...(after === undefined ? [] : [sql`m.seq > ${after}`]),
    ...(filter.all_branches ? [] : [sql`m.active = 1`]),
  ]
  const { rows } = await sql<MessageRow>`select ${columns} ${from} where ${sql.join(where, sql` and `)}
    order by m.seq ${forward ? sql`asc` : sql`desc`} limit ${filter.limit}`.execute(db)
  return forward ? rows : rows.reverse()
}

export async function changeMessage(trx: Trx, id: string, change: Change) {
  await trx.updateTable('messages').set(change).where('id', '=', id).execute()
}

/** Other words: the index follows. */
export async function changeContent(trx: Trx, kind: Kind, row: MessageRow, content: string, change: Change) {
  if (kind === 'postgres') {
    await trx
      .updateTable('messages')
      .set({ ...change, content, words: vectorOf(content) } as Updateable<Tables['messages']>)
      .where('id', '=', row.id)
      .execute()
    return
  }
  await trx
    .updateTable('messages')
    .set({ ...change, content })
    .where('id', '=', row.id)
    .execute()
  await unindexMessage(trx, row.num)
  await indexMessage(trx, row.num, { conversation_id: row.conversation_id, content })
}

/** @returns false when it was deleted before. */
export async function markDeleted(trx: Trx, kind: Kind, row: MessageRow, now: number): Promise<boolean> {
  const query = trx.updateTable('messages').set({ deleted_at: now, updated_at: now }).where('id', '=', row.id).where('deleted_at', 'is', null)
  const { numUpdatedRows } = await query.executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  if (kind === 'sqlite') await unindexMessage(trx, row.num)
  else await sql`update messages set words = null where id = ${row.id}`.execute(trx)
  return true
}

/** Deletes for good, with all that hangs on it, up to a number; at most so many. @returns how many there were. */
export async function deleteUpTo(trx: Trx, kind: Kind, conversationId: string, seq: number, limit: number): Promise<number> {
  const { rows } = await sql<{ id: string; num: number; deleted_at: number | null }>`select id, num, deleted_at from messages
    where conversation_id = ${conversationId} and seq <= ${seq} order by seq limit ${limit}`.execute(trx)
  if (rows.length === 0) return 0
  const ids = rows.map((row) => row.id)
  if (kind === 'sqlite') for (const { num, deleted_at } of rows) if (deleted_at === null) await unindexMessage(trx, num)
  for (const table of ['reactions', 'pins', 'mentions', 'attachments', 'llm_messages', 'message_jobs'] as const)
    await trx.deleteFrom(table).where('message_id', 'in', ids).execute()
  await trx.deleteFrom('messages').where('id', 'in', ids).execute()
  return rows.length
}

/** The number of the last message before the first one that is as young as that; 0 where there is none. */
export async function lastSeqBefore(db: Db['read'], conversationId: string, time: number): Promise<number> {
  const { rows } = await sql<{ seq: number | null }>`select coalesce(
      (select min(seq) from messages where conversation_id = ${conversationId} and created_at >= ${time}) - 1,
      (select max(seq) from messages where conversation_id = ${conversationId})) as seq`.execute(db)
  return rows[0]?.seq ?? 0
}
