import { fork } from 'node:child_process'
import { once } from 'node:events'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { JobError, type Lease, type NewJob, type Queue } from './queue.ts'
import { sqlQueue } from './sql-queue.ts'
import type { JobHandlers } from './work-job.ts'
import { startWorker, type Worker, type WorkerOptions } from './worker.ts'

describe.each(databases)('a worker on $name', ({ empty }) => {
  let db: Db
  let queue: Queue
  let logged: { level: string; message: string; context: object }[]
  let workers: Worker[]

  beforeEach(async () => {
    db = await empty()
    queue = sqlQueue(db)
    logged = []
    workers = []
  })
  afterEach(() => Promise.all(workers.map((worker) => worker.stop())))

  const logAs = (level: string) => (context: object, message: string) => void logged.push({ level, message, context })
  const log = { info: logAs('info'), warn: logAs('warn'), error: logAs('error') }
  const work = async (handlers: JobHandlers, options: Partial<WorkerOptions> = {}) => {
    const worker = await startWorker({ db, queue, handlers, concurrency: 8, log, ...options })
    workers.push(worker)
    return worker
  }
  const add = (job: Partial<NewJob> = {}) => db.write((trx) => queue.enqueue(trx, { name: 'mail', data: {}, ...job }))
  const ended = (id: string) => expect.poll(async () => (await queue.get(id))?.status, { timeout: 10_000, interval: 5 }).toMatch(/completed|failed/)

  test('does what was there before it started and what is enqueued later, and keeps the results', async () => {
    const before = await add({ data: { n: 1 } })
    const worker = await work({ mail: async (lease) => ({ sent: (lease.data as { n: number }).n }) }, { poll_ms: 60_000 })
    await ended(before)
    const after = await add({ data: { n: 2 } })
    worker.wake()
    await ended(after)
    expect([(await queue.get(before))?.result, (await queue.get(after))?.result]).toEqual([{ sent: 1 }, { sent: 2 }])
  })

  test('finds what others enqueue without being woken, and delayed jobs', async () => {
    await work({ mail: async () => undefined }, { poll_ms: 10 })
    await ended(await add())
    await ended(await add({ delay_ms: 30 }))
  })

  test('a job that becomes due while others are claimed is not left until the next poll', async () => {
    let due: string | undefined
    const slow: Queue = {
      ...queue,
      async claim(...args) {
        const leases = await queue.claim(...args)
        if (due !== undefined) return leases
        due = await add({ delay_ms: 1 })
        await vi.waitUntil(async () => ((await queue.next_run_at()) ?? Infinity) < Date.now())
        return leases
      },
    }
    await work({ mail: async () => undefined }, { queue: slow, poll_ms: 600_000 })
    await vi.waitUntil(() => due)
    await ended(due ?? '')
  })

  test.each([
    [8, 'none, as others may have come first'],
    [100, 'one, as there is enough for all'],
  ])('while it looks for jobs, of %i places a new job gets %s', async (concurrency) => {
    const gate = Promise.withResolvers<void>()
    let gated = false
    let claims = 0
    const slow: Queue = {
      ...queue,
      async claim(...args) {
        claims++
        if (gated) await gate.promise
        return queue.claim(...args)
      },
    }
    const worker = await work({ mail: async () => undefined }, { queue: slow, concurrency, poll_ms: 600_000 })
    await vi.waitUntil(() => claims === 1)
    gated = true
    worker.wake()
    await vi.waitUntil(() => claims === 2)
    worker.wake()
    const place = worker.reserve()
    expect(place !== undefined).toBe(concurrency === 100)
    place?.cancel()
    gate.resolve()
  })

  test('never runs more at once than it may, and all of them in the end', async () => {
    const ids = await Promise.all(Array.from({ length: 30 }, () => add()))
    let now = 0
    let most = 0
    const handler = async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setImmediate(resolve))
      now--
    }
    await work({ mail: handler }, { concurrency: 4, poll_ms: 60_000 })
    for (const id of ids) await ended(id)
    expect(most).toBe(4)
  })

  test('many jobs enqueued at once are claimed by few statements', async () => {
    let claims = 0
    const counting: Queue = { ...queue, claim: (...args) => (claims++, queue.claim(...args)) }
    const worker = await work({ mail: async () => undefined }, { queue: counting, concurrency: 100, poll_ms: 60_000 })
    await expect.poll(() => claims).toBe(1)
    const ids = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const id = await add()
        worker.wake()
        return id
      }),
    )
    for (const id of ids) await ended(id)
    expect(claims).toBeLessThan(64)
    if (db.kind === 'sqlite') expect(claims).toBeLessThanOrEqual(3) // one commit, one claim
  })

  test('a name without a handler fails visibly, also one that every object has', async () => {
    await work({}, { poll_ms: 10 })
    for (const name of ['unheard-of', 'toString']) {
      const id = await add({ name })
      await ended(id)
      expect(await queue.get(id)).toMatchObject({ status: 'failed', attempts: 1, failure_reason: `no handler for job name '${name}'` })
      expect(logged).toContainEqual({
        level: 'error',
        message: `no handler for job name '${name}'`,
        context: expect.objectContaining({ job_id: id }),
      })
    }
  })

  test('a handler that throws is tried again, up to the last attempt; a JobError says what it wants', async () => {
    const seen: number[] = []
    const handlers: JobHandlers = {
      mail: async (lease) => {
        seen.push(lease.attempt)
        throw new Error(`broke ${lease.attempt}`)
      },
      once: async () => {
        throw new JobError('hopeless', { final: true })
      },
    }
    await work(handlers, { poll_ms: 10 })
    const id = await add({ max_attempts: 3, backoff_ms: 1 })
    await ended(id)
    expect(seen).toEqual([1, 2, 3])
    expect(await queue.get(id)).toMatchObject({ status: 'failed', failure_reason: 'broke 3' })
    const hopeless = await add({ name: 'once' })
    await ended(hopeless)
    expect(await queue.get(hopeless)).toMatchObject({ status: 'failed', attempts: 1, failure_reason: 'hopeless' })
  })

  test('a handler may complete its job in a transaction of its own, or say that it did not', async () => {
    const handlers: JobHandlers = {
      own: async (lease) => {
        await db.write((trx) => queue.complete(trx, lease, 'own result'))
        return { settled: true }
      },
      not: async () => ({ settled: false }),
    }
    await work(handlers, { poll_ms: 10 })
    const [own, not] = [await add({ name: 'own' }), await add({ name: 'not' })]
    await ended(own)
    await ended(not)
    expect(await queue.get(own)).toMatchObject({ status: 'completed', result: 'own result' })
    expect(await queue.get(not)).toMatchObject({ status: 'completed', result: null })
  })

  test('a drain waits for what runs and takes nothing new; at its end the rest is stopped and given back uncounted', async () => {
    const quick = Promise.withResolvers<void>()
    const begun = { quick: Promise.withResolvers<void>(), slow: Promise.withResolvers<void>() }
    const handlers: JobHandlers = {
      quick: async () => {
        begun.quick.resolve()
        await quick.promise
        return 'done'
      },
      slow: (_, { signal }) => {
        begun.slow.resolve()
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      },
    }
    const worker = await work(handlers, { poll_ms: 10 })
    const ids = [await add({ name: 'quick' }), await add({ name: 'slow' })] as const
    await Promise.all([begun.quick.promise, begun.slow.promise])
    const drained = worker.drain(1_500)
    const late = await add({ name: 'quick' })
    quick.resolve()
    await drained
    expect(await queue.get(ids[0])).toMatchObject({ status: 'completed', result: 'done' })
    expect(await queue.get(ids[1])).toMatchObject({ status: 'waiting', attempts: 0 })
    expect(await queue.get(late)).toMatchObject({ status: 'waiting', attempts: 0 })
    expect(await db.read.selectFrom('workers').selectAll().execute()).toEqual([])
  })

  test('code that blocks the main thread for longer than a lease keeps its jobs', async () => {
    const lease_ms = 2_000
    const block = (ms: number) => {
      const end = performance.now() + ms
      while (performance.now() < end);
    }
    const worker = await work({ mail: async () => block(1.3 * lease_ms) }, { heartbeat_ms: 50, queue: sqlQueue(db, { lease_ms }) })
    const rival = fork(new URL('./test/reclaimer.ts', import.meta.url), { execArgv: [] })
    rival.send({ target: db.target, lease_ms })
    await once(rival, 'message')
    const id = await add()
    worker.wake()
    await ended(id)
    rival.send('report')
    const [taken] = (await once(rival, 'message')) as [string[]]
    rival.kill()
    expect(taken).toEqual([])
    expect(await queue.get(id)).toMatchObject({ status: 'completed', attempts: 1 })
  })

  test('a worker that was given up stops what it does, records nothing of it, and goes on under a new name', async () => {
    const first = Promise.withResolvers<Lease>()
    const aborted = Promise.withResolvers<void>()
    const handler = async (lease: Lease, { signal }: { signal: AbortSignal }) => {
      if (lease.attempt > 1) return 'second'
      first.resolve(lease)
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      aborted.resolve()
      return 'first'
    }
    const worker = await work({ mail: handler }, { poll_ms: 10, heartbeat_ms: 20 })
    const id = await add()
    const lease = await first.promise
    // One that renews its heartbeat between the look and the deletion stays.
    await expect.poll(() => queue.reclaim({ isDead: (each) => each.id === lease.worker_id })).toMatchObject([{ id, status: 'waiting' }])
    await aborted.promise
    await ended(id)
    expect(await queue.get(id)).toMatchObject({ status: 'completed', result: 'second', attempts: 2 })
    expect(worker.id).not.toBe(lease.worker_id)
    expect(logged.map((line) => line.message)).toContain('this worker was given up; what it was doing is void')
  })

  test('a process that was killed loses its jobs to the next at once', async () => {
    const id = await add()
    const victim = fork(new URL('./test/hanging-worker.ts', import.meta.url), { execArgv: [] })
    victim.send(db.target)
    expect((await once(victim, 'message'))[0]).toBe(id)
    victim.kill('SIGKILL')
    await once(victim, 'exit')
    const attempts: number[] = []
    const worker = await work({ hang: async () => undefined, mail: async (lease) => void attempts.push(lease.attempt) }, { poll_ms: 60_000 })
    await ended(id)
    expect(attempts).toEqual([2])
    expect(logged.map((line) => line.message)).toContain('took over the job of a dead worker')
    expect((await db.read.selectFrom('workers').select('id').execute()).map((row) => row.id)).toEqual([worker.id])
  })

  test('the heartbeat moves while nothing happens', async () => {
    await work({}, { heartbeat_ms: 20 })
    const beat = async () => (await db.read.selectFrom('workers').select('heartbeat_at').executeTakeFirstOrThrow()).heartbeat_at
    const at = await beat()
    await expect.poll(beat, { interval: 5 }).toBeGreaterThan(at)
  })

  test('an end that cannot be written is written later', async () => {
    let failures = 0
    const shaky: Queue = {
      ...queue,
      complete: async (trx, lease, result) => {
        if (failures++ === 0) await sql`select * from no_such_table`.execute(trx)
        return queue.complete(trx, lease, result)
      },
    }
    await work({ mail: async () => 'fine' }, { queue: shaky, poll_ms: 10 })
    const id = await add()
    await ended(id)
    expect(await queue.get(id)).toMatchObject({ status: 'completed', result: 'fine', attempts: 1 })
    expect(logged.map((line) => line.message)).toContain('the end of a job cannot be written; trying again')
  })
})
