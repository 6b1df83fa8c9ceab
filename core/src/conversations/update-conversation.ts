import type { Conversation, UpdateConversation } from '@cadre/contract/conversations'
import { ConversationPolicy } from '@cadre/contract/participants'
import { invalid } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { toJson } from '../storage/json.ts'
import { changeConversation } from './conversations.store.ts'
import { appendEvents } from './events.ts'
import { getConversation } from './get-conversation.ts'
import { requireSeat } from './seats.ts'
import { policyOf } from './show-conversation.ts'
import { endLater } from './turns/trigger.ts'

type ChangeApp = Pick<App, 'db' | 'now' | 'rooms' | 'config' | 'queue' | 'wakeWorkers'>

/** Fields left out stay as they are, also those of the policy. */
export async function updateConversation(app: ChangeApp, actor: Actor, id: string, change: UpdateConversation): Promise<Conversation> {
  await app.db.write(async (trx) => {
    const { conversation } = await requireSeat(trx, actor, id, 'manage')
    const policy = ConversationPolicy.parse({ ...policyOf(conversation), ...change.policy })
    const title = change.title === undefined ? conversation.title : change.title
    const topic = change.topic === undefined ? conversation.topic : change.topic
    if (conversation.kind === 'channel' && title === null) throw invalid('title', 'is required: a channel has a name')
    const now = app.now()
    await changeConversation(trx, id, { title, topic, policy: toJson(policy), retention_days: policy.retention_days, updated_at: now })
    await appendEvents(trx, id, now, [{ type: 'conversation.updated', title, topic, policy }])
  })
  app.rooms.wake()
  return getConversation(app, actor, id)
}

/** From now on it is there for nobody; `cadre` deletes its rows with the next round of retention. */
export async function deleteConversation(app: ChangeApp, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  await app.db.write(async (trx) => {
    await requireSeat(trx, actor, id, 'manage')
    const now = app.now()
    await changeConversation(trx, id, { deleted_at: now, updated_at: now })
    await appendEvents(trx, id, now, [{ type: 'conversation.deleted' }])
    await endLater(trx, app, id)
    await audit(trx, app, actor, { action: 'conversations.delete', target_type: 'conversation', target_id: id })
  })
  app.rooms.wake()
  app.wakeWorkers()
  return { id, deleted: true }
}
