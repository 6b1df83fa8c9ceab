import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fixed } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

export type ConversationRow = Selectable<Tables['conversations']>
type Change = Pick<Updateable<Tables['conversations']>, 'title' | 'topic' | 'policy' | 'retention_days' | 'updated_at' | 'deleted_at'>

/** Living ones only; one of another workspace is not there. */
export async function findConversation(db: Db['read'], workspaceId: string, id: string): Promise<ConversationRow | undefined> {
  const { rows } = await fixed<ConversationRow>`
    select * from conversations where id = ${id} and workspace_id = ${workspaceId} and deleted_at is null`.execute(db)
  return rows[0]
}

export function findByPair(db: Db['read'], workspaceId: string, pair: string): Promise<ConversationRow | undefined> {
  return db
    .selectFrom('conversations')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('pair', '=', pair)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
}

export async function isImported(db: Db['read'], at: { workspace_id: string; created_by: string; import_key: string }): Promise<boolean> {
  const query = db.selectFrom('conversations').select('id').where('workspace_id', '=', at.workspace_id).where('created_by', '=', at.created_by)
  return (await query.where('import_key', '=', at.import_key).where('deleted_at', 'is', null).executeTakeFirst()) !== undefined
}

export async function insertConversation(trx: Trx, row: Insertable<Tables['conversations']>) {
  await trx.insertInto('conversations').values(row).execute()
}

export async function changeConversation(trx: Trx, id: string, change: Change) {
  await trx.updateTable('conversations').set(change).where('id', '=', id).execute()
}

/**
 * Takes the next number for a message, and those for so many events, of which `event` is the first. On Postgres the row stays locked to the
 * end of the transaction: numbers become visible in order and without gaps. Undefined: the conversation was deleted meanwhile.
 */
export async function takeNumbers(trx: Trx, id: string, now: number, events: number): Promise<{ seq: number; event: number } | undefined> {
  const { rows } = await fixed<{ last_seq: number; last_event: number }>`
    update conversations set last_seq = last_seq + 1, last_message_at = ${now}, active_at = ${now}, last_event = last_event + ${events}
    where id = ${id} and deleted_at is null returning last_seq, last_event`.execute(trx)
  const [row] = rows
  return row && { seq: row.last_seq, event: row.last_event - events + 1 }
}

export type ConversationFilter = {
  workspace_id: string
  /** Null: all of the workspace. */
  of: Own | null
  kind: string | undefined
  project_id: string | undefined
  agent_id: string | undefined
  before: { active_at: number; id: string } | undefined
  limit: number
}

/** By the last activity, the latest first. */
export function selectConversations(db: Db['read'], filter: ConversationFilter): Promise<ConversationRow[]> {
  let query = db
    .selectFrom('conversations')
    .selectAll()
    .where('workspace_id', '=', filter.workspace_id)
    .where('deleted_at', 'is', null)
    .orderBy('active_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit)
  if (filter.of !== null) query = query.where(sql<boolean>`id in (${ownIds(filter.of)})`)
  if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind)
  if (filter.project_id !== undefined) query = query.where('project_id', '=', filter.project_id)
  if (filter.agent_id !== undefined)
    query = query.where(
      sql<boolean>`id in (select conversation_id from participants where kind = 'agent' and participant_id = ${filter.agent_id} and left_at is null)`,
    )
  const { before } = filter
  if (before)
    query = query.where((is) =>
      is.or([is('active_at', '<', before.active_at), is.and([is('active_at', '=', before.active_at), is('id', '<', before.id)])]),
    )
  return query.execute()
}

/** Whose conversations. @property agents for a key that is for these agents only: it sees where no others are. */
export type Own = { workspace_id: string; user_id: string; agents: readonly string[] | null }

/** The ids of those that a person takes part in, and of all channels. */
export function ownIds({ workspace_id, user_id, agents }: Own) {
  const ids = sql<{ id: string }>`select conversation_id from participants where kind = 'user' and participant_id = ${user_id} and left_at is null
    union select id from conversations where workspace_id = ${workspace_id} and kind = 'channel' and deleted_at is null`
  if (agents === null) return ids
  const listed = agents.length === 0 ? sql`('')` : sql`(${sql.join(agents)})`
  return sql<{ id: string }>`select conversation_id from participants where kind = 'agent' and left_at is null and conversation_id in (${ids})
    group by conversation_id having sum(case when participant_id in ${listed} then 0 else 1 end) = 0`
}

export async function selectOwnIds(db: Db['read'], own: Own, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select c.id from conversations c
    where c.id in (${ownIds(own)}) and c.workspace_id = ${own.workspace_id} and c.deleted_at is null limit ${limit}`.execute(db)
  return rows.map((row) => row.id)
}

/** Of `c` for `p`: the distance from what was read to the newest number, less those of them that are hidden. */
const unreadBy = sql`c.last_seq - p.last_read_seq - (
  select count(*) from messages h where h.conversation_id = c.id and h.seq > p.last_read_seq and (h.deleted_at is not null or h.active = 0))`

export type Glance = { id: string; unread: number; last_message_id: string | null }

/**
 * What a list shows beside each conversation. Unread is the distance from what was read to the newest number, less those of them that
 * are hidden, which an index of the hidden ones alone counts: exact, and as cheap with a thousand unread messages as with one. Nobody's
 * own messages are among them, since who writes has read up to there.
 */
export async function selectGlances(db: Db['read'], ids: string[], userId: string | null): Promise<Glance[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Glance>`
    select c.id, case when p.last_read_seq is null then 0 else ${unreadBy} end as unread,
      (select m.id from messages m where m.conversation_id = c.id and m.deleted_at is null and m.active = 1
        order by m.seq desc limit 1) as last_message_id
    from conversations c
    left join participants p on p.conversation_id = c.id and p.kind = 'user' and p.participant_id = ${userId} and p.left_at is null
    where c.id in (${sql.join(ids)})`.execute(db)
  return rows
}

/** Where somebody takes part and has not muted it. Conversations that are read to the end cost a look at their row. */
export async function sumUnread(db: Db['read'], own: Own): Promise<{ messages: number; conversations: number }> {
  const shown = own.agents === null ? sql`true` : sql`c.id in (${ownIds(own)})`
  const { rows } = await sql<{ messages: number | string; conversations: number | string }>`
    select coalesce(sum(unread), 0) as messages, count(*) as conversations
    from (
      select ${unreadBy} as unread
      from participants p join conversations c on c.id = p.conversation_id
      where p.kind = 'user' and p.participant_id = ${own.user_id} and p.left_at is null and p.muted = 0
        and c.workspace_id = ${own.workspace_id} and c.deleted_at is null and c.last_seq > p.last_read_seq and ${shown}
    ) as each_one
    where unread > 0`.execute(db)
  const [{ messages, conversations } = { messages: 0, conversations: 0 }] = rows
  return { messages: Number(messages), conversations: Number(conversations) }
}

export async function selectRetaining(db: Db['read'], after: string, limit: number): Promise<{ id: string; retention_days: number }[]> {
  const query = db
    .selectFrom('conversations')
    .select(['id', 'retention_days'])
    .where('retention_days', 'is not', null)
    .where('deleted_at', 'is', null)
  const rows = await query.where('id', '>', after).orderBy('id').limit(limit).execute()
  return rows.map(({ id, retention_days }) => ({ id, retention_days: retention_days ?? 0 }))
}

export async function selectChannelsOf(trx: Trx, projectId: string): Promise<string[]> {
  const rows = await trx.selectFrom('conversations').select('id').where('project_id', '=', projectId).where('deleted_at', 'is', null).execute()
  return rows.map((row) => row.id)
}

export async function findTitles(db: Db['read'], ids: string[]): Promise<Map<string, string | null>> {
  if (ids.length === 0) return new Map()
  const rows = await db.selectFrom('conversations').select(['id', 'title']).where('id', 'in', ids).execute()
  return new Map(rows.map(({ id, title }) => [id, title]))
}

/** Deleted at or before this time, for whoever takes away what is left of them. */
export async function selectDeleted(db: Db['read'], before: number, limit: number): Promise<string[]> {
  const query = db.selectFrom('conversations').select('id').where('deleted_at', '<=', before)
  return (await query.limit(limit).execute()).map((row) => row.id)
}

export async function deleteConversationRows(trx: Trx, id: string) {
  for (const table of ['participants', 'conversation_events', 'attachments', 'message_jobs'] as const)
    await trx.deleteFrom(table).where('conversation_id', '=', id).execute()
  await trx.deleteFrom('conversations').where('id', '=', id).execute()
}
