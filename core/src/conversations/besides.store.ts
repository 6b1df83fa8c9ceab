import { type Insertable, type Selectable, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'
import { fixed, preparedInsert } from '../storage/prepared.ts'
import type { Party } from './participants.store.ts'

// What hangs on messages: reactions, pins, mentions, attachments, what models were told.

export type AttachmentRow = Selectable<Tables['attachments']>

export async function putReaction(trx: Trx, messageId: string, emoji: string, by: Party, now: number): Promise<boolean> {
  const row = { message_id: messageId, emoji, kind: by.kind, participant_id: by.id, created_at: now }
  const query = trx
    .insertInto('reactions')
    .values(row)
    .onConflict((on) => on.doNothing())
  return ((await query.executeTakeFirst()).numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deleteReaction(trx: Trx, messageId: string, emoji: string, by: Party): Promise<boolean> {
  const query = trx.deleteFrom('reactions').where('message_id', '=', messageId).where('emoji', '=', emoji).where('kind', '=', by.kind)
  return (await query.where('participant_id', '=', by.id).executeTakeFirst()).numDeletedRows > 0n
}

export async function countEmojis(db: Db['read'], messageId: string): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(distinct emoji) as n from reactions where message_id = ${messageId}`.execute(db)
  return rows[0]?.n ?? 0
}

export async function putPin(trx: Trx, row: Insertable<Tables['pins']>): Promise<boolean> {
  const query = trx
    .insertInto('pins')
    .values(row)
    .onConflict((on) => on.doNothing())
  return ((await query.executeTakeFirst()).numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function deletePin(trx: Trx, messageId: string): Promise<boolean> {
  return (await trx.deleteFrom('pins').where('message_id', '=', messageId).executeTakeFirst()).numDeletedRows > 0n
}

/** The latest pin first. */
export async function selectPinnedIds(db: Db['read'], conversationId: string, limit: number): Promise<string[]> {
  const query = db.selectFrom('pins').select('message_id').where('conversation_id', '=', conversationId)
  const rows = await query.orderBy('created_at', 'desc').orderBy('message_id', 'desc').limit(limit).execute()
  return rows.map((row) => row.message_id)
}

export async function putMentions(trx: Trx, messageId: string, mentioned: Party[]) {
  if (mentioned.length === 0) return
  const rows = mentioned.map(({ kind, id }) => ({ message_id: messageId, kind, participant_id: id }))
  await trx
    .insertInto('mentions')
    .values(rows)
    .onConflict((on) => on.doNothing())
    .execute()
}

export async function deleteMentions(trx: Trx, messageId: string) {
  await trx.deleteFrom('mentions').where('message_id', '=', messageId).execute()
}

/** What a message that was deleted takes with it at once. */
export async function deleteBesides(trx: Trx, messageId: string) {
  for (const table of ['reactions', 'pins', 'mentions'] as const) await trx.deleteFrom(table).where('message_id', '=', messageId).execute()
}

export const insertLlmMessage = preparedInsert('llm_messages', 'id, message_id, role, content, created_at', 'id')

export type Besides = {
  reactions: { message_id: string; emoji: string; kind: string; participant_id: string }[]
  mentions: { message_id: string; kind: string; participant_id: string }[]
  attachments: AttachmentRow[]
  pinned: Set<string>
  replies: Map<string, number>
}

export async function selectBesides(db: Db['read'], messageIds: string[]): Promise<Besides> {
  if (messageIds.length === 0) return { reactions: [], mentions: [], attachments: [], pinned: new Set(), replies: new Map() }
  const ids = sql.join(messageIds)
  const there = await whatIsThere(db, messageIds)
  const of = async <R>(what: keyof Besides, query: ReturnType<typeof sql<R>>) => (there[what] ? (await query.execute(db)).rows : [])
  const reactions = await of(
    'reactions',
    sql<
      Besides['reactions'][number]
    >`select message_id, emoji, kind, participant_id from reactions where message_id in (${ids}) order by created_at, participant_id`,
  )
  const mentions = await of(
    'mentions',
    sql<Besides['mentions'][number]>`select message_id, kind, participant_id from mentions where message_id in (${ids})`,
  )
  const attachments = await of('attachments', sql<AttachmentRow>`select * from attachments where message_id in (${ids}) order by id`)
  const pins = await of('pinned', sql<{ message_id: string }>`select message_id from pins where message_id in (${ids})`)
  const replies = await of(
    'replies',
    sql<{ thread_id: string; n: number }>`select thread_id, count(*) as n from messages
      where thread_id in (${ids}) and thread_id is not null and deleted_at is null and active = 1 group by thread_id`,
  )
  return {
    reactions,
    mentions,
    attachments,
    pinned: new Set(pins.map((row) => row.message_id)),
    replies: new Map(replies.map((row) => [row.thread_id, row.n])),
  }
}

/** On most messages hangs nothing: one query says so instead of five. */
async function whatIsThere(db: Db['read'], messageIds: string[]): Promise<Record<keyof Besides, unknown>> {
  const [only] = messageIds
  const any = { reactions: true, mentions: true, attachments: true, pinned: true, replies: true }
  if (only === undefined || messageIds.length > 1) return any
  const { rows } = await fixed<typeof any>`select
    exists (select 1 from reactions where message_id = ${only}) as reactions,
    exists (select 1 from mentions where message_id = ${only}) as mentions,
    exists (select 1 from attachments where message_id = ${only}) as attachments,
    exists (select 1 from pins where message_id = ${only}) as pinned,
    exists (select 1 from messages where thread_id = ${only}) as replies`.execute(db)
  return rows[0] ?? any
}

export async function insertAttachment(trx: Trx, row: Insertable<Tables['attachments']>, content: Uint8Array) {
  await trx
    .insertInto('attachment_files')
    .values({ hash: row.hash, content })
    .onConflict((on) => on.doNothing())
    .execute()
  await trx.insertInto('attachments').values(row).execute()
}

export function findAttachment(db: Db['read'], id: string): Promise<AttachmentRow | undefined> {
  return db.selectFrom('attachments').selectAll().where('id', '=', id).executeTakeFirst()
}

export async function readAttachment(db: Db['read'], hash: string): Promise<Uint8Array | undefined> {
  return (await db.selectFrom('attachment_files').select('content').where('hash', '=', hash).executeTakeFirst())?.content
}

/** Gives uploads of this person to a message. @returns those that could not be: unknown, or taken. */
export async function takeAttachments(
  trx: Trx,
  at: { conversation_id: string; message_id: string; created_by: string },
  ids: string[],
): Promise<string[]> {
  const missing = []
  for (const id of ids) {
    const { numUpdatedRows } = await trx
      .updateTable('attachments')
      .set({ message_id: at.message_id })
      .where('id', '=', id)
      .where('conversation_id', '=', at.conversation_id)
      .where('created_by', '=', at.created_by)
      .where('message_id', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) missing.push(id)
  }
  return missing
}

export async function deleteUnsent(trx: Trx, before: number): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('attachments').where('message_id', 'is', null).where('created_at', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}

/** Files that no attachment names any more. */
export async function deleteLooseFiles(trx: Trx): Promise<number> {
  const { numAffectedRows } = await sql`delete from attachment_files
    where not exists (select 1 from attachments where attachments.hash = attachment_files.hash)`.execute(trx)
  return Number(numAffectedRows ?? 0n)
}
