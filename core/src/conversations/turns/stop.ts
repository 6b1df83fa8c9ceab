import { type Actor, systemIn } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import { cancelChild } from '../../runs/cancel-run.ts'
import { requireSeat } from '../seats.ts'
import { dropWaiting, findDeleted, lockRoom, selectResponding } from './turns.store.ts'

/** Ends what agents do in a conversation: what was shown of an answer is kept and marked, what waits is not answered. */
export async function stopAgents(app: App, actor: Actor, conversationId: string): Promise<{ stopped_runs: string[]; dropped: number }> {
  await requireSeat(app.db.read, actor, conversationId, 'write')
  // First what waits: the end of a run would let it have its turn.
  const { dropped, running } = await app.db.write(async (trx) => {
    await lockRoom(trx, app.db.kind, conversationId)
    return { dropped: await dropWaiting(trx, conversationId, 'stopped', app.now()), running: await selectResponding(trx, conversationId) }
  })
  const by = { ...systemIn(actor), id: actor.id }
  for (const { run_id } of running) await cancelChild(app, by, run_id)
  app.rooms.wake()
  return { stopped_runs: running.map(({ run_id }) => run_id), dropped }
}

/** Ends what agents do in a conversation that is there no more. Safe to repeat. */
export async function endDeleted(app: App, conversationId: string): Promise<void> {
  const deleted = await findDeleted(app.db.read, conversationId)
  if (!deleted) return
  for (const { run_id } of await selectResponding(app.db.read, conversationId)) await cancelChild(app, systemIn(deleted), run_id)
  await app.db.write((trx) => dropWaiting(trx, conversationId, 'passed', app.now()))
}
