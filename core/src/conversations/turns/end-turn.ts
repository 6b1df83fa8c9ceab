import { contentLimit } from '@cadre/contract/messages'
import type { App } from '../../app.ts'
import type { CausedRun, RunEnd } from '../../runs/origins.ts'
import type { Trx } from '../../storage/database.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { appendEvents } from '../events.ts'
import type { MessageRow } from '../messages.store.ts'
import { postAgentMessage } from '../post-agent-message.ts'
import { logStep, type StepName } from './log-step.ts'
import { placeOf } from './place-of.ts'
import { postFailure } from './post-failure.ts'
import { replyId } from './reply-id.ts'
import { lookAgain } from './trigger.ts'
import { endLinks, findWaitingFor, lockRoom, selectOfRun } from './turns.store.ts'

const nothing = () => {}

/**
 * The end of a run that answers in a conversation, in its transaction: what it said becomes a message, its links say how it ended, and
 * whatever waits gets its turn. Nothing here may fail for what it finds.
 */
export async function endTurn(trx: Trx, app: App, run: CausedRun, conversationId: string, end: RunEnd): Promise<() => void> {
  const room = await lockRoom(trx, app.db.kind, conversationId)
  const answers = await selectOfRun(trx, run.id)
  const [first] = answers
  if (!room || !first) {
    await endLinks(trx, run.id, 'passed', app.now())
    return nothing
  }
  const said = await sayEnd(trx, app, room, { run, answers, end, agent_id: first.agent_id, job_id: first.job_id })
  await lookAgain(trx, app, room.id)
  app.probe('turn.ending', room.id)
  // A place of this agent is free: who waits for it longest need not wait until they look themselves.
  const other = await findWaitingFor(trx, first.agent_id)
  if (other) await app.queue.move(trx, other.job_id, 0)
  return () => {
    app.rooms.wake()
    app.wakeWorkers()
    logStep(app, said.step, {
      conversation_id: room.id,
      agent_id: first.agent_id,
      run_id: run.id,
      job_id: first.job_id,
      ms: app.now() - run.created_at,
      ...(said.message_id === undefined ? {} : { message_id: said.message_id }),
      ...(end.error === null ? {} : { error: end.error }),
    })
  }
}

type Ended = { run: CausedRun; answers: MessageRow[]; end: RunEnd; agent_id: string; job_id: string }
type Said = { step: StepName; message_id?: string }

async function sayEnd(trx: Trx, app: App, room: ConversationRow, ended: Ended): Promise<Said> {
  const { run, answers, end, agent_id, job_id } = ended
  const ref = { agent_id, job_id, run_id: run.id }
  if (end.status === 'failed' || end.status === 'timeout') {
    await endLinks(trx, run.id, 'failed', app.now())
    await postFailure(trx, app, room, {
      ...ref,
      answers,
      error: end.error ?? { code: 'INTERNAL', message: 'the run failed' },
      attempts: end.tries ?? 1,
    })
    return { step: 'failed' }
  }
  const isStopped = end.status === 'cancelled'
  await endLinks(trx, run.id, isStopped ? 'stopped' : 'answered', app.now())
  const place = await placeOf(trx, answers)
  const text = end.text ?? ''
  // Somebody stopped it before it said anything.
  if (!place || text.trim() === '') {
    await appendEvents(trx, room.id, app.now(), [{ type: 'job.completed', ...ref }])
    return { step: 'stopped' }
  }
  const content = text.length > contentLimit ? `${text.slice(0, contentLimit - 1)}…`.toWellFormed() : text
  const id = replyId(run.id)
  await postAgentMessage(trx, app, room, {
    id,
    agent_id,
    content,
    status: isStopped ? 'stopped' : 'sent',
    run_id: run.id,
    client_key: run.id,
    key_id: run.key_id,
    metadata: content === text ? null : { cut: true },
    llm: [{ role: 'assistant', content }],
    events: [
      { type: 'agent.responded', agent_id, message_id: id, run_id: run.id, answers: answers.map((each) => each.id) },
      { type: 'job.completed', ...ref },
    ],
    ...place,
  })
  return { step: isStopped ? 'stopped' : 'replied', message_id: id }
}
