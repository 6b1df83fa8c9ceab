import { CadreError, invalid } from '@cadre/contract/errors'
import type { Participant, PartyRef } from '@cadre/contract/participants'
import type { Actor } from '../access/actor.ts'
import { requireAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { appendEvents } from './events.ts'
import { join } from './join.ts'
import { findParticipant, isMember, markLeft, selectParticipants, setMuted } from './participants.store.ts'
import { personOf, requireSeat } from './seats.ts'
import { showParticipant } from './show-conversation.ts'

type RoomsApp = Pick<App, 'db' | 'now' | 'rooms' | 'config'>

/** In the order in which they came. */
export async function listParticipants(app: { db: Db }, actor: Actor, conversationId: string): Promise<{ items: Participant[]; next_cursor: null }> {
  await requireSeat(app.db.read, actor, conversationId, 'see')
  return { items: (await selectParticipants(app.db.read, [conversationId])).map(showParticipant), next_cursor: null }
}

/** An agent by id or slug, a user of the workspace by id, as those that can take part. @param path names the field in the refusal. */
export async function requireParty(app: { db: Db }, actor: Actor, ref: PartyRef, path = 'id'): Promise<PartyRef> {
  if (ref.kind === 'agent') return { kind: 'agent', id: (await requireAgent(app, actor, ref.id)).id }
  if (ref.id === actor.user_id || (await isMember(app.db.read, actor.workspace_id, ref.id))) return ref
  throw new CadreError('USER_NOT_FOUND', `${path}: there is no user '${ref.id}' in this workspace`, [{ path, message: 'there is no such user' }])
}

export async function addParticipant(app: RoomsApp, actor: Actor, conversationId: string, ref: PartyRef): Promise<Participant> {
  const isSelf = ref.kind === 'user' && ref.id === actor.user_id
  const { conversation } = await requireSeat(app.db.read, actor, conversationId, 'see')
  if (conversation.kind === 'dm') throw invalid('conversationId', 'a DM is between two; begin a group instead')
  if (!(isSelf && conversation.kind === 'channel')) await requireSeat(app.db.read, actor, conversationId, 'manage')
  const party = await requireParty(app, actor, ref)
  await app.db.write(async (trx) => {
    const { conversation: current } = await requireSeat(trx, actor, conversationId, 'see')
    if (!(await join(trx, app, current, party))) return
    await audit(trx, app, actor, { action: 'participants.add', target_type: 'conversation', target_id: conversationId, detail: { ...party } })
  })
  app.rooms.wake()
  const row = await findParticipant(app.db.read, conversationId, party)
  if (!row) throw new Error('a participant who was added is gone')
  return showParticipant(row)
}

export async function removeParticipant(app: RoomsApp, actor: Actor, conversationId: string, party: PartyRef) {
  const isSelf = party.kind === 'user' && party.id === actor.user_id
  const { conversation } = await requireSeat(app.db.read, actor, conversationId, isSelf ? 'see' : 'manage')
  if (conversation.kind === 'dm') throw invalid('conversationId', 'a DM is between two; delete it instead')
  await app.db.write(async (trx) => {
    const now = app.now()
    if (!(await markLeft(trx, conversationId, party, now)))
      throw new CadreError('PARTICIPANT_NOT_FOUND', `the ${party.kind} '${party.id}' takes no part in this conversation`)
    await appendEvents(trx, conversationId, now, [{ type: 'participant.left', participant: party }])
    await audit(trx, app, actor, { action: 'participants.remove', target_type: 'conversation', target_id: conversationId, detail: { ...party } })
  })
  app.rooms.wake()
  return { kind: party.kind, id: party.id, removed: true as const }
}

export async function muteConversation(app: { db: Db }, actor: Actor, conversationId: string, muted: boolean): Promise<Participant> {
  const me = { kind: 'user', id: personOf(actor) }
  await requireSeat(app.db.read, actor, conversationId, 'see')
  await app.db.write((trx) => setMuted(trx, conversationId, me, muted))
  const row = await findParticipant(app.db.read, conversationId, me)
  if (!row || row.left_at !== null) throw new CadreError('FORBIDDEN', 'only those who take part in a conversation can mute it')
  return showParticipant(row)
}
