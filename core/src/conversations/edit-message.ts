import { CadreError, invalid } from '@cadre/contract/errors'
import type { Message } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { beforeEdit, noteHooks } from './before-send.ts'
import { deleteBesides, deleteMentions, putMentions } from './besides.store.ts'
import { appendEvents } from './events.ts'
import { mentionsIn } from './mentions.ts'
import { changeContent, markDeleted, type MessageRow } from './messages.store.ts'
import { selectParticipants } from './participants.store.ts'
import { administers, requireLivingMessage, type Seat } from './seats.ts'
import { getMessage } from './list-messages.ts'

type EditApp = Pick<App, 'db' | 'now' | 'rooms' | 'config'>
type ChangeApp = EditApp & Pick<App, 'newId' | 'lifecycle'>

/** Changes the text of one's own message. It changes nothing of what agents have answered already. */
export async function editMessage(app: ChangeApp, actor: Actor, messageId: string, given: string): Promise<Message> {
  if (given.trim() === '') throw invalid('content', 'is empty')
  const own = async (db: Db['read']) => {
    const { message, seat } = await requireLivingMessage(db, actor, messageId, 'see')
    if (!isAuthor(actor, message)) throw new CadreError('FORBIDDEN', 'only who wrote a message may change it')
    return { message, room: seat.conversation }
  }
  const { content, notes } = await beforeEdit(app, actor, given, async () => own(app.db.read))
  await app.db.write(async (trx) => {
    const { message } = await own(trx)
    if (message.content === content) return
    const now = app.now()
    await changeContent(trx, app.db.kind, message, content, { updated_at: now, edited_at: now })
    await deleteMentions(trx, messageId)
    await putMentions(trx, messageId, mentionsIn(content, await selectParticipants(trx, [message.conversation_id])))
    await appendEvents(trx, message.conversation_id, now, [{ type: 'message.updated', message_id: messageId, message_seq: message.seq }])
    await noteHooks(trx, app, message.conversation_id, messageId, notes)
  })
  app.rooms.wake()
  return getMessage(app, actor, messageId)
}

/** From now on its text is given out nowhere; retention deletes the row. */
export async function deleteMessage(app: EditApp, actor: Actor, messageId: string): Promise<{ id: string; deleted: true }> {
  await app.db.write(async (trx) => {
    const { message, seat } = await requireLivingMessage(trx, actor, messageId, 'see')
    if (!mayDelete(actor, message, seat)) throw new CadreError('FORBIDDEN', 'only who wrote a message, or who began the conversation, may delete it')
    const now = app.now()
    await markDeleted(trx, app.db.kind, message, now)
    await deleteBesides(trx, messageId)
    await appendEvents(trx, message.conversation_id, now, [{ type: 'message.deleted', message_id: messageId, message_seq: message.seq }])
    const detail = { conversation: message.conversation_id, author: message.author_id }
    await audit(trx, app, actor, { action: 'messages.delete', target_type: 'message', target_id: messageId, detail })
  })
  app.rooms.wake()
  return { id: messageId, deleted: true }
}

function isAuthor(actor: Actor, message: MessageRow) {
  return message.author_kind === 'user' && message.author_id === actor.user_id
}

function mayDelete(actor: Actor, message: MessageRow, { participant }: Seat) {
  return isAuthor(actor, message) || participant?.role === 'owner' || administers(actor)
}
