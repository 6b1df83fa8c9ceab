import type { Attachment, Message } from '@cadre/contract/messages'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { type AttachmentRow, type Besides, selectBesides } from './besides.store.ts'
import { type MessageRow, selectMessagesById } from './messages.store.ts'
import { selectNames } from './participants.store.ts'

export const iso = (ms: number) => new Date(ms).toISOString()
const isoOrNull = (ms: number | null) => (ms === null ? null : iso(ms))

/** Messages as they are given out; of one that was deleted, only that it was there. */
export async function showMessages(db: Db['read'], rows: MessageRow[]): Promise<Message[]> {
  const besides = await selectBesides(
    db,
    rows.map((row) => row.id),
  )
  const names = await selectNames(
    db,
    rows.map((row) => ({ kind: row.author_kind, id: row.author_id })),
  )
  return rows.map((row) => show(row, besides, names.get(`${row.author_kind}:${row.author_id}`) ?? null))
}

export async function showMessage(db: Db['read'], row: MessageRow): Promise<Message> {
  const [message] = await showMessages(db, [row])
  if (!message) throw new Error('a message that was shown is gone')
  return message
}

/** In the order of the ids; those that are gone are left out. */
export async function showMessagesById(db: Db['read'], ids: string[]): Promise<Message[]> {
  const shown = new Map((await showMessages(db, await selectMessagesById(db, ids))).map((message) => [message.id, message]))
  return ids.flatMap((id) => shown.get(id) ?? [])
}

export function showAttachment({ id, name, media_type, bytes, created_at }: AttachmentRow): Attachment {
  return { id, name, media_type, bytes, created_at: iso(created_at) }
}

function show(row: MessageRow, besides: Besides, author_name: string | null): Message {
  const deleted = row.deleted_at !== null
  return {
    id: row.id,
    conversation_id: row.conversation_id,
    source_type: row.conversation_kind === 'channel' ? 'channel' : 'dm',
    source_id: row.conversation_id,
    seq: row.seq,
    author_kind: row.author_kind as Message['author_kind'],
    author_id: row.author_id,
    author_name,
    content: deleted ? '' : row.content,
    status: row.status as Message['status'],
    thread_id: row.thread_id,
    parent_id: row.parent_id,
    active: row.active === 1,
    run_id: row.run_id,
    hop: row.hop,
    replies: besides.replies.get(row.id) ?? 0,
    pinned: !deleted && besides.pinned.has(row.id),
    reactions: deleted ? [] : reactionsOf(row.id, besides),
    mentions: deleted ? [] : besides.mentions.filter((each) => each.message_id === row.id).map(party),
    attachments: deleted ? [] : besides.attachments.filter((each) => each.message_id === row.id).map(showAttachment),
    metadata: deleted || row.metadata === null ? null : (fromJson(row.metadata) as Message['metadata']),
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    edited_at: isoOrNull(row.edited_at),
    deleted_at: isoOrNull(row.deleted_at),
  }
}

type By = Message['mentions'][number]
const party = ({ kind, participant_id }: { kind: string; participant_id: string }) => ({ kind, id: participant_id }) as By

/** In the order in which each emoji first came. */
function reactionsOf(messageId: string, { reactions }: Besides): Message['reactions'] {
  const found = new Map<string, By[]>()
  for (const each of reactions) {
    if (each.message_id !== messageId) continue
    const by = found.get(each.emoji)
    if (by) by.push(party(each))
    else found.set(each.emoji, [party(each)])
  }
  return [...found].map(([emoji, by]) => ({ emoji, by }))
}
