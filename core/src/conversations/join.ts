import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import type { Trx } from '../storage/database.ts'
import type { ConversationRow } from './conversations.store.ts'
import { appendEvents } from './events.ts'
import { putParticipant } from './participants.store.ts'
import { personOf } from './seats.ts'

type Party = { kind: 'user' | 'agent'; id: string }

/** Adds somebody; what was said before is nothing that they have not read. @returns false when they were there. */
export async function join(trx: Trx, app: Pick<App, 'now'>, conversation: ConversationRow, party: Party, role: 'owner' | 'member' = 'member') {
  const row = {
    conversation_id: conversation.id,
    kind: party.kind,
    participant_id: party.id,
    role,
    joined_at: app.now(),
    left_at: null,
    last_read_seq: conversation.last_seq,
    muted: 0,
  }
  const isNew = await putParticipant(trx, row)
  if (isNew) await appendEvents(trx, conversation.id, app.now(), [{ type: 'participant.joined', participant: party }])
  return isNew
}

/** Who writes in a channel, or by a grant in a group, has joined it; a DM stays between two. */
export async function joinChannel(trx: Trx, app: Pick<App, 'now'>, conversation: ConversationRow, actor: Actor) {
  if (actor.kind !== 'system' && conversation.kind !== 'dm') await join(trx, app, conversation, { kind: 'user', id: personOf(actor) })
}
