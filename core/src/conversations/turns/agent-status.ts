import type { AgentInRoom } from '@cadre/contract/conversations'
import type { Actor } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import { selectParticipants } from '../participants.store.ts'
import { requireSeat } from '../seats.ts'
import { selectResponding, selectWaiting } from './turns.store.ts'

/**
 * What the agents of a conversation do now. It is nowhere stored: an agent is busy as long as a living worker is at its run, so nobody who
 * was killed is shown as busy for longer than a lease lasts.
 */
export async function agentsIn(app: App, actor: Actor, conversationId: string): Promise<{ items: AgentInRoom[]; next_cursor: null }> {
  const db = app.db.read
  await requireSeat(db, actor, conversationId, 'see')
  const agents = (await selectParticipants(db, [conversationId])).filter(({ kind }) => kind === 'agent')
  const responding = await selectResponding(db, conversationId)
  const waiting = await selectWaiting(db, conversationId)
  const atWork = new Set(responding.length === 0 ? [] : (await app.queue.inHands('runs.execute')).map((data) => (data as { run_id: string }).run_id))
  const items = agents.map(({ participant_id, name, slug }): AgentInRoom => {
    const own = responding.find(({ agent_id }) => agent_id === participant_id)
    const waits = waiting.some(({ agent_id }) => agent_id === participant_id) || (own !== undefined && !atWork.has(own.run_id))
    const status = name === null ? 'inactive' : own && atWork.has(own.run_id) ? 'busy' : 'active'
    return { agent_id: participant_id, name, slug, status, waits, run_id: own?.run_id ?? null }
  })
  return { items, next_cursor: null }
}
