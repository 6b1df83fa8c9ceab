import type { Waiting } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import { isAnyAnswered } from '../approvals/questions.ts'
import type { Queue } from '../jobs/queue.ts'
import type { Trx } from '../storage/database.ts'
import type { Raised } from '../usage/open-usage.ts'
import { clearWaiting, countWaiting, lockRun, type RunRow, selectFamily, selectWaitingForBudget } from './runs.store.ts'

/**
 * Enqueues the execution of a run that waits until some time, in the transaction that says that it waits. The end of an approval's time has
 * a job of its own.
 */
export async function wakeInTime(trx: Trx, app: Pick<App, 'queue' | 'now'>, runId: string, token: number, { for: what, until }: Waiting) {
  if (until !== null && what !== 'approval') await enqueue(trx, app.queue, runId, token, Math.max(0, Date.parse(until) - app.now()))
}

/**
 * Lets the runs that wait for a budget look again, in the transaction that raised or removed a limit: all of the workspace, or where one run was
 * meant those of its family, since what runs below it spend it spends, too. They wait no more when this commits, so that nobody who looks
 * meanwhile takes them for waiting.
 */
export async function wakeWaiting(trx: Trx, queue: Queue, raised: Raised) {
  const waiting = await selectWaitingForBudget(trx, raised.workspace_id)
  const meant = raised.run_id === null || waiting.length === 0 ? undefined : await selectFamily(trx, raised.run_id)
  for (const { id, token } of waiting) {
    if (meant && !meant.has(id)) continue
    await wakeNow(trx, queue, id, token)
  }
}

/**
 * Lets a run go on whose question was answered, and those above that wait with it. A run that is executed at this moment finds the answer
 * when it is about to wait (`isAnswered`): each transaction holds the run's row when it looks, so one of the two sees the other.
 */
export async function wakeAnswered(trx: Trx, queue: Queue, { id, parent_run_id }: Pick<RunRow, 'id' | 'parent_run_id'>) {
  const own = await lockRun(trx, id)
  if (own?.status === 'pending') await enqueue(trx, queue, id, own.token, 0)
  for (let above = parent_run_id; above !== null;) {
    const run = await lockRun(trx, above)
    if (run?.status === 'pending' && run.waiting !== null) await wakeNow(trx, queue, above, run.token)
    above = run?.parent_run_id ?? null
  }
}

/** For a run that is about to wait: whether what it would wait for is there by now. */
export async function isAnswered(trx: Trx, { approvals, runs }: { approvals: string[]; runs: string[] }): Promise<boolean> {
  if (await isAnyAnswered(trx, approvals)) return true
  return runs.length > 0 && (await countWaiting(trx, runs)) < new Set(runs).size
}

export async function wakeNow(trx: Trx, queue: Queue, runId: string, token: number) {
  await clearWaiting(trx, runId)
  await enqueue(trx, queue, runId, token, 0)
}

// An execution is refused where another has the run already, so one job too many does nothing.
async function enqueue(trx: Trx, queue: Queue, runId: string, token: number, delay_ms: number) {
  await queue.enqueue(trx, { name: 'runs.execute', data: { run_id: runId, base: token }, max_attempts: Number.MAX_SAFE_INTEGER, delay_ms })
}
