import type { Trx } from '../storage/database.ts'
import { appendEvents } from './events.ts'
import type { MessageRow } from './messages.store.ts'
import type { NamedParticipant } from './participants.store.ts'
import { type Trigger, trigger, type TriggerApp } from './turns/trigger.ts'

/**
 * What follows from a message, in the transaction that stores it: either all of it is there, or none.
 * @returns the job that will look whether agents answer.
 */
export async function onMessage(
  trx: Trx,
  app: TriggerApp,
  message: MessageRow,
  participants: NamedParticipant[],
  keyId: string | null,
): Promise<Trigger | undefined> {
  await appendEvents(trx, message.conversation_id, message.created_at, [
    { type: 'message.created', message_id: message.id, message_seq: message.seq },
  ])
  return await trigger(trx, app, message, participants, keyId)
}
