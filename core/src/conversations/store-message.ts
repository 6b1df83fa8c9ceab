import { CadreError, invalid } from '@cadre/contract/errors'
import type { AuthorKind, Message } from '@cadre/contract/messages'
import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { putMentions, takeAttachments } from './besides.store.ts'
import { type ConversationRow, takeNumbers } from './conversations.store.ts'
import { appendEvents, type NewEvent, putEvents } from './events.ts'
import { mentionsIn } from './mentions.ts'
import { findByClientKey, insertMessage, type MessageRow, selectMessagesById } from './messages.store.ts'
import { selectParticipants, setRead } from './participants.store.ts'
import { missingConversation } from './seats.ts'
import { type Trigger, trigger } from './turns/trigger.ts'

export type StoreApp = Pick<App, 'db' | 'now' | 'newId' | 'queue'>
export type NewMessage = {
  id?: string
  author: { kind: AuthorKind; id: string }
  content: string
  thread_id?: string | null
  parent_id?: string | null
  attachments?: string[]
  client_key?: string | null
  metadata?: Record<string, unknown> | null
  status?: Message['status']
  run_id?: string | null
  hop?: number
  /** The API key that it came with, or that the run which says it was started with: what answers it is on that key's account. */
  key_id?: string | null
  /** What is told of right after it. */
  events?: NewEvent[]
}

/** `trigger`: the job that looks whether agents answer. */
export type Stored = { row: MessageRow; isNew: boolean; trigger: Trigger | undefined }

/**
 * Stores one message with its number, mentions, attachments and what follows from it, in the caller's transaction. With a key that this
 * author used here before, the message that is there already is the answer, and nothing is written. The caller wakes `app.rooms` after
 * the commit.
 */
export async function storeMessage(trx: Trx, app: StoreApp, conversation: ConversationRow, message: NewMessage): Promise<Stored> {
  const { author, content, client_key = null, parent_id = null, events = [] } = message
  const by = { conversation_id: conversation.id, author_kind: author.kind, author_id: author.id }
  const known = client_key === null ? undefined : await findByClientKey(trx, { ...by, client_key })
  if (known) {
    await appendEvents(trx, conversation.id, app.now(), events)
    return { row: known, isNew: false, trigger: undefined }
  }
  const thread_id = await rootOf(trx, conversation.id, message.thread_id ?? null)
  if (parent_id !== null) await requireHere(trx, conversation.id, parent_id, 'parent_id')
  const now = app.now()
  const numbers = await takeNumbers(trx, conversation.id, now, 1 + events.length)
  if (!numbers) throw missingConversation(conversation.id)
  const { seq } = numbers
  const row = {
    id: message.id ?? app.newId('msg'),
    ...by,
    seq,
    content,
    status: message.status ?? 'sent',
    thread_id,
    parent_id,
    active: 1,
    run_id: message.run_id ?? null,
    hop: message.hop ?? 0,
    metadata: message.metadata ? toJson(message.metadata) : null,
    client_key,
    created_at: now,
    updated_at: now,
    edited_at: null,
    deleted_at: null,
  }
  const num = await insertMessage(trx, app.db.kind, row)
  const participants = await selectParticipants(trx, [conversation.id])
  await putMentions(trx, row.id, mentionsIn(content, participants))
  const missing = await takeAttachments(
    trx,
    { conversation_id: conversation.id, message_id: row.id, created_by: author.id },
    message.attachments ?? [],
  )
  if (missing.length > 0)
    throw new CadreError('INVALID', `attachments: '${missing[0]}' is no upload of yours here that waits for its message`, [
      { path: 'attachments', message: `'${missing[0]}' is no upload of yours here that waits for its message` },
    ])
  if (author.kind === 'user') await setRead(trx, conversation.id, author, seq)
  const stored = { ...row, num, conversation_kind: conversation.kind }
  await putEvents(trx, conversation.id, numbers.event, now, [{ type: 'message.created', message_id: row.id, message_seq: seq }, ...events])
  return { row: stored, isNew: true, trigger: await trigger(trx, app, conversation, stored, participants, message.key_id ?? null) }
}

/** A reply to a reply stands in the same thread. */
async function rootOf(trx: Trx, conversationId: string, threadId: string | null): Promise<string | null> {
  if (threadId === null) return null
  const root = await requireHere(trx, conversationId, threadId, 'thread_id')
  if (root.deleted_at !== null) throw invalid('thread_id', 'the message was deleted')
  return root.thread_id ?? root.id
}

async function requireHere(trx: Trx, conversationId: string, id: string, field: string): Promise<MessageRow> {
  const [found] = await selectMessagesById(trx, [id])
  if (found?.conversation_id !== conversationId)
    throw new CadreError('MESSAGE_NOT_FOUND', `${field}: there is no message '${id}' in this conversation`, [
      { path: field, message: 'there is no such message' },
    ])
  return found
}
