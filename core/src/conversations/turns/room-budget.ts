import type { ConversationSpent } from '@cadre/contract/conversations'
import type { Actor } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import type { Db, Trx } from '../../storage/database.ts'
import { periodKey, type SharedBudget } from '../../usage/applicable.ts'
import { spentOfShared } from '../../usage/shared-spent.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { requireSeat } from '../seats.ts'
import { policyOf } from '../show-conversation.ts'
import { iso } from '../show-message.ts'
import { findRoom, isShownWithKey } from './turns.store.ts'

export const roomBudgetSpent = 'CONVERSATION_BUDGET_EXCEEDED'

/** What the agents of a conversation may spend on their answers there. */
export async function budgetOf(db: Db['read'], conversationId: string): Promise<SharedBudget | undefined> {
  const room = await findRoom(db, conversationId)
  const budget = room && policyOf(room).budget
  if (!budget) return undefined
  const raise_with = `PUT /api/v1/conversations/${conversationId} with policy.budget`
  return { ...budget, subject: conversationId, name: `the budget of conversation '${conversationId}'`, code: roomBudgetSpent, raise_with }
}

export async function showSpent(app: Pick<App, 'db' | 'now'>, actor: Actor, conversationId: string): Promise<ConversationSpent> {
  const { conversation } = await requireSeat(app.db.read, actor, conversationId, 'see')
  const { budget } = policyOf(conversation)
  if (!budget) return { budget, spent: 0, reserved: 0, resets_at: null }
  const { resets_at, ...amounts } = await spentOfShared(app.db.read, { subject: conversationId, ...budget }, app.now())
  return { budget, ...amounts, resets_at: resets_at === null ? null : iso(resets_at) }
}

/**
 * The key of the message that says that a conversation's budget is spent. Undefined where that was said since the budget was set so and its
 * day began: whichever agents would answer, people are told once.
 */
export async function refusalKey(trx: Trx, room: ConversationRow, jobId: string, now: number): Promise<string | undefined> {
  const { budget } = policyOf(room)
  const since = budget ? `budget:${budget.unit}:${budget.limit}:${budget.period}:${periodKey(budget.period, now)}:` : 'budget:'
  return (await isShownWithKey(trx, room.id, since)) ? undefined : `${since}${jobId}`
}
