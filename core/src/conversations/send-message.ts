import { invalid } from '@cadre/contract/errors'
import type { Message, SendMessage } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { joinChannel } from './join.ts'
import { personOf, requireSeat } from './seats.ts'
import { showMessage } from './show-message.ts'
import { type NewMessage, storeMessage, type StoreApp } from './store-message.ts'

type SendApp = StoreApp & Pick<App, 'rooms'>

/** Stores the message and answers at once; what it causes commits with it. Who writes in a channel has joined it. */
export async function sendMessage(app: SendApp, actor: Actor, conversationId: string, input: SendMessage, idempotencyKey?: string): Promise<Message> {
  if (input.content.trim() === '' && input.attachments.length === 0) throw invalid('content', 'is empty')
  const message: NewMessage = {
    author: actor.kind === 'system' ? { kind: 'system', id: 'system' } : { kind: 'user', id: personOf(actor) },
    content: input.content,
    thread_id: input.thread_id ?? null,
    parent_id: input.parent_id ?? null,
    attachments: [...new Set(input.attachments)],
    client_key: input.client_key ?? idempotencyKey ?? null,
    metadata: input.metadata ?? null,
  }
  const send = () =>
    app.db.write(async (trx) => {
      const seat = await requireSeat(trx, actor, conversationId, 'write')
      if (!seat.participant) await joinChannel(trx, app, seat.conversation, actor)
      return (await storeMessage(trx, app, seat.conversation, message)).row
    })
  // The same message twice at the same time: the second finds the first when it looks again.
  const row = await send().catch((error: unknown) => {
    if (message.client_key === null || !isUniqueViolation(error)) throw error
    return send()
  })
  app.rooms.wake()
  return showMessage(app.db.read, row)
}
