import { CadreError } from '@cadre/contract/errors'
import { systemIn } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import { JobError, type Lease } from '../../jobs/queue.ts'
import { cancelChild } from '../../runs/cancel-run.ts'
import { startRun } from '../../runs/start-run.ts'
import type { Trx } from '../../storage/database.ts'
import { appendEvents } from '../events.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { policyOf } from '../show-conversation.ts'
import { logStep } from './log-step.ts'
import { postFailure } from './post-failure.ts'
import { type Answer, type Plan, planTurn } from './plan-turn.ts'
import { endDeleted } from './stop.ts'
import { enqueueTurn, lookAgain } from './trigger.ts'
import { giveToJob, insertWaiting, lockPlaces, lockRoom, respondsIn, selectResponding, takeWaiting, type WaitingRow } from './turns.store.ts'

/** The conversation moved on between the plan and the deed. */
class PlanChanged extends Error {}
/** Other conversations took the last places of the agent in the same moment. */
class NoPlace extends Error {}
/** Somebody else has the job. */
class LeaseLost extends Error {}

/** How often a turn that fails in an unforeseen way is tried again before the agent says so. */
const mostFailures = 5
/** The freed place wakes who waits for it; this is for the case that nobody does. */
const lookForPlaceMs = 2_000

/**
 * A turn happens here: the messages that wait in a conversation get a run of the agent that answers them, or are passed over. The run, its
 * links to the messages, the event and the end of this job are one transaction, so that a turn which is killed anywhere is taken once.
 * What the run says becomes a message in the transaction that ends it (end-turn.ts).
 */
export async function takeTurn(app: App, lease: Lease): Promise<{ settled: boolean }> {
  const { conversation_id } = lease.data as { conversation_id: string }
  app.probe('turn.taken', conversation_id)
  for (let tries = 0; tries < 20; tries++) {
    const plan = await planTurn(app, conversation_id)
    app.probe('turn.planned', conversation_id)
    try {
      await carryOut(app, lease, plan)
      return { settled: true }
    } catch (error) {
      if (error instanceof LeaseLost) return { settled: false }
      if (!(error instanceof PlanChanged)) return await failed(app, lease, plan, error)
    }
  }
  throw new JobError('the conversation changed while its turn was planned', { retry_in_ms: 100 })
}

async function carryOut(app: App, lease: Lease, plan: Plan): Promise<void> {
  if (plan.kind === 'nothing') return await leave(app, lease)
  if (plan.kind === 'busy') return await whileBusy(app, lease, plan)
  if (plan.kind === 'nobody') return await passOver(app, lease, plan)
  const wait = await placeFor(app, plan)
  if (wait !== undefined) return await waitForAgent(app, lease, plan, wait)
  await begin(app, lease, plan).catch(async (error: unknown) => {
    if (!(error instanceof NoPlace)) throw error
    await waitForAgent(app, lease, plan, noPlace(plan.agent))
  })
}

async function complete(trx: Trx, app: App, lease: Lease) {
  if (!(await app.queue.complete(trx, lease))) throw new LeaseLost()
}

/** Nothing waits, or the conversation was deleted. */
async function leave(app: App, lease: Lease) {
  await endDeleted(app, (lease.data as { conversation_id: string }).conversation_id)
  await app.db.write((trx) => complete(trx, app, lease))
}

/** The end of the run that works lets somebody look again, for all that waits by then. */
async function whileBusy(app: App, lease: Lease, { room, running }: Extract<Plan, { kind: 'busy' }>) {
  if (policyOf(room).turns === 'interrupt') for (const { run_id } of running) await cancelChild(app, systemIn(room), run_id)
  await app.db.write(async (trx) => {
    await lockRoom(trx, app.db.kind, room.id)
    const isOver = (await selectResponding(trx, room.id)).length === 0
    await complete(trx, app, lease)
    if (isOver) await lookAgain(trx, app, room.id)
  })
  app.wakeWorkers()
}

async function passOver(app: App, lease: Lease, { room, waiting, refused }: Extract<Plan, { kind: 'nobody' }>) {
  await app.db.write(async (trx) => {
    await lockRoom(trx, app.db.kind, room.id)
    const agent_id = waiting[0]?.agent_id ?? ''
    const message_ids = waiting.map(({ id }) => id)
    const to = { agent_id, job_id: lease.job_id, run_id: null, status: 'passed', now: app.now() }
    await takeWaiting(trx, { conversation_id: room.id, message_ids, agent_id }, to)
    await complete(trx, app, lease)
    await lookAgain(trx, app, room.id)
  })
  app.wakeWorkers()
  logStep(app, 'nobody answers', { conversation_id: room.id, job_id: lease.job_id, messages: waiting.length, refused })
}

async function hasPlace(db: Trx, { id, config }: Answer['agent']): Promise<boolean> {
  return !(await respondsIn(db, id, config.max_concurrent_jobs))
}

function noPlace({ config }: Answer['agent']) {
  return { ms: lookForPlaceMs, reason: `it answers in ${config.max_concurrent_jobs} other conversations` }
}

/** Undefined where the agent may begin now; else after how many milliseconds to look again. */
async function placeFor(app: App, { agent }: Answer): Promise<{ ms: number; reason: string } | undefined> {
  const { replies_per_minute } = agent.config
  if (!(await hasPlace(app.db.read, agent))) return noPlace(agent)
  try {
    await app.limits.agent(`replies:${agent.id}`, replies_per_minute)
    return undefined
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    return { ms: error.retry_after_ms ?? 1_000, reason: `it has answered ${replies_per_minute} times within a minute` }
  }
}

async function waitForAgent(app: App, lease: Lease, plan: Answer, { ms, reason }: { ms: number; reason: string }) {
  const { room, agent } = plan
  await app.db.write(async (trx) => {
    await lockRoom(trx, app.db.kind, room.id)
    await take(trx, app, lease, plan, { run_id: null, status: 'waiting' })
    await complete(trx, app, lease)
    await giveToJob(trx, room.id, await enqueueTurn(trx, app, room.id, ms), app.now())
  })
  app.rooms.pass({
    type: 'progress',
    conversation_id: room.id,
    agent_id: agent.id,
    run_id: null,
    percent: null,
    text: `${agent.name} waits: ${reason}`,
  })
  logStep(app, 'turn waits', { conversation_id: room.id, agent_id: agent.id, job_id: lease.job_id, ms, reason })
}

async function begin(app: App, lease: Lease, plan: Answer) {
  const { room, agent, context, actor } = plan
  const began = performance.now()
  const input = { idOrSlug: agent.id, input: context.prompt, data: undefined, output_schema: undefined, stream: true }
  const also = async (trx: Trx, run_id: string) => {
    if (!(await lockRoom(trx, app.db.kind, room.id)) || (await selectResponding(trx, room.id)).length > 0) throw new PlanChanged()
    await lockPlaces(trx, app.db.kind, agent.id)
    if (!(await hasPlace(trx, agent))) throw new NoPlace()
    await take(trx, app, lease, plan, { run_id, status: 'responding' })
    const message_ids = plan.waiting.map(({ id }) => id)
    await appendEvents(trx, room.id, app.now(), [{ type: 'agent.responding', agent_id: agent.id, job_id: lease.job_id, run_id, message_ids }])
    await complete(trx, app, lease)
    app.probe('turn.linking', room.id)
  }
  const keys = [...new Set(plan.waiting.flatMap(({ key_id }) => key_id ?? []))]
  const cause = { origin: `conversation:${room.id}`, history: context.history, keys, key_id: keyOfTurn(plan.waiting), also }
  const run_id = await startRun(app, actor, input, undefined, () => app.probe('turn.begun', room.id), undefined, cause)
  app.rooms.wake()
  const about = { conversation_id: room.id, agent_id: agent.id, run_id, job_id: lease.job_id }
  const since = Math.min(...plan.waiting.map((row) => row.created_at))
  logStep(app, 'agent chosen', { ...about, why: plan.why, refused: plan.refused })
  logStep(app, 'context built', { ...about, messages: context.messages, answers: plan.waiting.length })
  logStep(app, 'run started', { ...about, ms: Math.round(performance.now() - began), since_message_ms: app.now() - since })
}

/** Whoever wrote last has the run (plan-turn.ts): their key pays for it. */
const keyOfTurn = (waiting: WaitingRow[]) => waiting.at(-1)?.key_id ?? null

/** Gives what waits to the agent; those who answer after it wait for their turn. */
async function take(trx: Trx, app: App, lease: Lease, plan: Answer, to: { run_id: string | null; status: string }) {
  const { room, agent, waiting } = plan
  const now = app.now()
  const message_ids = waiting.map(({ id }) => id)
  const from = { conversation_id: room.id, message_ids, agent_id: waiting[0]?.agent_id ?? '' }
  const taken = await takeWaiting(trx, from, { ...to, agent_id: agent.id, job_id: lease.job_id, now })
  if (taken !== message_ids.length) throw new PlanChanged()
  const last = message_ids.at(-1)
  for (const id of last === undefined ? [] : plan.next)
    await insertWaiting(trx, {
      message_id: last as string,
      conversation_id: room.id,
      agent_id: id,
      job_id: lease.job_id,
      key_id: keyOfTurn(waiting),
      now,
    })
}

/** What will not pass is said in the conversation; what may is tried again. */
async function failed(app: App, lease: Lease, plan: Plan, error: unknown): Promise<{ settled: boolean }> {
  const isBusy = error instanceof CadreError && (error.code === 'UNAVAILABLE' || error.code === 'TOO_MANY_REQUESTS')
  if (isBusy) throw new JobError(error.message, { retry_in_ms: error.retry_after_ms ?? 1_000 })
  const lasts = error instanceof CadreError || lease.attempt >= mostFailures
  if (plan.kind !== 'answer' || !lasts) throw error
  const reason =
    error instanceof CadreError ? { code: error.code, message: error.message } : { code: 'INTERNAL', message: 'Cadre failed in an unforeseen way' }
  app.log.error({ err: error, conversation_id: plan.room.id, agent_id: plan.agent.id, job_id: lease.job_id }, 'an agent could not begin to answer')
  try {
    await sayFailure(app, lease, plan, plan.room, reason)
  } catch (again) {
    if (again instanceof LeaseLost) return { settled: false }
    throw again
  }
  return { settled: true }
}

async function sayFailure(app: App, lease: Lease, plan: Answer, { id }: ConversationRow, error: { code: string; message: string }) {
  await app.db.write(async (trx) => {
    const room = await lockRoom(trx, app.db.kind, id)
    await take(trx, app, lease, plan, { run_id: null, status: 'failed' })
    if (room)
      await postFailure(trx, app, room, {
        agent_id: plan.agent.id,
        answers: plan.waiting,
        run_id: null,
        job_id: lease.job_id,
        error,
        attempts: lease.attempt,
      })
    await complete(trx, app, lease)
    await lookAgain(trx, app, id)
  })
  app.rooms.wake()
  app.wakeWorkers()
  logStep(app, 'failed', { conversation_id: id, agent_id: plan.agent.id, job_id: lease.job_id, error })
}
