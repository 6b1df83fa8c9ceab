import { beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../storage/database.ts'
import type { Lease, NewJob, Queue } from './queue.ts'

export type QueueWorld = {
  db: Db
  queue: Queue
  /** Moves the queue's clock. */
  pass: (ms: number) => void
  /** What the next random numbers are, from 0 to below 1. */
  roll: (value: number) => void
  /** Registers a worker whose last heartbeat was so long ago. */
  beat: (worker_id: string, age_ms?: number) => Promise<void>
  /** Deletes the worker, but not what it holds. */
  forget: (worker_id: string) => Promise<void>
}

/** What every backend of the queue must do. One line runs it on a new one: see sql-queue.test.ts. */
export function queueConformance(name: string, make: () => Promise<QueueWorld>) {
  describe(`the queue on ${name}`, () => {
    let world: QueueWorld
    let queue: Queue
    beforeEach(async () => {
      world = await make()
      queue = world.queue
      await world.beat('w1')
      await world.beat('w2')
    })

    const add = (job: Partial<NewJob> = {}) => world.db.write((trx) => queue.enqueue(trx, { name: 'mail', data: {}, ...job }))
    const complete = (lease: Lease, result?: unknown) => world.db.write((trx) => queue.complete(trx, lease, result))
    const fail = (lease: Lease, options?: Parameters<Queue['fail']>[3]) => world.db.write((trx) => queue.fail(trx, lease, 'it broke', options))
    const take = async (worker = 'w1') => {
      const [lease] = await queue.claim(worker, null, 1)
      if (!lease) throw new Error('nothing to claim')
      return lease
    }
    const idsOf = (leases: { job_id: string }[]) => leases.map((lease) => lease.job_id)

    test('a job is claimed once, with its data, and completed with its result', async () => {
      const id = await add({ data: { to: ['a', 'b'], n: 1.5 } })
      expect(await queue.get(id)).toMatchObject({ status: 'waiting', attempts: 0, max_attempts: 3, progress: 0, started_at: null })
      const lease = await take()
      expect(lease).toMatchObject({ job_id: id, name: 'mail', data: { to: ['a', 'b'], n: 1.5 }, attempt: 1, worker_id: 'w1' })
      expect(await queue.claim('w2', null, 10)).toEqual([])
      expect(await queue.get(id)).toMatchObject({ status: 'active', attempts: 1 })
      world.pass(7)
      expect(await complete(lease, { sent: 2 })).toBe(true)
      const job = await queue.get(id)
      expect(job).toMatchObject({ status: 'completed', progress: 100, result: { sent: 2 }, failure_reason: null })
      expect(job!.completed_at! - job!.started_at!).toBe(7)
    })

    test('a job can be held by a worker from the start, unless its name is paused or the worker is unknown', async () => {
      const hold = (worker: string) => world.db.write((trx) => queue.enqueueHeld(trx, { name: 'mail', data: { n: 1 }, max_attempts: 2 }, worker))
      const lease = await hold('w1')
      expect(lease).toMatchObject({ name: 'mail', data: { n: 1 }, attempt: 1, worker_id: 'w1', max_attempts: 2 })
      expect(await queue.claim('w2', null, 10)).toEqual([])
      expect(await hold('nobody')).toBeUndefined()
      await queue.pause('mail')
      expect(await hold('w1')).toBeUndefined()
      expect(await queue.list()).toHaveLength(1)
      await queue.resume('mail')
      await world.forget('w1')
      expect(await queue.reclaim()).toMatchObject([{ id: lease?.job_id, status: 'waiting', attempts: 1 }])
      const again = await take('w2')
      expect(again.token).toBeGreaterThan(lease?.token ?? Infinity)
      expect(await complete(lease as Lease)).toBe(false)
    })

    test('a job exists exactly if the transaction of its enqueue does', async () => {
      const lost = world.db.write(async (trx) => {
        await queue.enqueue(trx, { name: 'mail', data: {} })
        throw new Error('no')
      })
      await expect(lost).rejects.toThrow('no')
      expect(await queue.claim('w1', null, 10)).toEqual([])
      expect(await add({ id: 'job_mine' })).toBe('job_mine')
      expect(await queue.get('job_mine')).toMatchObject({ id: 'job_mine' })
    })

    test('impossible jobs are refused with the name of the field', async () => {
      await expect(add({ max_attempts: 0 })).rejects.toThrow(/max_attempts/)
      await expect(add({ priority: 0.5 })).rejects.toThrow(/priority/)
      await expect(add({ delay_ms: -1 })).rejects.toThrow(/delay_ms/)
      await expect(add({ name: '' })).rejects.toThrow(/name/)
    })

    test('the highest priority first, then the oldest; never more than asked for', async () => {
      const low = await add({ priority: -1 })
      const first = await add()
      world.pass(1)
      const second = await add()
      const high = await add({ priority: 5 })
      expect(idsOf(await queue.claim('w1', null, 3))).toEqual([high, first, second])
      expect(idsOf(await queue.claim('w1', null, 3))).toEqual([low])
      expect(await queue.claim('w1', null, 0)).toEqual([])
    })

    test('only the wanted names', async () => {
      await add()
      const report = await add({ name: 'report' })
      expect(idsOf(await queue.claim('w1', ['report', 'other'], 10))).toEqual([report])
      expect(await queue.claim('w1', [], 10)).toEqual([])
    })

    test('a delayed job waits for its time, and then keeps its priority', async () => {
      const later = await add({ delay_ms: 1000, priority: 1 })
      const now = await add({ name: 'report' })
      expect(await queue.get(later)).toMatchObject({ status: 'delayed' })
      expect(await queue.next_run_at()).toBe((await queue.get(later))!.run_at)
      world.pass(999)
      expect(idsOf(await queue.claim('w1', ['mail'], 10))).toEqual([])
      world.pass(1)
      expect(idsOf(await queue.claim('w1', null, 10))).toEqual([later, now])
      expect(await queue.next_run_at()).toBeNull()
    })

    test('two workers that claim at once never get the same job, and get all of them', async () => {
      const ids = await Promise.all(Array.from({ length: 120 }, () => add()))
      const claims = await Promise.all(Array.from({ length: 40 }, (_, i) => queue.claim(i % 2 ? 'w1' : 'w2', null, 5)))
      expect(Math.max(...claims.map((claim) => claim.length))).toBeLessThanOrEqual(5)
      const rest = await queue.claim('w1', null, 200) // what a lock hid from a racing claim
      expect(idsOf([...claims.flat(), ...rest]).toSorted()).toEqual(ids.toSorted())
    })

    test('a failed attempt is repeated after a random wait whose bound doubles, until the attempts are used up', async () => {
      const id = await add({ max_attempts: 3, backoff_ms: 100 })
      world.roll(0.5)
      for (const wait of [50, 100]) {
        expect(await fail(await take())).toBe('delayed')
        expect(await queue.get(id)).toMatchObject({ status: 'delayed', failure_reason: 'it broke', completed_at: null })
        world.pass(wait - 1)
        expect(await queue.claim('w1', null, 1)).toEqual([])
        world.pass(1)
      }
      const last = await take()
      expect(last.attempt).toBe(3)
      expect(await fail(last)).toBe('failed')
      expect(await queue.get(id)).toMatchObject({ status: 'failed', attempts: 3, failure_reason: 'it broke', completed_at: expect.any(Number) })
      expect(await queue.claim('w1', null, 1)).toEqual([])
    })

    test('a failure can be final, or name its own wait', async () => {
      const id = await add()
      expect(await fail(await take(), { retry_in_ms: 30 })).toBe('delayed')
      world.pass(30)
      expect(await fail(await take(), { final: true })).toBe('failed')
      expect(await queue.get(id)).toMatchObject({ status: 'failed', attempts: 2 })
    })

    test('the wait grows no further than ten minutes, also after a thousand attempts', async () => {
      await add({ max_attempts: Number.MAX_SAFE_INTEGER })
      world.roll(0.999)
      const lease = await take()
      expect(await fail({ ...lease, attempt: 2000 })).toBe('delayed')
      world.pass(10 * 60_000)
      expect(await queue.claim('w1', null, 1)).toHaveLength(1)
    })

    test('a failed job can be started over', async () => {
      const id = await add({ max_attempts: 1 })
      await fail(await take())
      expect(await world.db.write((trx) => queue.retry(trx, id))).toBe(true)
      expect(await queue.get(id)).toMatchObject({ status: 'waiting', attempts: 0, failure_reason: null, completed_at: null })
      const again = await take()
      expect(again).toMatchObject({ job_id: id, attempt: 1 })
      await complete(again)
      expect(await world.db.write((trx) => queue.retry(trx, id))).toBe(false)
    })

    test('a job that is given back has not used an attempt', async () => {
      const id = await add()
      const lease = await take()
      expect(await world.db.write((trx) => queue.release(trx, lease))).toBe(true)
      expect(await queue.get(id)).toMatchObject({ status: 'waiting', attempts: 0 })
      expect((await take('w2')).attempt).toBe(1)
    })

    test('progress is seen, and kept within 0 and 100', async () => {
      const id = await add()
      const lease = await take()
      for (const [percent, seen] of [
        [41.6, 42],
        [250, 100],
        [-3, 0],
      ] as const) {
        expect(await queue.progress(lease, percent)).toBe(true)
        expect(await queue.get(id)).toMatchObject({ progress: seen })
      }
    })

    test('a stale lease can do nothing, whoever holds the job now', async () => {
      const id = await add()
      const stale = await take('w1')
      await world.beat('w1', 60_000)
      await queue.reclaim()
      const nothing = async () => [
        await complete(stale),
        await fail(stale),
        await queue.progress(stale, 50),
        await world.db.write((trx) => queue.release(trx, stale)),
      ]
      expect(await nothing()).toEqual([false, 'stale', false, false])
      const fresh = await take('w2')
      expect(fresh.token).toBeGreaterThan(stale.token)
      expect(await nothing()).toEqual([false, 'stale', false, false])
      expect(await queue.get(id)).toMatchObject({ status: 'active', progress: 0, attempts: 2 })
      expect(await complete(fresh)).toBe(true)
      expect(await nothing()).toEqual([false, 'stale', false, false])
    })

    test('the jobs of a worker whose heartbeat stopped are taken over, and the attempt counts', async () => {
      const id = await add()
      await take('w1')
      const safe = await add()
      await take('w2')
      await world.beat('w1', 5001)
      expect(await queue.reclaim({ self: 'w2' })).toEqual([{ id, name: 'mail', status: 'waiting', attempts: 1, worker_id: 'w1' }])
      expect(await queue.reclaim({ self: 'w2' })).toEqual([])
      expect(await queue.get(id)).toMatchObject({ status: 'waiting', attempts: 1 })
      expect(await queue.get(safe)).toMatchObject({ status: 'active' })
      expect((await take('w2')).attempt).toBe(2)
    })

    test('a job that killed its worker at every attempt fails and says so', async () => {
      const id = await add({ max_attempts: 2 })
      for (const status of ['waiting', 'failed']) {
        await world.beat('w1')
        await take('w1')
        await world.beat('w1', 60_000)
        expect(await queue.reclaim()).toMatchObject([{ id, status }])
      }
      expect(await queue.get(id)).toMatchObject({
        status: 'failed',
        failure_reason: 'its worker died',
        attempts: 2,
        completed_at: expect.any(Number),
      })
    })

    test('a worker known to be dead is given up although it was just heard; oneself never is', async () => {
      const id = await add()
      await take('w1')
      expect(await queue.reclaim({ self: 'w1', isDead: (worker) => worker.id === 'w1' })).toEqual([])
      await world.beat('w1', 60_000)
      expect(await queue.reclaim({ self: 'w1' })).toEqual([])
      await world.beat('w1')
      expect(await queue.reclaim({ self: 'w2', isDead: (worker) => worker.id === 'w1' })).toMatchObject([{ id }])
    })

    test('a job of a worker that nobody knows is freed', async () => {
      const id = await add()
      await take('w1')
      await world.forget('w1')
      expect(await queue.leasesOf('w1')).toMatchObject([{ job_id: id, attempt: 1 }])
      expect(await queue.reclaim()).toMatchObject([{ id, worker_id: 'w1' }])
    })

    test('a worker that was given up claims nothing more', async () => {
      await add()
      await world.forget('w1')
      expect(await queue.claim('w1', null, 1)).toEqual([])
      expect(await queue.claim('w2', null, 1)).toHaveLength(1)
    })

    test('a paused name is not claimed until it is resumed, also when enqueued meanwhile', async () => {
      const before = await add()
      await queue.pause('mail')
      await queue.pause('mail')
      const after = await add({ delay_ms: 10 })
      const other = await add({ name: 'report' })
      world.pass(20)
      expect(await queue.pausedNames()).toEqual(['mail'])
      expect(idsOf(await queue.claim('w1', null, 10))).toEqual([other])
      expect((await queue.list({ status: 'paused' })).map((job) => job.id).toSorted()).toEqual([before, after].toSorted())
      expect(await queue.list({ status: 'waiting' })).toEqual([])
      expect(await queue.get(before)).toMatchObject({ status: 'paused' })
      expect(await queue.next_run_at()).toBeNull()
      await queue.resume('mail')
      expect(idsOf(await queue.claim('w1', null, 10))).toEqual([before, after])
    })

    test('lists are newest first and can be narrowed and paged', async () => {
      const ids = [await add(), await add({ name: 'report' }), await add()]
      await fail(await take(), { final: true })
      expect((await queue.list()).map((job) => job.id)).toEqual(ids.toReversed())
      expect((await queue.list({ limit: 1, before: ids[2]! })).map((job) => job.id)).toEqual([ids[1]])
      expect((await queue.list({ name: 'report' })).map((job) => job.id)).toEqual([ids[1]])
      expect((await queue.list({ status: 'failed' })).map((job) => job.id)).toEqual([ids[0]])
      expect(await queue.get('job_none')).toBeUndefined()
    })

    test('what was completed long ago is removed; what failed or is not done stays', async () => {
      const old = await add()
      const broken = await add()
      await complete(await take())
      await fail(await take(), { final: true })
      const open = await add()
      world.pass(60_000)
      const recent = await add({ priority: 1 })
      await complete(await take())
      expect(await queue.prune(30_000)).toBe(1)
      expect(await queue.get(old)).toBeUndefined()
      expect((await queue.list()).map((job) => job.id).toSorted()).toEqual([broken, open, recent].toSorted())
    })
  })
}
