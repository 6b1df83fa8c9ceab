import { CadreError, invalid } from '@cadre/contract/errors'
import type { Message } from '@cadre/contract/messages'
import { type Actor, keyOf } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import type { Db, Trx } from '../../storage/database.ts'
import { beforeEdit, noteHooks } from '../before-send.ts'
import { appendEvents } from '../events.ts'
import { type MessageRow, selectMessagesById } from '../messages.store.ts'
import { findParticipant } from '../participants.store.ts'
import { personOf, requireLivingMessage, type Seat } from '../seats.ts'
import { announce } from '../send-message.ts'
import { showMessage } from '../show-message.ts'
import { storeMessage } from '../store-message.ts'
import { markEndBefore } from './choose-branch.ts'
import { ask, type Trigger } from './trigger.ts'
import { countLater, hideFrom, lockRoom, selectResponding } from './turns.store.ts'

/** Lets an agent answer the same again: its answer, and what came after it, is another branch from now on. */
export async function regenerate(app: App, actor: Actor, messageId: string): Promise<Trigger> {
  return askAgain(app, actor, messageId, (answer) => {
    if (answer.status === 'streaming') throw new CadreError('BAD_REQUEST', 'the agent is still writing this answer')
  })
}

/** Lets an agent try again where it said that it failed. */
export async function retryAnswer(app: App, actor: Actor, messageId: string): Promise<Trigger> {
  return askAgain(app, actor, messageId, (answer) => {
    if (answer.status !== 'failed')
      throw new CadreError('BAD_REQUEST', 'this answer did not fail; POST /messages/{id}/regenerate asks for another one')
  })
}

async function askAgain(app: App, actor: Actor, messageId: string, check: (answer: MessageRow) => void): Promise<Trigger> {
  const trigger = await app.db.write(async (trx) => {
    const { message, seat } = await requireLivingMessage(trx, actor, messageId, 'write')
    if (message.author_kind !== 'agent' || message.parent_id === null)
      throw new CadreError('BAD_REQUEST', 'only what an agent answered can be asked for again')
    check(message)
    const [asked] = await selectMessagesById(trx, [message.parent_id])
    if (!asked || asked.deleted_at !== null || asked.active === 0)
      throw new CadreError('BAD_REQUEST', 'what this answers was deleted or stands in another branch')
    const agent = await findParticipant(trx, message.conversation_id, { kind: 'agent', id: message.author_id })
    if (!agent || agent.left_at !== null || agent.name === null) throw new CadreError('BAD_REQUEST', 'the agent is not in this conversation any more')
    await startBranch(trx, app, actor, seat, message)
    return ask(trx, app, asked, message.author_id, 0, keyOf(actor))
  })
  app.rooms.wake()
  app.wakeWorkers()
  return trigger
}

/** Says something else in the place of one's own message, and goes on from there: what followed it is another branch from now on. */
export async function branchFrom(app: App, actor: Actor, messageId: string, given: string): Promise<Message> {
  if (given.trim() === '') throw invalid('content', 'is empty')
  const began = performance.now()
  const author = { kind: 'user' as const, id: personOf(actor) }
  const own = async (db: Db['read']) => {
    const found = await requireLivingMessage(db, actor, messageId, 'write')
    const { author_kind, author_id } = found.message
    if (author_kind !== 'user' || author_id !== author.id) throw new CadreError('FORBIDDEN', 'only who wrote a message may change it')
    return found
  }
  const { content, notes } = await beforeEdit(app, actor, given, async () => {
    const { message, seat } = await own(app.db.read)
    return { message, room: seat.conversation }
  })
  const stored = await app.db.write(async (trx) => {
    const { message, seat } = await own(trx)
    await startBranch(trx, app, actor, seat, message)
    const metadata = { branch_of: message.id }
    const { conversation } = seat
    const branch = await storeMessage(trx, app, conversation, {
      author,
      content,
      thread_id: message.thread_id,
      parent_id: message.parent_id,
      metadata,
      key_id: keyOf(actor),
    })
    await noteHooks(trx, app, conversation.id, branch.row.id, notes)
    return branch
  })
  announce(app, stored, Math.round(performance.now() - began))
  return showMessage(app.db.read, stored.row)
}

/** Hides a message with all that followed it. Where other people went on from it, it is not only the caller's to do. */
async function startBranch(trx: Trx, app: App, actor: Actor, { conversation }: Seat, { thread_id, seq }: MessageRow) {
  const of = { conversation_id: conversation.id, thread_id, seq }
  const room = await lockRoom(trx, app.db.kind, conversation.id)
  if ((await selectResponding(trx, conversation.id)).length > 0)
    throw new CadreError('BAD_REQUEST', 'an agent is answering here: wait for it, or stop it with POST /conversations/{id}/stop')
  if ((await countLater(trx, { ...of, author_id: actor.user_id ?? '' })) > 0)
    throw new CadreError('BAD_REQUEST', 'others went on from this message: reply to it instead')
  const hidden = await hideFrom(trx, { ...of, now: app.now() })
  const events = hidden.map(({ id, seq: message_seq }) => ({ type: 'message.updated' as const, message_id: id, message_seq }))
  if (room) await markEndBefore(trx, app, room, thread_id, seq)
  await appendEvents(trx, conversation.id, app.now(), events)
}
