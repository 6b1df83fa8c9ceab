import { CadreError } from '@cadre/contract/errors'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sqlQueue } from '../../jobs/sql-queue.ts'
import type { Db } from '../../storage/database.ts'
import { openDatabase } from '../../storage/open-database.ts'
import { databases } from '../../storage/test/databases.ts'
import { type Actor, localOwner, publicActor, systemActor } from '../actor.ts'
import { addressBlock, openClientAddress } from './client-address.ts'
import { openLimits } from './limits.ts'

const start = Date.UTC(2024, 2, 5)
const from = (ip: string) => publicActor({ ip, user_agent: null })
const user = (id: string): Actor => ({ ...localOwner(), id, user_id: id })
const key = (id: string, user_id = 'usr_1'): Actor => ({ ...user(user_id), kind: 'key', id })

describe.each(databases)('limits on $name', ({ name, empty }) => {
  let db: Db
  beforeEach(async () => {
    db = await empty()
    vi.useFakeTimers({ toFake: ['Date'], now: start })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await db.close()
  })

  const open = (limits: Partial<{ rate: number | null; trusted_proxies: string[]; max_queue: number }> = {}, on = db) =>
    openLimits({ db: on, config: { limits: { rate: 10, trusted_proxies: [], max_queue: 3, ...limits } }, now: Date.now })
  const later = (ms: number) => vi.setSystemTime(Date.now() + ms)
  /** @returns how many went through before one was refused, and that refusal. */
  async function flood(call: () => Promise<unknown>, most = 200): Promise<[number, CadreError | null]> {
    for (let count = 0; count < most; count++) {
      try {
        await call()
      } catch (error) {
        if (!(error instanceof CadreError)) throw error
        return [count, error]
      }
    }
    return [most, null]
  }

  test('each user, key and address has a limit of its own, which says what it is and how long it lasts', async () => {
    const limits = open()
    const [count, refusal] = await flood(() => limits.call(user('usr_1')))
    expect(count).toBe(10)
    expect(refusal).toMatchObject({
      code: 'TOO_MANY_REQUESTS',
      status: 429,
      message: 'too many requests: this user may make 10 calls a minute; try again in 60 seconds',
      retry_after_ms: 60_000,
    })
    later(20_500)
    await expect(limits.call(user('usr_1'))).rejects.toMatchObject({ retry_after_ms: 39_500, message: expect.stringMatching(/40 seconds$/) })
    expect(await flood(() => limits.call(user('usr_2')), 5)).toEqual([5, null])
    expect((await flood(() => limits.call(key('key_1'))))[0]).toBe(10)
    expect((await flood(() => limits.call(key('key_2'))))[0]).toBe(10)
    expect((await flood(() => limits.call(from('192.0.2.1'))))[0]).toBe(1)
    expect((await flood(() => limits.call(from('192.0.2.2'))))[0]).toBe(1)
    later(39_500)
    expect((await flood(() => limits.call(user('usr_1'))))[0]).toBe(10)
  })

  test('a user with many keys has not many limits', async () => {
    const limits = open()
    let made = 0
    const [count, refusal] = await flood(() => limits.call(key(`key_${made++}`)))
    expect(count).toBe(40)
    expect(refusal?.message).toContain('all keys of this user together may make 40 calls a minute')
    await limits.call(key('key_1', 'usr_2'))
  })

  test('an IPv6 network is one address', async () => {
    const limits = open()
    await limits.call(from('2001:db8:1:2::1'))
    await expect(limits.call(from('2001:db8:1:2:ffff::9'))).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    await limits.call(from('2001:db8:1:3::1'))
  })

  test('off limits nothing, and Cadre itself is never limited', async () => {
    const off = open({ rate: null })
    expect(await flood(() => off.call(from('192.0.2.1')), 100)).toEqual([100, null])
    for (let i = 0; i < 1_100; i++) off.open(from('192.0.2.1'))
    const limits = open({ rate: 1 })
    expect(await flood(() => limits.call(systemActor), 100)).toEqual([100, null])
  })

  test('wrong keys of one address are limited, and whoever has a right one there is not', async () => {
    const limits = open({ rate: 100 })
    const [count, refusal] = await flood(() => limits.refused('192.0.2.1'))
    expect(count).toBe(10)
    expect(refusal?.message).toContain('this address may try 10 keys a minute')
    await limits.call({ ...key('key_1'), ip: '192.0.2.1' })
    await limits.refused('192.0.2.2')
  })

  test('an agent has its own limit', async () => {
    const limits = open()
    expect((await flood(() => limits.agent('agt_1', 3)))[0]).toBe(3)
    await limits.agent('agt_2', 3)
  })

  test('servers on one Postgres share a count; on SQLite there is one server', async () => {
    const other = name === 'Postgres' && db.target.kind === 'postgres' ? await openDatabase({ url: db.target.url }) : db
    const [one, two] = [open({}, db), open({}, other)]
    expect((await flood(() => one.call(user('usr_1'))))[0]).toBe(10)
    if (name === 'Postgres') await expect(two.call(user('usr_1'))).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    else await two.call(user('usr_1'))
    if (other !== db) await other.close()
  })

  test.runIf(name === 'Postgres')('while the database does not answer, a server counts for itself', async () => {
    const limits = open()
    await limits.call(user('usr_1'))
    await db.close()
    expect((await flood(() => limits.call(user('usr_1'))))[0]).toBe(10)
  })

  describe('logins', () => {
    const owner = { ip: '192.0.2.1', email: 'Ann@example.org ' }

    test('a few wrong passwords are free, then each costs twice the wait of the one before', async () => {
      const { login } = open()
      expect((await flood(() => login(owner)))[0]).toBe(6) // the sixth closes the gate behind it
      const waits = []
      for (let i = 0; i < 4; i++) {
        const { retry_after_ms } = (await flood(() => login(owner)))[1]!
        waits.push(retry_after_ms)
        later(retry_after_ms!)
        await login(owner)
      }
      expect(waits).toEqual([2_000, 4_000, 8_000, 16_000])
      await expect(login({ ...owner, email: 'ann@EXAMPLE.org' })).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS', retry_after_ms: 32_000 })
    })

    test('waits are never longer than 15 minutes', async () => {
      const { login } = open()
      let longest = 0
      for (let i = 0; i < 30; i++) {
        const [, refusal] = await flood(() => login(owner), 10)
        longest = Math.max(longest, refusal?.retry_after_ms ?? 0)
        later(refusal?.retry_after_ms ?? 0)
      }
      expect(longest).toBe(15 * 60_000)
    })

    test('a hundred at once are counted like a hundred in a row', async () => {
      const { login } = open()
      const results = await Promise.allSettled(Array.from({ length: 100 }, () => login(owner)))
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(6)
    })

    test('the right password forgets what was counted', async () => {
      const { login } = open()
      for (let i = 0; i < 5; i++) await login(owner)
      await (await login(owner)).passed()
      expect((await flood(() => login(owner)))[0]).toBe(6)
    })

    test('one address that tries many accounts is slowed', async () => {
      const { login } = open()
      let n = 0
      expect((await flood(() => login({ ip: '192.0.2.9', email: `user${n++}@example.org` })))[0]).toBe(21)
      await login({ ip: '192.0.2.10', email: 'user1@example.org' })
    })

    test('many addresses that try one account are slowed, and its owner still gets in from where the owner was before', async () => {
      const { login } = open()
      await (await login(owner)).passed()
      let n = 0
      const attack = () => login({ ip: `198.51.100.${n++}`, email: owner.email })
      expect((await flood(attack))[0]).toBe(51)
      await expect(attack()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' })
      await (await login(owner)).passed() // this server remembers
      await (await login({ ip: '192.0.2.77', email: owner.email, known: true })).passed() // a session tells
      await login({ ip: '198.51.100.1', email: 'other@example.org' })
    })
  })

  test('a caller has so many calls open at once and not more', () => {
    const limits = open()
    const stranger = from('192.0.2.1')
    const releases = Array.from({ length: 100 }, () => limits.open(stranger))
    expect(() => limits.open(stranger)).toThrow('100 calls of this address are open at once')
    limits.open(from('192.0.2.2'))
    releases[0]!()
    releases[0]!() // twice is once
    limits.open(stranger)
    expect(() => limits.open(stranger)).toThrow('open at once')
    for (let i = 0; i < 1_000; i++) limits.open(key(`key_${i}`))
    expect(() => limits.open(user('usr_1'))).toThrow('1000 calls of this user are open at once')
  })

  test('a full queue refuses a run before it is stored, and takes runs again when there is room', async () => {
    const limits = open()
    const queue = sqlQueue(db)
    const enqueue = (name: string) => db.write((trx) => queue.enqueue(trx, { name, data: {} }))
    for (let i = 0; i < 5; i++) await enqueue('other.job')
    await enqueue('runs.execute')
    await limits.queueRoom()
    await limits.queueRoom() // as if both were stored
    await expect(limits.queueRoom()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      status: 503,
      retry_after_ms: 5_000,
      message: expect.stringMatching(/^3 runs wait already \(CADRE_MAX_QUEUE\)/),
    })
    later(1_000) // they began at once: one waits
    await limits.queueRoom()
    for (let i = 0; i < 4; i++) await enqueue('runs.execute')
    later(1_000)
    await expect(limits.queueRoom()).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    await db.write((trx) => trx.deleteFrom('jobs').where('name', '=', 'runs.execute').execute())
    later(1_000)
    await limits.queueRoom()
  })
})

describe('the address of a caller', () => {
  const addressOf = openClientAddress(['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'])
  test.each([
    ['203.0.113.1', undefined, '203.0.113.1'],
    ['203.0.113.1', '198.51.100.1', '203.0.113.1'], // not a trusted proxy: whatever it says
    ['10.0.0.1', undefined, '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '1.1.1.1, 198.51.100.1', '198.51.100.1'], // what the caller wrote itself stands left
    ['10.0.0.1', '198.51.100.1, 10.2.3.4', '198.51.100.1'], // two proxies
    ['10.0.0.1', '10.9.9.9, 10.2.3.4', '10.9.9.9'],
    ['10.0.0.1', '198.51.100.1, rubbish', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1, ', '10.0.0.1'],
    ['10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['10.0.0.1', '[2001:db9::7]:443', '2001:db9::7'],
    ['2001:db8::5', '198.51.100.1', '198.51.100.1'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['::ffff:203.0.113.1', '198.51.100.1', '203.0.113.1'],
    ['10.0.0.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['10.0.0.1', '0x7f.1', '10.0.0.1'],
  ])('%s with %s is %s', (remote, forwarded, expected) => {
    expect(addressOf(remote, forwarded)).toBe(expected)
  })

  test('without trusted proxies the header is not read', () => {
    expect(openClientAddress([])('10.0.0.1', '198.51.100.1')).toBe('10.0.0.1')
    expect(openClientAddress([])(undefined, '198.51.100.1')).toBeNull()
  })

  test('what counts as one', () => {
    expect(addressBlock('192.0.2.1')).toBe('192.0.2.1')
    expect(addressBlock('::ffff:192.0.2.1')).toBe('192.0.2.1')
    expect(addressBlock('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(addressBlock(null)).toBe('unknown')
  })
})
