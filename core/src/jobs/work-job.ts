import { setTimeout } from 'node:timers'
import type { Db, Trx } from '../storage/database.ts'
import { JobError, type Lease, type Queue } from './queue.ts'

export type JobHelpers = {
  /** Aborts when the worker stops or has lost the lease: then nothing that the handler still does can be recorded. */
  signal: AbortSignal
  progress: (percent: number) => Promise<boolean>
}
/** What is returned becomes the job's result. `{ settled }` is for handlers that complete their job in a transaction of their own: true, they did. */
export type JobHandler = (lease: Lease, helpers: JobHelpers) => Promise<unknown>
export type JobHandlers = Record<string, JobHandler>

export type WorkLog = Record<'info' | 'warn' | 'error', (context: object, message: string) => void>
type Work = { db: Db; queue: Queue; handlers: JobHandlers; log: WorkLog }

/** A database that does not answer is asked again after this. */
export const retryMs = 1000

/** One job from its claim to its end, which is written in any case: completed, failed or, where the signal aborted, given back. */
export async function workJob(work: Work, lease: Lease, signal: AbortSignal): Promise<void> {
  const { queue, handlers, log } = work
  const about = { job_id: lease.job_id, job: lease.name, attempt: lease.attempt }
  const handler = Object.hasOwn(handlers, lease.name) ? handlers[lease.name] : undefined
  if (!handler) {
    const reason = `no handler for job name '${lease.name}'`
    log.error(about, reason)
    await settle(work, signal, (trx) => queue.fail(trx, lease, reason, { final: true }))
    return
  }
  try {
    const result = await handler(lease, { signal, progress: (percent) => queue.progress(lease, percent) })
    const settled = settledOf(result)
    if (settled !== true) await settle(work, signal, (trx) => queue.complete(trx, lease, settled === false ? undefined : result))
  } catch (err) {
    if (signal.aborted) {
      await settle(work, signal, (trx) => queue.release(trx, lease)) // refused where the lease was lost
      return
    }
    const options = err instanceof JobError ? { final: err.final, retry_in_ms: err.retry_in_ms } : {}
    const outcome = await settle(work, signal, (trx) => queue.fail(trx, lease, reasonOf(err), options))
    log[outcome === 'delayed' ? 'warn' : 'error'](
      { ...about, err, outcome },
      outcome === 'delayed' ? 'a job failed and will be tried again' : 'a job failed',
    )
  }
}

/** Writes how a job ended, however long the database is away: a job that nobody works on must not look as if somebody did. */
async function settle<T>({ db, log }: Work, signal: AbortSignal, write: (trx: Trx) => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await db.write(write)
    } catch (err) {
      log.error({ err }, 'the end of a job cannot be written; trying again')
      if (signal.aborted) return undefined
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }
}

function settledOf(result: unknown): boolean | undefined {
  return typeof result === 'object' && result !== null && 'settled' in result && typeof result.settled === 'boolean' ? result.settled : undefined
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
