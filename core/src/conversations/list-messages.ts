import { invalid } from '@cadre/contract/errors'
import type { ListMessages, Message } from '@cadre/contract/messages'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { selectPinnedIds } from './besides.store.ts'
import { selectMessages } from './messages.store.ts'
import { readPlace, writePlace } from './places.ts'
import { requireMessage, requireSeat } from './seats.ts'
import { showMessage, showMessages, showMessagesById } from './show-message.ts'

/** The newest messages, or those before or after a number; always the newest last. Deleted ones keep their place, without their text. */
export async function listMessages(app: { db: Db }, actor: Actor, conversationId: string, input: ListMessages): Promise<Page<Message>> {
  const { limit, cursor, thread } = input
  await requireSeat(app.db.read, actor, conversationId, 'see')
  if (cursor !== undefined && (input.before !== undefined || input.after !== undefined)) throw invalid('cursor', 'goes without before and after')
  if (input.before !== undefined && input.after !== undefined) throw invalid('after', 'goes without before')
  if (thread !== undefined) {
    const { message } = await requireMessage(app.db.read, actor, thread, 'see')
    if (message.conversation_id !== conversationId) throw invalid('thread', 'is a message of another conversation')
  }
  const { before, after } = cursor === undefined ? input : placeOf(cursor)
  const forward = after !== undefined
  const rows = await selectMessages(app.db.read, {
    conversation_id: conversationId,
    thread_id: thread ?? null,
    before,
    after,
    all_branches: input.branches === 'all',
    limit: limit + 1,
  })
  const more = rows.length > limit
  const page = more ? (forward ? rows.slice(0, limit) : rows.slice(-limit)) : rows
  const edge = forward ? page.at(-1) : page[0]
  return {
    items: await showMessages(app.db.read, page),
    next_cursor: more && edge ? writePlace(`${forward ? 'after' : 'before'}:${edge.seq}`) : null,
  }
}

function placeOf(cursor: string): { before: number | undefined; after: number | undefined } {
  const [direction, seq] = readPlace(cursor, /^(before|after):\d{1,10}$/).split(':')
  return direction === 'after' ? { before: undefined, after: Number(seq) } : { before: Number(seq), after: undefined }
}

export async function getMessage(app: { db: Db }, actor: Actor, messageId: string): Promise<Message> {
  return showMessage(app.db.read, (await requireMessage(app.db.read, actor, messageId, 'see')).message)
}

const mostPins = 200

/** The latest pin first. */
export async function listPins(app: { db: Db }, actor: Actor, conversationId: string): Promise<{ items: Message[]; next_cursor: null }> {
  await requireSeat(app.db.read, actor, conversationId, 'see')
  return { items: await showMessagesById(app.db.read, await selectPinnedIds(app.db.read, conversationId, mostPins)), next_cursor: null }
}
