import type { App } from '../../app.ts'
import type { Trx } from '../../storage/database.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { mentionsIn } from '../mentions.ts'
import { type MessageRow, selectMessagesById } from '../messages.store.ts'
import type { NamedParticipant } from '../participants.store.ts'
import { policyOf } from '../show-conversation.ts'
import { findAhead, giveToJob, insertWaiting, isOpen } from './turns.store.ts'

export type TriggerApp = Pick<App, 'queue' | 'now'>
/** The job that will look at a message, and in how many milliseconds. */
export type Trigger = { job_id: string; delay_ms: number }

const turnJob = 'conversation.turn'
/** Messages that keep coming put an answer off for so many times the debounce, and no longer. */
const mostDebounces = 5
/** Whoever talks waits for it: before runs that nobody looks at. */
const priority = 10

/**
 * Whether agents may have to answer a message, decided in the transaction that stores it; who does is decided when its turn comes
 * (choose-agent.ts). Undefined: nobody has to.
 */
export async function trigger(
  trx: Trx,
  app: TriggerApp,
  room: ConversationRow,
  message: MessageRow,
  participants: NamedParticipant[],
  keyId: string | null,
): Promise<Trigger | undefined> {
  const others = participants.filter(({ kind, participant_id }) => kind === 'agent' && participant_id !== message.author_id)
  if (others.length === 0 || !(await mayAsk(trx, message, participants))) return undefined
  const { debounce_ms, max_hops } = policyOf(room)
  if (message.author_kind === 'agent' && message.hop > max_hops) return undefined
  return await ask(trx, app, message, '', message.author_kind === 'agent' ? 0 : debounce_ms, keyId)
}

async function mayAsk(trx: Trx, message: MessageRow, participants: NamedParticipant[]): Promise<boolean> {
  if (message.author_kind === 'system' || message.status !== 'sent') return false
  const mentioned = mentionsIn(message.content, participants)
  if (mentioned.some(({ kind, id }) => kind === 'agent' && id !== message.author_id)) return true
  if (message.author_kind === 'agent') return false
  if (participants.filter(({ kind }) => kind === 'user').length <= 1) return true
  if (message.parent_id === null) return false
  const [parent] = await selectMessagesById(trx, [message.parent_id])
  return parent?.author_kind === 'agent'
}

/**
 * Lets a message be answered, by an agent or by whoever is chosen. One job looks at all that waits in a conversation; it is put off while
 * more comes.
 * @param keyId the API key that asks for it.
 */
export async function ask(
  trx: Trx,
  app: TriggerApp,
  message: MessageRow,
  agentId: string,
  debounceMs: number,
  keyId: string | null,
): Promise<Trigger> {
  const { conversation_id } = message
  const now = app.now()
  const ahead = await findAhead(trx, conversation_id)
  const delay_ms = ahead ? Math.max(0, Math.min(debounceMs, ahead.since + mostDebounces * debounceMs - now)) : debounceMs
  const isMoved = ahead !== undefined && (await app.queue.move(trx, ahead.job_id, delay_ms))
  const job_id = isMoved ? ahead.job_id : await enqueueTurn(trx, app, conversation_id, delay_ms)
  if (ahead && !isMoved) await giveToJob(trx, conversation_id, job_id, now)
  await insertWaiting(trx, { message_id: message.id, conversation_id, agent_id: agentId, job_id, key_id: keyId, now })
  return { job_id, delay_ms }
}

/** Sees to it that somebody looks at what waits in a conversation. @returns whether anything does. */
export async function lookAgain(trx: Trx, app: TriggerApp, conversationId: string, delayMs = 0): Promise<boolean> {
  const ahead = await findAhead(trx, conversationId)
  if (!ahead) return false
  if (await app.queue.isAhead(trx, ahead.job_id)) return true
  await giveToJob(trx, conversationId, await enqueueTurn(trx, app, conversationId, delayMs), app.now())
  return true
}

/** In the transaction that deletes a conversation: somebody ends what agents do there (`endDeleted`), whatever happens meanwhile. */
export async function endLater(trx: Trx, app: TriggerApp, conversationId: string) {
  if (await isOpen(trx, conversationId)) await enqueueTurn(trx, app, conversationId, 0)
}

// Killed however often, it is tried again: what it meets that will not pass it answers itself (take-turn.ts).
export function enqueueTurn(trx: Trx, { queue }: TriggerApp, conversation_id: string, delay_ms: number): Promise<string> {
  return queue.enqueue(trx, { name: turnJob, data: { conversation_id }, priority, delay_ms, max_attempts: Number.MAX_SAFE_INTEGER })
}
