import { invalid } from '@cadre/contract/errors'
import type { Message, SendMessage } from '@cadre/contract/messages'
import { type Actor, keyOf } from '../access/actor.ts'
import type { App } from '../app.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { beforeSend, noteHooks } from './before-send.ts'
import { joinChannel } from './join.ts'
import { findByClientKey } from './messages.store.ts'
import { personOf, requireSeat } from './seats.ts'
import { showMessage } from './show-message.ts'
import { type NewMessage, storeMessage, type StoreApp, type Stored } from './store-message.ts'
import { logStep } from './turns/log-step.ts'

export type SendApp = StoreApp & Pick<App, 'rooms' | 'log' | 'probe' | 'wakeWorkers' | 'lifecycle'>

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
    key_id: keyOf(actor),
  }
  const room = async () => {
    const { conversation } = await requireSeat(app.db.read, actor, conversationId, 'write')
    return (await isStored(app, conversationId, message)) ? undefined : conversation
  }
  const began = performance.now()
  const { content, notes } = await beforeSend(app, actor, room, {
    content: message.content,
    attachments: input.attachments.length,
    thread_id: input.thread_id ?? null,
    edit: false,
  })
  const send = () =>
    app.db.write(async (trx) => {
      const seat = await requireSeat(trx, actor, conversationId, 'write')
      if (!seat.participant) await joinChannel(trx, app, seat.conversation, actor)
      const stored = await storeMessage(trx, app, seat.conversation, { ...message, content })
      if (stored.isNew) await noteHooks(trx, app, conversationId, stored.row.id, notes)
      return stored
    })
  app.probe('message.storing', conversationId)
  // The same message twice at the same time: the second finds the first when it looks again.
  const stored = await send().catch((error: unknown) => {
    if (message.client_key === null || !isUniqueViolation(error)) throw error
    return send()
  })
  app.probe('message.stored', stored.row.id)
  announce(app, stored, Math.round(performance.now() - began))
  return showMessage(app.db.read, stored.row)
}

async function isStored({ db }: SendApp, conversation_id: string, { author, client_key = null }: NewMessage): Promise<boolean> {
  const by = { conversation_id, author_kind: author.kind, author_id: author.id }
  return client_key !== null && (await findByClientKey(db.read, { ...by, client_key })) !== undefined
}

/** After the commit: tells the windows, the log, and whoever works. */
export function announce(app: SendApp, { row, isNew, trigger }: Stored, ms: number) {
  app.rooms.wake()
  if (!isNew) return
  const about = { conversation_id: row.conversation_id, message_id: row.id }
  logStep(app, 'message stored', { ...about, ms })
  if (!trigger) return
  logStep(app, 'debounced', { ...about, ...trigger })
  if (trigger.delay_ms === 0) app.wakeWorkers()
}
