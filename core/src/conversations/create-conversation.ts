import type { Conversation, CreateConversation } from '@cadre/contract/conversations'
import { invalid } from '@cadre/contract/errors'
import type { PartyRef } from '@cadre/contract/participants'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { toJson } from '../storage/json.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { findByPair, insertConversation } from './conversations.store.ts'
import { getConversation } from './get-conversation.ts'
import { join } from './join.ts'
import { requireParty } from './participants.ts'
import { requireProject } from './projects.ts'
import { personOf } from './seats.ts'

type CreateApp = Pick<App, 'db' | 'now' | 'newId' | 'rooms'>

/** Begins a conversation. There is one DM for each pair: who begins it again gets that one. */
export async function createConversation(app: CreateApp, actor: Actor, input: CreateConversation): Promise<Conversation> {
  const me: PartyRef = { kind: 'user', id: personOf(actor) }
  const others = await othersOf(app, actor, input, me)
  await checkKind(app, actor, input, others)
  const pair =
    input.kind === 'dm'
      ? [me, ...others]
          .map(({ kind, id }) => `${kind}:${id}`)
          .toSorted()
          .join('|')
      : null
  const existing = pair === null ? undefined : await findByPair(app.db.read, actor.workspace_id, pair)
  if (existing) return getConversation(app, actor, existing.id)
  const now = app.now()
  const row = {
    id: app.newId('cnv'),
    workspace_id: actor.workspace_id,
    kind: input.kind,
    project_id: input.kind === 'channel' ? (input.project_id ?? null) : null,
    title: input.title,
    topic: input.topic,
    policy: toJson(input.policy),
    pair,
    import_key: null,
    created_by: me.id,
    created_at: now,
    updated_at: now,
    last_seq: 0,
    last_event: 0,
    last_message_at: null,
    active_at: now,
    retention_days: input.policy.retention_days,
    deleted_at: null,
  }
  try {
    await app.db.write(async (trx) => {
      await insertConversation(trx, row)
      await join(trx, app, row, me, 'owner')
      // In a DM between two people neither is the other's guest.
      for (const party of others) await join(trx, app, row, party, input.kind === 'dm' && party.kind === 'user' ? 'owner' : 'member')
    })
  } catch (error) {
    const other = pair === null || !isUniqueViolation(error) ? undefined : await findByPair(app.db.read, actor.workspace_id, pair)
    if (!other) throw error
    return getConversation(app, actor, other.id)
  }
  app.rooms.wake()
  return getConversation(app, actor, row.id)
}

async function othersOf(app: CreateApp, actor: Actor, { participants }: CreateConversation, me: PartyRef): Promise<PartyRef[]> {
  const found = new Map<string, PartyRef>()
  for (const [i, ref] of participants.entries()) {
    const party = await requireParty(app, actor, ref, `participants[${i}].id`)
    if (party.kind !== me.kind || party.id !== me.id) found.set(`${party.kind}:${party.id}`, party)
  }
  return [...found.values()]
}

async function checkKind(app: CreateApp, actor: Actor, input: CreateConversation, others: PartyRef[]) {
  if (input.kind === 'dm' && others.length !== 1) throw invalid('participants', 'must name the one other of a DM')
  if (input.kind === 'group' && others.length === 0) throw invalid('participants', 'must name somebody else')
  if (input.kind !== 'channel') {
    if (input.project_id !== undefined) throw invalid('project_id', 'only a channel belongs to a project')
    return
  }
  if (input.project_id === undefined) throw invalid('project_id', 'is required: a channel belongs to a project')
  if (input.title === null) throw invalid('title', 'is required: a channel has a name')
  await requireProject(app.db.read, actor, input.project_id)
}
