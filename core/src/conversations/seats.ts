import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { isGranted } from '../access/grants/grants.ts'
import type { Db } from '../storage/database.ts'
import { type ConversationRow, findConversation, type Own } from './conversations.store.ts'
import { findMessage, type MessageRow } from './messages.store.ts'
import { findParticipant, type NamedParticipant, selectAgentsOf } from './participants.store.ts'

/** An actor in a conversation: what they may there was checked. */
export type Seat = { conversation: ConversationRow; participant: NamedParticipant | null; isAdmin: boolean }

/**
 * `see`: who takes part or was granted it, every member of the workspace where it is a channel, the workspace's owners and admins.
 * `write`: who takes part, and every member where it is a channel. `manage`: who began it, and owners and admins.
 */
export type Need = 'see' | 'write' | 'manage'

export const missingConversation = (id: string) => new CadreError('CONVERSATION_NOT_FOUND', `there is no conversation '${id}'`)
const missingMessage = (id: string) => new CadreError('MESSAGE_NOT_FOUND', `there is no message '${id}'`)

/** The seat of an actor in a conversation; one that they must not know of looks missing. */
export async function requireSeat(db: Db['read'], actor: Actor, conversationId: string, need: Need): Promise<Seat> {
  const conversation = await findConversation(db, actor.workspace_id, conversationId)
  const seat = conversation && (await seatIn(db, actor, conversation))
  if (!seat) throw missingConversation(conversationId)
  return allowed(db, seat, actor, need)
}

async function seatIn(db: Db['read'], actor: Actor, conversation: ConversationRow): Promise<Seat | null> {
  if (actor.kind === 'public') return null
  if (actor.agents !== null && !(await hasOnly(db, conversation.id, actor.agents))) return null
  const row = actor.user_id === null ? undefined : await findParticipant(db, conversation.id, { kind: 'user', id: actor.user_id })
  const participant = row && row.left_at === null ? row : null
  const seat = { conversation, participant, isAdmin: administers(actor) }
  const sees = participant || seat.isAdmin || conversation.kind === 'channel' || (await granted(db, actor, conversation, 'view'))
  return sees ? seat : null
}

/** What a key that is for some agents only gets to see. */
export async function hasOnly(db: Db['read'], conversationId: string, agents: readonly string[]): Promise<boolean> {
  const there = await selectAgentsOf(db, conversationId)
  return there.length > 0 && there.every((id) => agents.includes(id))
}

/** On the conversation, or on the project that it belongs to. */
async function granted(db: Db['read'], actor: Actor, { id, project_id }: ConversationRow, least: 'view' | 'run' | 'edit'): Promise<boolean> {
  // It asks `read` only; inside a unit that must be the unit's own.
  const from = { db: { read: db } as Db }
  return (
    (await isGranted(from, actor, 'conversation', id, least)) || (project_id !== null && (await isGranted(from, actor, 'project', project_id, least)))
  )
}

/** The message with the actor's seat in its conversation. */
export async function requireMessage(db: Db['read'], actor: Actor, messageId: string, need: Need): Promise<{ message: MessageRow; seat: Seat }> {
  const message = await findMessage(db, actor.workspace_id, messageId)
  const conversation = message && (await findConversation(db, actor.workspace_id, message.conversation_id))
  const seat = conversation && (await seatIn(db, actor, conversation))
  if (!seat) throw missingMessage(messageId)
  return { message, seat: await allowed(db, seat, actor, need) }
}

/** The same for what a deleted message cannot have done to it. */
export async function requireLivingMessage(db: Db['read'], actor: Actor, messageId: string, need: Need) {
  const found = await requireMessage(db, actor, messageId, need)
  if (found.message.deleted_at !== null) throw new CadreError('MESSAGE_NOT_FOUND', `the message '${messageId}' was deleted`)
  return found
}

async function allowed(db: Db['read'], seat: Seat, actor: Actor, need: Need): Promise<Seat> {
  const { conversation, participant, isAdmin } = seat
  if (need === 'write' && !participant && actor.kind !== 'system') {
    const open = conversation.kind === 'channel' && actor.user_id !== null
    if (!open && !(await granted(db, actor, conversation, 'run')))
      throw new CadreError('FORBIDDEN', 'only those who take part in this conversation may write in it')
  }
  if (need === 'manage' && !isAdmin && participant?.role !== 'owner' && !(await granted(db, actor, conversation, 'edit')))
    throw new CadreError('FORBIDDEN', 'only who began this conversation, or an owner or admin of the workspace, may do this')
  return seat
}

export function administers(actor: Actor) {
  return actor.kind === 'system' || actor.role === 'owner' || actor.role === 'admin'
}

/** Whose doing it is: a key acts for the one who made it. */
export function personOf(actor: Actor): string {
  if (actor.user_id === null) throw new CadreError('UNAUTHORIZED', 'this needs a user: log in, or send an API key')
  return actor.user_id
}

/** For what lists and searches may look at. */
export function ownOf(actor: Actor): Own {
  return { workspace_id: actor.workspace_id, user_id: personOf(actor), agents: actor.agents }
}
