import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { Queue } from './queue.ts'
import { sqlQueue } from './sql-queue.ts'

describe.each(databases)('moving a job on $name', ({ empty }) => {
  let db: Db
  let queue: Queue
  let clock = 1_000_000
  beforeEach(async () => {
    db = await empty()
    queue = sqlQueue(db, { now: () => clock })
  })
  afterEach(() => db.close())
  const put = (delay_ms: number) => db.write((trx) => queue.enqueue(trx, { name: 'look', data: { n: 1 }, delay_ms }))
  const move = (id: string, ms: number) => db.write((trx) => queue.move(trx, id, ms))
  const isAhead = (id: string) => db.write((trx) => queue.isAhead(trx, id))

  test('one that nobody has taken up is put off or brought forward', async () => {
    const id = await put(500)
    clock += 400
    expect(await move(id, 500)).toBe(true)
    expect(await queue.get(id)).toMatchObject({ status: 'delayed', run_at: clock + 500 })
    expect(await move(id, 0)).toBe(true)
    expect(await queue.get(id)).toMatchObject({ status: 'waiting', run_at: clock })
    expect(await isAhead(id)).toBe(true)
  })

  test('one that was taken up, is over or is not there stays as it is; in whose hands it is can be asked', async () => {
    const worker_id = 'wrk_1'
    const heartbeat = await startHeartbeat(db.target, { worker_id, kind: 'test', every_ms: 1000, onLost: () => {}, onFailed: () => {} })
    try {
      const id = await put(0)
      expect(await queue.inHands('look')).toEqual([])
      const [lease] = await queue.claim(worker_id, null, 1)
      expect(await queue.inHands('look')).toEqual([{ n: 1 }])
      expect(await queue.inHands('other')).toEqual([])
      expect([await move(id, 100), await isAhead(id)]).toEqual([false, false])
      if (lease) await db.write((trx) => queue.complete(trx, lease))
      expect([await move(id, 100), await isAhead(id), await move('job_none', 0)]).toEqual([false, false, false])
      await put(0)
      await queue.claim(worker_id, null, 1)
    } finally {
      await heartbeat.stop()
    }
    // A worker that is gone has nothing in hands.
    expect(await queue.inHands('look')).toEqual([])
  })
})
