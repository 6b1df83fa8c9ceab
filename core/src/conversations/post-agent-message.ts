import type { Message } from '@cadre/contract/messages'
import type { Trx } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { insertLlmMessage, putMentions } from './besides.store.ts'
import type { ConversationRow } from './conversations.store.ts'
import { appendEvents, type NewEvent } from './events.ts'
import { mentionsIn } from './mentions.ts'
import { changeContent, type MessageRow } from './messages.store.ts'
import { selectParticipants } from './participants.store.ts'
import { storeMessage, type StoreApp, type Stored } from './store-message.ts'

export type AgentMessage = {
  id?: string
  agent_id: string
  content: string
  thread_id?: string | null
  parent_id?: string | null
  status?: Message['status']
  run_id?: string | null
  hop: number
  key_id?: string | null
  metadata?: Record<string, unknown> | null
  /** Such as the run's id: however often it is posted, the answer of one run is stored once. */
  client_key?: string | null
  events?: NewEvent[]
  /** What the model is shown of it later; stored in the same transaction. */
  llm?: { role: 'user' | 'assistant' | 'system' | 'tool'; content: unknown }[]
}

/** What an agent says, with what its model is shown of it later; all in the caller's transaction, after which `app.rooms.wake()` is due. */
export async function postAgentMessage(trx: Trx, app: StoreApp, conversation: ConversationRow, message: AgentMessage): Promise<Stored> {
  const { agent_id, llm = [], ...rest } = message
  const stored = await storeMessage(trx, app, conversation, { ...rest, author: { kind: 'agent', id: agent_id } })
  if (stored.isNew) await putLlmMessages(trx, app, stored.row.id, llm)
  return stored
}

export async function putLlmMessages(trx: Trx, app: Pick<StoreApp, 'newId' | 'now'>, messageId: string, llm: NonNullable<AgentMessage['llm']>) {
  for (const { role, content } of llm)
    await insertLlmMessage(trx, { id: app.newId('llm'), message_id: messageId, role, content: toJson(content), created_at: app.now() })
}

/** The rest of a message that was posted while its agent was still writing, or what stands there instead. */
export async function finishMessage(
  trx: Trx,
  app: StoreApp,
  row: MessageRow,
  end: { content: string; status: Message['status']; metadata?: Record<string, unknown> | null },
) {
  const now = app.now()
  const metadata = end.metadata === undefined ? {} : { metadata: end.metadata === null ? null : toJson(end.metadata) }
  await changeContent(trx, app.db.kind, row, end.content, { status: end.status, updated_at: now, ...metadata })
  await putMentions(trx, row.id, mentionsIn(end.content, await selectParticipants(trx, [row.conversation_id])))
  await appendEvents(trx, row.conversation_id, now, [{ type: 'message.updated', message_id: row.id, message_seq: row.seq }])
}
