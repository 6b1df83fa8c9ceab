import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { ListAudit } from '@cadre/contract/audit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, localOwner } from '../access/actor.ts'
import type { Db, Trx } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { audit, type AuditApp } from './audit.ts'
import { hashOf } from './head.ts'
import { listAudit } from './list-audit.ts'
import { pruneAudit } from './prune-audit.ts'
import { verifyAudit } from './verify-audit.ts'

const day = 86_400_000
const owner = localOwner({ ip: '203.0.113.7', user_agent: null })

describe.each(databases)('the audit log on $name', ({ empty }) => {
  let folder: string
  let app: AuditApp & { db: Db }
  let at: number
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cadre-audit-'))
    at = Date.UTC(2024, 2, 5)
    app = { db: await empty(), config: { key: null, key_file: join(folder, 'cadre.key') }, now: () => at }
  })
  afterEach(async () => {
    await app.db.close()
    rmSync(folder, { recursive: true })
  })

  const note = (name: string, actor: Actor = owner, action = 'connections.add') =>
    app.db.write((trx) => audit(trx, app, actor, { action, target_type: 'connection', target_id: name, detail: { b: 1, a: [name] } }))
  const fill = async (count: number) => {
    for (let i = 1; i <= count; i++) await note(`c${i}`)
  }
  const problems = async () => (await verifyAudit(app)).problems.map(({ seq, what }) => `${seq} ${what}`)
  /** What someone with the rights of the database's owner can do. */
  async function unguarded(work: (trx: Trx) => Promise<unknown>) {
    const triggers = [
      ['audit_log_update', 'audit_log'],
      ['audit_log_delete', 'audit_log'],
      ['audit_log_change', 'audit_log'],
      ['audit_head_delete', 'audit_head'],
    ]
    await app.db.write(async (trx) => {
      for (const [trigger, table] of triggers)
        await (
          app.db.kind === 'sqlite'
            ? sql`drop trigger if exists ${sql.ref(trigger!)}`
            : sql`drop trigger if exists ${sql.ref(trigger!)} on ${sql.table(table!)}`
        ).execute(trx)
      await work(trx)
    })
  }
  const edit = (set: string, where: string) => unguarded((trx) => sql`update audit_log set ${sql.raw(set)} where ${sql.raw(where)}`.execute(trx))

  test('an entry stands in the transaction of what it tells, numbered without gaps, and says who, what and from where', async () => {
    await fill(2)
    await expect(
      app.db.write(async (trx) => {
        await audit(trx, app, owner, { action: 'never.happened' })
        throw new Error('taken back')
      }),
    ).rejects.toThrow('taken back')
    await note('c3')
    const { items, next_cursor } = await listAudit(app, owner, ListAudit.parse({}))
    expect(items.map(({ seq, target_id }) => [seq, target_id])).toEqual([
      [3, 'c3'],
      [2, 'c2'],
      [1, 'c1'],
    ])
    expect(items[0]).toMatchObject({
      at: '2024-03-05T00:00:00.000Z',
      actor_kind: 'user',
      actor_id: 'local',
      ip: '203.0.113.7',
      detail: { a: ['c3'], b: 1 },
      previous_hash: items[1]!.hash,
    })
    expect(next_cursor).toBeNull()
    expect(await verifyAudit(app)).toEqual({ ok: true, entries: 3, first_seq: 1, last_seq: 3, last_hash: items[0]!.hash, problems: [] })
  })

  test('an empty log is in order', async () => {
    expect(await verifyAudit(app)).toMatchObject({ ok: true, entries: 0, last_seq: 0 })
  })

  test('writers at the same time make one chain', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => note(`c${i}`)))
    expect(await verifyAudit(app)).toMatchObject({ ok: true, entries: 40, last_seq: 40 })
  })

  test('a list is filtered, paged and of one workspace', async () => {
    await fill(3)
    at += day
    await note('other', { ...owner, id: 'usr_2' }, 'connections.remove')
    await note('elsewhere', { ...owner, workspace_id: 'wsp_2' })
    const found = async (filter: object) => (await listAudit(app, owner, ListAudit.parse(filter))).items.map(({ target_id }) => target_id)
    expect(await found({ actor: 'usr_2' })).toEqual(['other'])
    expect(await found({ action: 'connections.add' })).toEqual(['c3', 'c2', 'c1'])
    expect(await found({ action: 'connections' })).toEqual(['other', 'c3', 'c2', 'c1'])
    expect(await found({ action: 'connection' })).toEqual([])
    expect(await found({ target: 'c2' })).toEqual(['c2'])
    expect(await found({ from: '2024-03-06T00:00:00Z' })).toEqual(['other'])
    expect(await found({ to: '2024-03-06T00:00:00Z' })).toEqual(['c3', 'c2', 'c1'])
    const first = await listAudit(app, owner, ListAudit.parse({ limit: 3 }))
    expect(await found({ limit: 3, cursor: first.next_cursor })).toEqual(['c1'])
    expect((await listAudit(app, { ...owner, workspace_id: 'wsp_2' }, ListAudit.parse({}))).items).toHaveLength(1)
    await expect(listAudit(app, owner, ListAudit.parse({ cursor: 'x' }))).rejects.toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: 'cursor' }] })
  })

  test('the database refuses to change or delete entries and the head', async () => {
    await fill(2)
    const attempt = (statement: string) => app.db.write((trx) => sql.raw(statement).execute(trx))
    await expect(attempt(`update audit_log set actor_id = 'x' where seq = 1`)).rejects.toThrow(/audit_log/)
    await expect(attempt('delete from audit_log where seq = 2')).rejects.toThrow(/retention only/)
    await expect(attempt('delete from audit_head')).rejects.toThrow(/audit_head/)
    if (app.db.kind === 'postgres') await expect(attempt('truncate audit_log')).rejects.toThrow(/retention only/)
    expect(await problems()).toEqual([])
  })

  test.each([
    ['an edited actor', `actor_id = 'mallory'`, 'seq = 3', ['3 edited']],
    ['an edited time', 'at = at + 1', 'seq = 1', ['1 edited']],
    ['an edited detail', `detail = '{"a":["c9"],"b":1}'`, 'seq = 3', ['3 edited']],
    ['a detail that means the same', `detail = '{ "a":["c3"],"b":1}'`, 'seq = 3', ['3 edited']],
    ['a detail that is no JSON', `detail = '{'`, 'seq = 3', ['3 edited']],
    ['a nulled address', 'ip = null', 'seq = 5', ['5 edited']],
  ])('%s is found', async (_, set, where, expected) => {
    await fill(5)
    await edit(set, where)
    expect(await problems()).toEqual(expected)
  })

  test('an edited entry with its hash made anew breaks the chain behind it', async () => {
    await fill(5)
    await rewrite(3)
    expect(await problems()).toEqual(['4 chain'])
  })

  test('the last entry, or all of them, written anew with right hashes do not fit the head', async () => {
    await fill(5)
    await rewrite(5)
    expect(await problems()).toEqual(['5 chain'])
    await unguarded((trx) => sql`update audit_head set hash = (select hash from audit_log where seq = 5)`.execute(trx))
    expect(await problems()).toEqual(['5 head'])
  })

  async function rewrite(seq: number) {
    const row = await app.db.read.selectFrom('audit_log').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow()
    const hash = hashOf({ ...row, actor_id: 'mallory' })
    await edit(`actor_id = 'mallory', hash = '${hash}'`, `seq = ${seq}`)
  }

  test.each([
    ['the first entry', 'seq = 1', ['1 missing']],
    ['one in the middle', 'seq = 3', ['3 missing']],
    ['a few', 'seq in (2, 3)', ['2 missing']],
    ['the tail', 'seq > 3', ['4 missing']],
    ['all', 'seq > 0', ['1 missing']],
  ])('%s removed is found', async (_, where, expected) => {
    await fill(5)
    await unguarded((trx) => sql`delete from audit_log where ${sql.raw(where)}`.execute(trx))
    expect(await problems()).toEqual(expected)
  })

  test('a tail that was cut, with the head set back, does not have its signature', async () => {
    await fill(3)
    await unguarded(async (trx) => {
      await sql`delete from audit_log where seq = 3`.execute(trx)
      await sql`update audit_head set seq = 2, hash = (select hash from audit_log where seq = 2)`.execute(trx)
    })
    expect(await problems()).toEqual(['2 head'])
  })

  test('a whole older state put back looks right, and a noted head gives it away', async () => {
    await fill(2)
    const old = await app.db.read.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow()
    await fill(2)
    const noted = await verifyAudit(app)
    await unguarded(async (trx) => {
      await sql`delete from audit_log where seq > 2`.execute(trx)
      await trx.updateTable('audit_head').set(old).execute()
    })
    expect(await problems()).toEqual([])
    const { problems: found } = await verifyAudit(app, { seq: noted.last_seq, hash: noted.last_hash })
    expect(found).toEqual([{ seq: 4, what: 'missing', message: 'entry 4, which was noted, is not in the log' }])
    expect((await verifyAudit(app, { seq: 2, hash: noted.last_hash })).problems).toMatchObject([{ seq: 2, what: 'edited' }])
  })

  test('an entry that was inserted, and two that were swapped, are found', async () => {
    await fill(4)
    await unguarded(async (trx) => {
      const last = await trx.selectFrom('audit_log').selectAll().where('seq', '=', 4).executeTakeFirstOrThrow()
      const row = { ...last, seq: 5, previous_hash: last.hash }
      await trx
        .insertInto('audit_log')
        .values({ ...row, hash: hashOf(row) })
        .execute()
    })
    expect(await problems()).toEqual(['5 inserted'])
    await unguarded(async (trx) => {
      await sql`delete from audit_log where seq = 5`.execute(trx)
      for (const [from, to] of [
        [2, 90],
        [3, 2],
        [90, 3],
      ])
        await sql`update audit_log set seq = ${to} where seq = ${from}`.execute(trx)
    })
    expect(await problems()).toEqual(['2 edited', '2 chain', '3 edited', '3 chain', '4 chain'])
  })

  test('a removed head is found', async () => {
    await fill(2)
    await unguarded((trx) => sql`delete from audit_head`.execute(trx))
    expect(await problems()).toEqual(['0 head'])
  })

  test('a head that another key signed is told from a forged one', async () => {
    await fill(2)
    const other = { db: app.db, config: { key: Buffer.alloc(32, 7).toString('hex'), key_file: 'none' } }
    expect((await verifyAudit(other)).problems).toMatchObject([
      { seq: 2, what: 'head', message: expect.stringContaining('which this server does not have') },
    ])
  })

  test('retention deletes from the old end, says so, and the rest is still a chain', async () => {
    await fill(3)
    at += 10 * day
    await fill(2)
    expect(await pruneAudit(app, 5)).toBe(3)
    expect(await verifyAudit(app)).toMatchObject({ ok: true, entries: 3, first_seq: 4, last_seq: 6 })
    const { items } = await listAudit(app, owner, ListAudit.parse({ action: 'audit.prune' }))
    expect(items).toMatchObject([{ seq: 6, actor_kind: 'system', detail: { from_seq: 1, to_seq: 3, older_than_days: 5 } }])
    expect(await pruneAudit(app, 5)).toBe(0)
    await note('c6')
    expect(await verifyAudit(app)).toMatchObject({ ok: true, entries: 4, last_seq: 7 })
    await expect(app.db.write((trx) => sql`delete from audit_log where seq = 4`.execute(trx))).rejects.toThrow(/retention only/)
  })

  test('retention that somebody played has no signature', async () => {
    await fill(3)
    await app.db.write(async (trx) => {
      await sql`update audit_head set first_seq = 3, first_hash = (select hash from audit_log where seq = 2)`.execute(trx)
      await sql`delete from audit_log where seq < 3`.execute(trx) // the trigger lets it
    })
    expect(await problems()).toEqual(['3 head'])
  })

  test('retention that was interrupted is finished by the next, and verifies meanwhile', async () => {
    await fill(3)
    at += 10 * day
    await note('c4')
    const broken = { ...app, db: { ...app.db, write: failAfter(1) } }
    await expect(pruneAudit(broken, 5)).rejects.toThrow('killed')
    expect(await verifyAudit(app)).toMatchObject({ ok: true, entries: 2, first_seq: 4 })
    expect(await pruneAudit(app, 5)).toBe(3)
    expect(await app.db.read.selectFrom('audit_log').select('seq').orderBy('seq').execute()).toEqual([{ seq: 4 }, { seq: 5 }])
  })

  function failAfter(count: number): Db['write'] {
    return async (unit) => {
      if (count-- === 0) throw new Error('killed')
      return app.db.write(unit)
    }
  }
})
