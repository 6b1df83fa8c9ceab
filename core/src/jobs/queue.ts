import type { Trx } from '../storage/database.ts'

/** The port of the job system. It knows names and data, nothing of what the jobs are about. */

/** `paused` is a waiting or delayed job whose name is paused. */
export const jobStatuses = ['waiting', 'active', 'completed', 'failed', 'delayed', 'paused'] as const
export type JobStatus = (typeof jobStatuses)[number]

export type NewJob = {
  name: string
  /** JSON. Never a secret: jobs are shown to whoever looks after the server. */
  data: unknown
  /** Higher first; 0 when left out. */
  priority?: number
  delay_ms?: number
  /** 3 when left out. An attempt counts when it begins, so that a job which kills its worker comes to an end. */
  max_attempts?: number
  /** Upper bound of the random wait before the second attempt; it doubles with each further one. 1000 when left out. */
  backoff_ms?: number
  /** Made by `newId('job')`, where the caller needs to know it before. */
  id?: string
}

/** The right to work on a job, until its worker is given up. Every write about the job carries the token and is refused when stale. */
export type Lease = {
  job_id: string
  name: string
  // oxlint-disable-next-line typescript/no-explicit-any -- whoever enqueued the job knows its shape, the handler of that name says it
  data: any
  /** From 1. */
  attempt: number
  /** Grows with every claim of the job. */
  token: number
  worker_id: string
  max_attempts: number
  backoff_ms: number
}

export type Job = {
  id: string
  name: string
  data: unknown
  priority: number
  status: JobStatus
  /** 0 to 100. */
  progress: number
  attempts: number
  max_attempts: number
  run_at: number
  result: unknown
  failure_reason: string | null
  created_at: number
  started_at: number | null
  completed_at: number | null
}

export type JobFilter = { status?: JobStatus; name?: string; before?: string; limit?: number }

/** A worker as others see it, for `Reclaim.isDead`. */
export type WorkerRow = { id: string; host: string; pid: number; started_at: number }
export type Reclaim = {
  /** Never given up: the worker that asks knows that it is alive, whatever the clock says (a laptop that slept). */
  self?: string
  /** Workers that are known to be dead although their last heartbeat is recent. */
  isDead?: (worker: WorkerRow) => boolean
}
export type Reclaimed = { id: string; name: string; status: 'waiting' | 'failed'; attempts: number; worker_id: string }

export type Queue = {
  /** In the caller's transaction: the job exists exactly if everything else in it does. */
  enqueue(trx: Trx, job: NewJob): Promise<string>
  /**
   * Enqueues a job that this worker, which has room for it, holds from the start: one transaction instead of two, and nothing to wake.
   * Undefined: the name is paused or the worker was given up; nothing was written.
   */
  enqueueHeld(trx: Trx, job: NewJob, worker_id: string): Promise<Lease | undefined>
  /** Takes due jobs, highest priority first. Nothing for a worker that is not registered (heartbeat.ts) or was given up. @param names null: of any name. */
  claim(worker_id: string, names: string[] | null, limit: number): Promise<Lease[]>
  /** False when the lease is stale; then nothing was written. */
  complete(trx: Trx, lease: Lease, result?: unknown): Promise<boolean>
  /** Failed for good after the last attempt or when `final`, else tried again after a wait. */
  fail(trx: Trx, lease: Lease, reason: string, options?: { final?: boolean; retry_in_ms?: number }): Promise<'failed' | 'delayed' | 'stale'>
  /** Gives the job back as if it had not been claimed: the attempt does not count. */
  release(trx: Trx, lease: Lease): Promise<boolean>
  progress(lease: Lease, percent: number): Promise<boolean>
  /** Frees the jobs of workers that are dead or whose heartbeat stopped, and gives up those workers. */
  reclaim(options?: Reclaim): Promise<Reclaimed[]>
  /** What a worker holds by the database, for one that lost the answer to a claim. */
  leasesOf(worker_id: string): Promise<Lease[]>

  /** No job of this name is claimed until `resume`; those that run go on. */
  pause(name: string): Promise<void>
  resume(name: string): Promise<void>
  pausedNames(): Promise<string[]>
  get(id: string): Promise<Job | undefined>
  /** Newest first. */
  list(filter?: JobFilter): Promise<Job[]>
  /** Lets a job that nobody has taken up yet be due after this time instead. False: it was taken up, or is over. */
  move(trx: Trx, id: string, delay_ms: number): Promise<boolean>
  /** Whether a job is still to be taken up. */
  isAhead(trx: Trx, id: string): Promise<boolean>
  /** The data of the jobs of this name that a living worker is at work on. */
  inHands(name: string): Promise<unknown[]>
  /** A failed job starts over, with all its attempts. False: there is no such failed job. */
  retry(trx: Trx, id: string): Promise<boolean>
  /** Deletes what was completed longer ago than this. @returns how many. */
  prune(older_than_ms: number): Promise<number>
  /** When the next delayed job is due. */
  next_run_at(): Promise<number | null>
}

/** What a handler throws to say how its job fails. */
export class JobError extends Error {
  override name = 'JobError'
  readonly final: boolean
  readonly retry_in_ms: number | undefined
  constructor(message: string, options: { final?: boolean; retry_in_ms?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.final = options.final ?? false
    this.retry_in_ms = options.retry_in_ms
  }
}
