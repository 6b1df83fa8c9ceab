import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import { appendEvents } from './events.ts'
import type { MessageRow } from './messages.store.ts'
import type { NamedParticipant } from './participants.store.ts'

/** What follows from a message, in the transaction that stores it: either all of it is there, or none. */
export async function onMessage(trx: Trx, _app: Pick<App, 'now'>, message: MessageRow, _participants: NamedParticipant[]): Promise<void> {
  await appendEvents(trx, message.conversation_id, message.created_at, [
    { type: 'message.created', message_id: message.id, message_seq: message.seq },
  ])
}
