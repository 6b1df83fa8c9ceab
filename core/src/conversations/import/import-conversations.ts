import { createHash } from 'node:crypto'
import type { Imported, ImportConversations, ImportSource } from '@cadre/contract/conversations'
import { invalid } from '@cadre/contract/errors'
import { ConversationPolicy } from '@cadre/contract/participants'
import type { Actor } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import { toJson } from '../../storage/json.ts'
import { isUniqueViolation } from '../../storage/unique-violation.ts'
import { insertConversation, isImported } from '../conversations.store.ts'
import { join } from '../join.ts'
import { insertMessage } from '../messages.store.ts'
import { personOf } from '../seats.ts'
import { readChatgpt } from './chatgpt.ts'
import { type Chat, placeMessages, type PlacedMessage, type Problem, type Reader } from './chats.ts'
import { readLibrechat } from './librechat.ts'
import { readOpenWebui } from './open-webui.ts'

const readers: Record<ImportSource, Reader> = { chatgpt: readChatgpt, 'open-webui': readOpenWebui, librechat: readLibrechat }
type ImportApp = Pick<App, 'db' | 'now' | 'newId' | 'rooms' | 'config'>

/**
 * Takes over the history of another program, each conversation as a group with the actor alone in it, its branches as they were. One that
 * was taken over before is skipped. What an assistant said has the author `imported`, its model stands in the metadata.
 */
export async function importConversations(app: ImportApp, actor: Actor, { source, data }: ImportConversations): Promise<Imported> {
  const userId = personOf(actor)
  const { chats, problems } = readers[source](typeof data === 'string' ? parsed(data) : data)
  const imported: Imported = { conversations: [], skipped: 0, problems }
  for (const chat of chats) {
    const key = `${source}:${chat.id ?? createHash('sha256').update(toJson(chat)).digest('hex')}`.slice(0, 300)
    if (await isImported(app.db.read, { workspace_id: actor.workspace_id, created_by: userId, import_key: key })) imported.skipped += 1
    else {
      const stored = await importChat(app, { source, key, workspace_id: actor.workspace_id, userId }, chat, problems)
      if (stored === 'skipped') imported.skipped += 1
      else if (stored) imported.conversations.push(stored)
    }
  }
  if (imported.conversations.length > 0)
    await app.db.write((trx) =>
      audit(trx, app, actor, { action: 'conversations.import', detail: { source, conversations: imported.conversations.length } }),
    )
  app.rooms.wake()
  return imported
}

type As = { source: ImportSource; key: string; workspace_id: string; userId: string }

async function importChat(app: ImportApp, as: As, chat: Chat, problems: Problem[]): Promise<Imported['conversations'][number] | 'skipped' | null> {
  const now = app.now()
  const messages = placeMessages(chat, now)
  const title = chat.title.replaceAll('\0', '').toWellFormed().trim().slice(0, 200) || 'Imported'
  if (messages.length === 0) {
    problems.push({ path: as.key, message: `'${title}' has no messages to take over` })
    return null
  }
  if (messages.length < new Set(chat.messages.map((message) => message.id)).size)
    problems.push({ path: as.key, message: `'${title}' has messages that answer each other in a circle; they are left out` })
  const cut = messages.filter((message) => message.cut).length
  if (cut > 0)
    problems.push({ path: as.key, message: `'${title}' has ${cut} messages of more than 200,000 characters; the rest of them is left out` })
  const lastAt = messages.at(-1)?.time ?? now
  const row = {
    id: app.newId('cnv'),
    workspace_id: as.workspace_id,
    kind: 'group',
    project_id: null,
    title,
    topic: null,
    policy: toJson(ConversationPolicy.parse({})),
    pair: null,
    import_key: as.key,
    created_by: as.userId,
    created_at: messages[0]?.time ?? now,
    updated_at: now,
    last_seq: messages.length,
    last_event: 0,
    last_message_at: lastAt,
    active_at: lastAt,
    retention_days: null,
    deleted_at: null,
  }
  try {
    await app.db.write(async (trx) => {
      await insertConversation(trx, row)
      for (const message of rowsOf(app, as, row.id, messages)) await insertMessage(trx, app.db.kind, message)
      await join(trx, app, row, { kind: 'user', id: as.userId }, 'owner')
    })
  } catch (error) {
    if (isUniqueViolation(error)) return 'skipped' // another import of the same was faster
    throw error
  }
  return { id: row.id, title, messages: messages.length }
}

function rowsOf(app: ImportApp, { source, userId }: As, conversationId: string, messages: PlacedMessage[]) {
  const ids = new Map(messages.map((message) => [message.id, app.newId('msg')]))
  return messages.map((message, i) => ({
    id: ids.get(message.id) ?? '',
    conversation_id: conversationId,
    seq: i + 1,
    ...(message.role === 'user' ? { author_kind: 'user', author_id: userId } : { author_kind: 'agent', author_id: 'imported' }),
    content: message.content,
    status: 'sent',
    thread_id: null,
    parent_id: message.parent === null ? null : (ids.get(message.parent) ?? null),
    active: message.active ? 1 : 0,
    run_id: null,
    hop: message.role === 'user' ? 0 : 1,
    metadata: toJson({ imported_from: source, ...(message.model === null ? {} : { model: message.model }) }),
    client_key: null,
    created_at: message.time,
    updated_at: message.time,
    edited_at: null,
    deleted_at: null,
  }))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid('data', 'is not JSON')
  }
}
