import { invalid } from '@cadre/contract/errors'
import type { Message } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { countEmojis, deletePin, deleteReaction, putPin, putReaction } from './besides.store.ts'
import { appendEvents } from './events.ts'
import { joinChannel } from './join.ts'
import { getMessage } from './list-messages.ts'
import { personOf, requireLivingMessage } from './seats.ts'

type ReactApp = Pick<App, 'db' | 'now' | 'rooms'>
const mostEmojis = 50

export async function react(app: ReactApp, actor: Actor, messageId: string, emoji: string): Promise<Message> {
  const by = { kind: 'user' as const, id: personOf(actor) }
  await app.db.write(async (trx) => {
    const { message, seat } = await requireLivingMessage(trx, actor, messageId, 'write')
    if (!seat.participant) await joinChannel(trx, app, seat.conversation, actor)
    if (!(await putReaction(trx, messageId, emoji, by, app.now()))) return
    if ((await countEmojis(trx, messageId)) > mostEmojis) throw invalid('emoji', `a message has at most ${mostEmojis} different reactions`)
    await appendEvents(trx, message.conversation_id, app.now(), [{ type: 'reaction.added', message_id: messageId, emoji, by }])
  })
  app.rooms.wake()
  return getMessage(app, actor, messageId)
}

export async function unreact(app: ReactApp, actor: Actor, messageId: string, emoji: string): Promise<Message> {
  const by = { kind: 'user' as const, id: personOf(actor) }
  await app.db.write(async (trx) => {
    const { message } = await requireLivingMessage(trx, actor, messageId, 'write')
    if (!(await deleteReaction(trx, messageId, emoji, by))) return
    await appendEvents(trx, message.conversation_id, app.now(), [{ type: 'reaction.removed', message_id: messageId, emoji, by }])
  })
  app.rooms.wake()
  return getMessage(app, actor, messageId)
}

export async function pin(app: ReactApp, actor: Actor, messageId: string): Promise<Message> {
  const by = { kind: 'user' as const, id: personOf(actor) }
  await app.db.write(async (trx) => {
    const { message } = await requireLivingMessage(trx, actor, messageId, 'write')
    const row = { message_id: messageId, conversation_id: message.conversation_id, pinned_by: by.id, created_at: app.now() }
    if (await putPin(trx, row)) await appendEvents(trx, message.conversation_id, app.now(), [{ type: 'message.pinned', message_id: messageId, by }])
  })
  app.rooms.wake()
  return getMessage(app, actor, messageId)
}

export async function unpin(app: ReactApp, actor: Actor, messageId: string): Promise<Message> {
  const by = { kind: 'user' as const, id: personOf(actor) }
  await app.db.write(async (trx) => {
    const { message } = await requireLivingMessage(trx, actor, messageId, 'write')
    if (await deletePin(trx, messageId))
      await appendEvents(trx, message.conversation_id, app.now(), [{ type: 'message.unpinned', message_id: messageId, by }])
  })
  app.rooms.wake()
  return getMessage(app, actor, messageId)
}
