import { setImmediate, setTimeout } from 'node:timers'
import type { Db } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { type Heartbeat, startHeartbeat } from './heartbeat.ts'
import { isDeadHere } from './host.ts'
import type { Lease, Queue } from './queue.ts'
import { type JobHandlers, retryMs, workJob, type WorkLog } from './work-job.ts'

export type WorkerOptions = {
  db: Db
  queue: Queue
  handlers: JobHandlers
  concurrency: number
  log: WorkLog
  /** Shown in the table of workers. */
  kind?: string
  /** How often it looks for jobs that others enqueued. */
  poll_ms?: number
  heartbeat_ms?: number
}

/** What became due since the last claim is taken so much later: together with what becomes due meanwhile. */
const soonMs = 10
/** With so many places left it is no matter whether others came first. */
const roomy = 64
/** How often the dead are looked for. */
const reclaimMs = 1000
/** What a handler has to notice that its signal was aborted. */
const graceMs = 1000

/** Starts to take jobs of any name: those that dead workers left first. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const worker = new Worker(options)
  await worker.start()
  return worker
}

/** Room in a worker for one job that is about to be enqueued. It ends with `begin` or `cancel`. */
export type Reservation = { worker_id: string; begin: (lease: Lease) => void; cancel: () => void }

type Running = { lease: Lease; abort: AbortController; done: Promise<void> }

export class Worker {
  readonly #options: Required<WorkerOptions>
  readonly #running = new Map<string, Running>()
  #reserved = 0
  #parked = 0
  #id = ''
  #heartbeat: Heartbeat | undefined
  #stopping: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  #claiming: Promise<void> | undefined
  #recovering: Promise<void> | undefined
  #wakeScheduled = false
  /** There may be jobs that were not seen by the last claim. */
  #hungry = false
  #claimFailed = false
  #lastReclaim = 0

  constructor(options: WorkerOptions) {
    this.#options = { kind: 'server', poll_ms: 250, heartbeat_ms: 1000, ...options }
  }

  get id() {
    return this.#id
  }

  async start() {
    await this.#register()
    await this.#reclaim()
    this.#poll()
  }

  /** Says that a job was enqueued. Calls in one turn of the event loop are one claim. */
  wake() {
    this.#hungry = true
    if (this.#wakeScheduled) return
    this.#wakeScheduled = true
    setImmediate(() => {
      this.#wakeScheduled = false
      void this.#claim()
    })
  }

  /** A job that only waits for others makes room for them. @returns what ends that. */
  park(): () => void {
    this.#parked++
    this.wake()
    let parked = true
    return () => {
      if (parked) this.#parked--
      parked = false
    }
  }

  /** Undefined where there is no room, or little and jobs wait that came first. */
  reserve(): Reservation | undefined {
    const free = this.#free()
    if (this.#stopping || this.#id === '' || free <= 0 || (this.#hungry && free < roomy)) return undefined
    this.#reserved++
    const worker_id = this.#id
    return {
      worker_id,
      begin: (lease) => {
        this.#reserved--
        // Given up meanwhile: the job is taken over like any that it held.
        if (worker_id === this.#id) this.#begin(lease)
      },
      cancel: () => void this.#reserved--,
    }
  }

  /** Takes no more jobs, waits this long for those that run, stops the rest and gives them back. */
  drain(timeout_ms: number): Promise<void> {
    return (this.#stopping ??= this.#drain(timeout_ms))
  }

  /** Stops what runs at once and gives it back. */
  stop(): Promise<void> {
    return this.drain(0)
  }

  async #drain(timeout_ms: number) {
    clearTimeout(this.#timer)
    await this.#looking
    await this.#claiming
    await this.#recovering
    if (timeout_ms > 0) await this.#settled(timeout_ms)
    for (const { abort } of this.#running.values()) abort.abort(new Error('the worker stops'))
    await this.#settled(graceMs)
    const { db, queue, log } = this.#options
    const left = [...this.#running.values()].map(({ lease }) => lease)
    try {
      if (left.length > 0) await db.write(async (trx) => void (await Promise.all(left.map((lease) => queue.release(trx, lease)))))
    } catch (err) {
      log.warn({ err, jobs: left.length }, 'jobs could not be given back; they are taken over as those of a dead worker')
    }
    await this.#heartbeat?.stop()
  }

  async #settled(timeout_ms: number) {
    if (this.#running.size === 0) return
    const timeout = Promise.withResolvers<void>()
    const timer = setTimeout(timeout.resolve, timeout_ms)
    await Promise.race([Promise.all([...this.#running.values()].map(({ done }) => done)), timeout.promise])
    clearTimeout(timer)
  }

  async #register() {
    const { db, kind, heartbeat_ms, log } = this.#options
    const worker_id = newId('wrk')
    this.#heartbeat = await startHeartbeat(db.target, {
      worker_id,
      kind,
      every_ms: heartbeat_ms,
      onLost: (reason) => {
        this.#recovering = this.#lost(worker_id, reason)
      },
      onFailed: (reason) => log.warn({ worker_id, reason }, 'a heartbeat failed'),
    })
    this.#id = worker_id
  }

  /** Others may have the jobs by now: everything that runs here is void. Goes on under a new name. */
  async #lost(worker_id: string, reason: string) {
    const { log } = this.#options
    log.error({ worker_id, reason, jobs: this.#running.size }, 'this worker was given up; what it was doing is void')
    const given = [...this.#running.values()]
    this.#running.clear()
    this.#id = ''
    const heartbeat = this.#heartbeat
    this.#heartbeat = undefined
    for (const { abort } of given) abort.abort(new Error('the lease is lost'))
    await heartbeat?.stop()
    while (!this.#stopping && !this.#heartbeat) {
      try {
        await this.#register()
      } catch (err) {
        log.error({ err }, 'the worker cannot register itself; trying again')
        await new Promise((resolve) => setTimeout(resolve, retryMs))
      }
    }
    this.wake()
  }

  #poll() {
    this.#looking = this.#look().then((wait) => {
      if (!this.#stopping) this.#timer = setTimeout(() => this.#poll(), wait)
    })
  }

  /** @returns after how many milliseconds to look again. */
  async #look(): Promise<number> {
    const { poll_ms, queue, log } = this.#options
    try {
      if (Date.now() - this.#lastReclaim >= reclaimMs) await this.#reclaim()
      await this.#claim()
      const next = await queue.next_run_at()
      if (next === null || this.#free() <= 0) return poll_ms
      return Math.min(Math.max(next - Date.now(), soonMs), poll_ms)
    } catch (err) {
      log.error({ err }, 'the worker cannot look for jobs; trying again')
      return retryMs
    }
  }

  async #reclaim() {
    const { queue, log } = this.#options
    this.#lastReclaim = Date.now()
    for (const job of await queue.reclaim({ self: this.#id, isDead: isDeadHere })) {
      if (job.status === 'failed') log.error({ ...job }, 'a job failed: its worker died, as at each attempt before')
      else log.warn({ ...job }, 'took over the job of a dead worker')
    }
    if (this.#claimFailed && !this.#claiming) await this.#releaseUnknown()
  }

  /** A claim may have been committed although its answer was lost. */
  async #releaseUnknown() {
    const { db, queue } = this.#options
    this.#claimFailed = false
    for (const lease of await queue.leasesOf(this.#id)) {
      if (this.#running.get(lease.job_id)?.lease.token !== lease.token) await db.write((trx) => queue.release(trx, lease))
    }
  }

  /** One claim at a time; whoever asks meanwhile makes it look again. */
  #free(): number {
    return this.#options.concurrency + this.#parked - this.#running.size - this.#reserved
  }

  #claim(): Promise<void> {
    if (this.#claiming) this.#hungry = true
    return (this.#claiming ??= this.#claimAll().finally(() => (this.#claiming = undefined)))
  }

  async #claimAll() {
    const { queue, log } = this.#options
    do {
      const free = this.#free()
      const worker_id = this.#id
      if (free <= 0 || this.#stopping || worker_id === '') return
      this.#hungry = false
      try {
        const leases = await queue.claim(worker_id, null, free)
        if (leases.length === free) this.#hungry = true
        if (worker_id !== this.#id) return // given up meanwhile, and these jobs with it
        for (const lease of leases) this.#begin(lease)
      } catch (err) {
        this.#claimFailed = true
        log.error({ err }, 'jobs cannot be claimed; trying again')
        return
      }
    } while (this.#hungry)
  }

  #begin(lease: Lease) {
    const abort = new AbortController()
    const running: Running = { lease, abort, done: Promise.resolve() }
    this.#running.get(lease.job_id)?.abort.abort(new Error('the lease is lost')) // this worker was given up, and does not know it yet
    this.#running.set(lease.job_id, running)
    running.done = workJob(this.#options, lease, abort.signal).finally(() => {
      if (this.#running.get(lease.job_id) === running) this.#running.delete(lease.job_id)
      if (this.#hungry && !this.#stopping) this.wake()
    })
  }
}
