import type { StoredEvent, StoredEventType } from '@cadre/contract/conversation-events'
import type { Message } from '@cadre/contract/messages'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { type EventRow, insertEvents, takeEventNumbers } from './events.store.ts'
import { findParticipant } from './participants.store.ts'
import { showParticipant } from './show-conversation.ts'
import { showMessagesById } from './show-message.ts'

type Own<E> = E extends unknown ? Omit<E, 'conversation_id' | 'seq' | 'at'> : never
type Party = { kind: 'user' | 'agent'; id: string }
/** As it is written: what can be read when the event is given out is only referred to. */
export type NewEvent =
  | { type: 'message.created' | 'message.updated' | 'message.deleted'; message_id: string; message_seq: number }
  | { type: 'participant.joined'; participant: Party }
  | Own<Exclude<StoredEvent, { type: 'message.created' | 'message.updated' | 'message.deleted' | 'participant.joined' }>>

/** Appends events in the transaction of what they tell of. The caller wakes `app.rooms` after the commit. */
export async function appendEvents(trx: Trx, conversationId: string, at: number, events: NewEvent[]): Promise<void> {
  if (events.length === 0) return
  await putEvents(trx, conversationId, await takeEventNumbers(trx, conversationId, events.length), at, events)
}

/** The same where the transaction took their numbers before. */
export async function putEvents(trx: Trx, conversationId: string, first: number, at: number, events: NewEvent[]): Promise<void> {
  const rows = events.map(({ type, ...data }) => ({ type, data: toJson(data) }))
  await insertEvents(trx, conversationId, first, at, rows)
}

type Data = { message_id: string; message_seq: number; participant: Party }

/** Events as they are given out: a message as it is now, so that an old event tells nothing that was deleted. */
export async function showEvents(db: Db['read'], rows: EventRow[]): Promise<StoredEvent[]> {
  const parsed = rows.map((row) => ({ row, type: row.type as StoredEventType, data: fromJson(row.data) as Data }))
  const wanted = parsed.filter(({ type }) => type === 'message.created' || type === 'message.updated').map(({ data }) => data.message_id)
  const messages = new Map((await showMessagesById(db, [...new Set(wanted)])).map((message) => [message.id, message]))
  const shown: StoredEvent[] = []
  for (const { row, type, data } of parsed) {
    const common = { conversation_id: row.conversation_id, seq: row.seq, at: new Date(row.at).toISOString() }
    if (type === 'message.created' || type === 'message.updated') shown.push({ ...common, ...ofMessage(type, data, messages.get(data.message_id)) })
    else if (type === 'participant.joined') shown.push({ ...common, type, participant: await joined(db, row, data.participant) })
    else shown.push({ ...common, type, ...data } as StoredEvent)
  }
  return shown
}

function ofMessage(type: 'message.created' | 'message.updated', { message_id, message_seq }: Data, message: Message | undefined) {
  return message ? { type, message } : { type: 'message.deleted' as const, message_id, message_seq }
}

async function joined(db: Db['read'], { conversation_id, at }: EventRow, party: Party) {
  const row = await findParticipant(db, conversation_id, party)
  if (row) return showParticipant(row)
  return { ...party, name: null, slug: null, role: 'member' as const, joined_at: new Date(at).toISOString(), last_read_seq: 0, muted: false }
}
