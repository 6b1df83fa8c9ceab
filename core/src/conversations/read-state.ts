import type { Unread } from '@cadre/contract/conversations'
import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { selectGlances, sumUnread } from './conversations.store.ts'
import { findParticipant, setRead } from './participants.store.ts'
import { ownOf, personOf, requireSeat } from './seats.ts'

/**
 * Up to which message somebody has read; it never goes back. It is no stored event: everybody who scrolls would write a row for each
 * message that anybody writes, and whoever opens a window reads the state anyway. Windows that are open here are told at once.
 */
export async function markRead(app: Pick<App, 'db' | 'rooms'>, actor: Actor, conversationId: string, seq: number) {
  const me = { kind: 'user', id: personOf(actor) }
  const { conversation, participant } = await requireSeat(app.db.read, actor, conversationId, 'see')
  if (!participant) throw new CadreError('FORBIDDEN', 'only those who take part in a conversation have read it up to some message')
  if (seq > participant.last_read_seq) await app.db.write((trx) => setRead(trx, conversationId, me, Math.min(seq, conversation.last_seq)))
  const row = await findParticipant(app.db.read, conversationId, me)
  const [glance] = await selectGlances(app.db.read, [conversationId], me.id)
  const last_read_seq = row?.last_read_seq ?? 0
  if (last_read_seq > participant.last_read_seq)
    app.rooms.pass(
      { type: 'read.updated', conversation_id: conversationId, user_id: me.id, last_read_seq },
      { workspace_id: actor.workspace_id, people: [me.id] },
    )
  return { last_read_seq, unread: glance?.unread ?? 0 }
}

export async function countUnread(app: Pick<App, 'db'>, actor: Actor): Promise<Unread> {
  return sumUnread(app.db.read, ownOf(actor))
}

export async function tellTyping(app: Pick<App, 'db' | 'rooms'>, actor: Actor, conversationId: string): Promise<{ told: true }> {
  await requireSeat(app.db.read, actor, conversationId, 'write')
  app.rooms.pass({ type: 'typing', conversation_id: conversationId, by: { kind: 'user', id: personOf(actor) } })
  return { told: true }
}
