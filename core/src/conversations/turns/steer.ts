import type { App } from '../../app.ts'
import type { Addition, CausedRun } from '../../runs/origins.ts'
import { appendEvents } from '../events.ts'
import { mentionsIn } from '../mentions.ts'
import { type MessageRow, selectMessagesById } from '../messages.store.ts'
import { type NamedParticipant, selectNames, selectParticipants } from '../participants.store.ts'
import { policyOf } from '../show-conversation.ts'
import { saidBy, withFiles } from './context.ts'
import { logStep } from './log-step.ts'
import { findRoom, lockRoom, selectAttached, selectOfRun, selectWaiting, takeWaiting, type WaitingRow } from './turns.store.ts'

/**
 * What people said to an agent since it began to answer, for a conversation that steers. It becomes a part of what the run answers in the
 * transaction that writes it down in the run; what comes too late for that waits, and has a turn of its own, as has what another API key
 * has to pay for.
 */
export async function additionTo(app: App, run: CausedRun, conversationId: string): Promise<Addition | undefined> {
  const db = app.db.read
  const room = await findRoom(db, conversationId)
  if (!room || policyOf(room).turns !== 'steer') return undefined
  const waiting = await selectWaiting(db, conversationId)
  if (waiting.length === 0) return undefined
  const [answers] = await selectOfRun(db, run.id)
  if (!answers) return undefined
  const participants = await selectParticipants(db, [conversationId])
  const parents = await selectMessagesById(
    db,
    waiting.flatMap(({ parent_id }) => parent_id ?? []),
  )
  // What came with another API key is on that key's account.
  const alike = waiting.filter((row) => row.thread_id === answers.thread_id && row.key_id === run.key_id)
  const fitting = alike.filter((row) => isMeant(row, run.agent_id, participants, parents))
  const ids = fitting.map(({ id }) => id)
  if (ids.length === 0) return undefined
  const attachments = await selectAttached(db, ids)
  const names = await selectNames(
    db,
    fitting.map(({ author_id }) => ({ kind: 'user', id: author_id })),
  )
  const about = { conversation_id: conversationId, agent_id: run.agent_id, run_id: run.id, job_id: answers.job_id }
  return {
    inputs: fitting.map((row) => {
      const name = names.get(`user:${row.author_id}`) ?? null
      const text = saidBy(participants.length > 2 && name, withFiles(row, attachments))
      return { text, by: row.author_id, name, message_id: row.id }
    }),
    async take(trx) {
      if (!(await lockRoom(trx, app.db.kind, conversationId))) return false
      const to = { agent_id: run.agent_id, job_id: answers.job_id, run_id: run.id, status: 'responding', now: app.now() }
      if ((await takeWaiting(trx, { conversation_id: conversationId, message_ids: ids, agent_id: '' }, to)) !== ids.length) return false
      const now = new Map((await selectMessagesById(trx, ids)).map((row) => [row.id, row]))
      if (fitting.some((row) => !isSame(row, now.get(row.id)))) return false
      await appendEvents(trx, conversationId, to.now, [
        { type: 'agent.responding', agent_id: run.agent_id, job_id: answers.job_id, run_id: run.id, message_ids: ids },
      ])
      app.probe('turn.steering', conversationId)
      return true
    },
    taken() {
      app.probe('turn.steered', conversationId)
      app.rooms.wake()
      logStep(app, 'message added', { ...about, messages: ids.length })
    },
  }
}

/** By a person, to this agent or to nobody by name: who names another waits for that one. */
function isMeant(row: WaitingRow, agentId: string, participants: NamedParticipant[], parents: MessageRow[]): boolean {
  if (row.author_kind !== 'user' || row.agent_id !== '' || row.deleted_at !== null || row.active === 0) return false
  const named = mentionsIn(row.content, participants).flatMap(({ kind, id }) => (kind === 'agent' ? [id] : []))
  if (named.length > 0) return named.every((id) => id === agentId)
  const parent = parents.find(({ id }) => id === row.parent_id)
  return parent?.author_kind !== 'agent' || parent.author_id === agentId
}

function isSame(read: MessageRow, now: MessageRow | undefined): boolean {
  return now !== undefined && now.content === read.content && now.deleted_at === null && now.active === 1
}
