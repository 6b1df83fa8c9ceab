import type { Conversation } from '@cadre/contract/conversations'
import { ConversationPolicy, type Participant } from '@cadre/contract/participants'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { type ConversationRow, selectGlances } from './conversations.store.ts'
import { type NamedParticipant, selectParticipants } from './participants.store.ts'
import { iso, showMessagesById } from './show-message.ts'

/** @param userId for whom unread messages are counted. */
export async function showConversations(db: Db['read'], rows: ConversationRow[], userId: string | null): Promise<Conversation[]> {
  const ids = rows.map((row) => row.id)
  const participants = Map.groupBy(await selectParticipants(db, ids), (each) => each.conversation_id)
  const glances = new Map((await selectGlances(db, ids, userId)).map((glance) => [glance.id, glance]))
  const lastIds = [...glances.values()].flatMap(({ last_message_id }) => last_message_id ?? [])
  const last = new Map((await showMessagesById(db, lastIds)).map((message) => [message.id, message]))
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as Conversation['kind'],
    project_id: row.project_id,
    title: row.title,
    topic: row.topic,
    policy: policyOf(row),
    participants: (participants.get(row.id) ?? []).map(showParticipant),
    created_by: row.created_by,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
    last_seq: row.last_seq,
    last_event: row.last_event,
    last_message_at: row.last_message_at === null ? null : iso(row.last_message_at),
    last_message: last.get(glances.get(row.id)?.last_message_id ?? '') ?? null,
    unread: glances.get(row.id)?.unread ?? 0,
  }))
}

const policies = new Map<string, ConversationPolicy>()

/** What an older version stored gets the defaults of what came since. There are few different ones, and a list has many of them. */
export function policyOf({ policy }: Pick<ConversationRow, 'policy'>): ConversationPolicy {
  let parsed = policies.get(policy)
  if (!parsed) {
    if (policies.size >= 100) policies.clear()
    policies.set(policy, (parsed = Object.freeze(ConversationPolicy.parse(fromJson(policy)))))
  }
  return parsed
}

export function showParticipant(row: NamedParticipant): Participant {
  return {
    kind: row.kind as Participant['kind'],
    id: row.participant_id,
    name: row.name,
    slug: row.slug,
    role: row.role as Participant['role'],
    joined_at: iso(row.joined_at),
    last_read_seq: row.last_read_seq,
    muted: row.muted === 1,
  }
}
