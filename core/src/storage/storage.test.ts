import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { getBlob, putBlob } from './blobs.ts'
import { fixed, prepared, preparedInsert } from './prepared.ts'
import { databases, encryptedSqlite } from './test/databases.ts'
import { isUniqueViolation } from './unique-violation.ts'

const pause = (name: string) => ({ name, paused_at: 1_763_700_000_123 })

describe.each([...databases, encryptedSqlite])('a database on $name', ({ empty }) => {
  test('gives back what was written: large integers as numbers, text as it was', async () => {
    const db = await empty()
    const text = 'é ✓ \u{1f600} "quotes" \\ \' line\nbreak'
    await db.write((trx) => trx.insertInto('job_pauses').values(pause(text)).execute())
    expect(await db.read.selectFrom('job_pauses').selectAll().execute()).toEqual([pause(text)])
    const sums = await db.read
      .selectFrom('job_pauses')
      .select((is) => [is.fn.countAll().as('count'), is.fn.sum('paused_at').as('sum')])
      .executeTakeFirst()
    expect(sums).toEqual({ count: 1, sum: pause('').paused_at })
  })

  test('undefined is stored as null, a boolean as 0 or 1, where the column allows', async () => {
    const db = await empty()
    if (db.kind === 'postgres') return // refuses a boolean for an integer column by itself
    const row = await db.write((trx) => sql<{ a: unknown; b: unknown; c: unknown }>`select ${true} as a, ${undefined} as b, ${12n} as c`.execute(trx))
    expect(row.rows).toEqual([{ a: 1, b: null, c: 12 }])
  })

  test('a fixed query is written once and takes its values anew, in a transaction as well; no part of it may change', async () => {
    const db = await empty()
    const columns = sql`name, paused_at`
    const find = (from: typeof db.read, name: string, what = columns) =>
      fixed<{ name: string }>`select ${what} from job_pauses where name = ${name} and paused_at > ${5}`.execute(from)
    const inside = await db.write(async (trx) => {
      await trx
        .insertInto('job_pauses')
        .values([pause('a'), pause('b')])
        .execute()
      return [(await find(trx, 'b')).rows, (await find(trx, 'a')).rows]
    })
    expect(inside).toEqual([[pause('b')], [pause('a')]])
    expect((await find(db.read, 'b')).rows).toEqual([pause('b')])
    await expect(find(db.read, 'b', sql`name`)).rejects.toThrow('a part of this query changes')
  })

  test('a prepared query takes its parameters in the order of their places, and as many as it has', async () => {
    const db = await empty()
    await db.write((trx) =>
      trx
        .insertInto('job_pauses')
        .values([pause('a'), pause('b')])
        .execute(),
    )
    const since = prepared((from) => from.selectFrom('job_pauses').select('name').where('name', '=', '').where('paused_at', '>', 0))
    expect(await since(db.read, 'b', 5)).toEqual([{ name: 'b' }])
    expect(await since(db.read, 'a', 5)).toEqual([{ name: 'a' }])
    expect(await since(db.read, 'a', pause('').paused_at)).toEqual([])
    await expect(since(db.read, 'a')).rejects.toThrow('this query has 2 parameters, not 1')
  })

  test('a prepared insert puts null where a row lacks a column, and takes no other one', async () => {
    const db = await empty()
    const insert = preparedInsert('job_pauses', 'name, paused_at', 'name')
    expect(await db.write((trx) => insert(trx, { paused_at: 3, name: 'a' }))).toBe('a')
    expect(await db.read.selectFrom('job_pauses').selectAll().execute()).toEqual([{ name: 'a', paused_at: 3 }])
    await expect(db.write((trx) => insert(trx, { name: 'b' } as never))).rejects.toThrow(/null/i)
    const more = { ...pause('c'), colour: 'red' }
    await expect(db.write((trx) => insert(trx, more))).rejects.toThrow('the statement that inserts into job_pauses knows no column colour')
  })

  test('a unit that throws leaves nothing behind, its neighbours stay', async () => {
    const db = await empty()
    const insert = (name: string, fails = false) =>
      db.write(async (trx) => {
        await trx.insertInto('job_pauses').values(pause(name)).execute()
        if (fails) throw new Error(`no ${name}`)
        return name
      })
    const settled = await Promise.allSettled([insert('a'), insert('b', true), insert('c')])
    expect(settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason)))).toEqual(['a', 'Error: no b', 'c'])
    expect((await db.read.selectFrom('job_pauses').select('name').orderBy('name').execute()).map((row) => row.name)).toEqual(['a', 'c'])
  })

  test('a failed query takes back its own unit only', async () => {
    const db = await empty()
    const insert = (name: string) => db.write((trx) => trx.insertInto('job_pauses').values(pause(name)).execute())
    await insert('a')
    const settled = await Promise.allSettled([insert('b'), insert('a'), insert('c')])
    expect(settled.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(
      await db.read
        .selectFrom('job_pauses')
        .select((is) => is.fn.countAll().as('n'))
        .executeTakeFirst(),
    ).toEqual({ n: 3 })
  })

  test('write and read inside a write are refused at once, on every path', async () => {
    const db = await empty()
    await expect(db.write(() => db.write(async () => 1))).rejects.toThrow(/inside a write\(\)/)
    await expect(db.write(() => db.read.selectFrom('runs').selectAll().execute())).rejects.toThrow(/inside a write\(\)/)
    // what a unit started and did not wait for is outside once the unit is over
    const later = Promise.withResolvers<void>()
    let left: Promise<unknown> | undefined
    await db.write(async () => {
      left = later.promise.then(() => db.write(async () => 'fine'))
    })
    later.resolve()
    expect(await left).toBe('fine')
  })

  test('a trx is of no use after its unit', async () => {
    const db = await empty()
    const kept = await db.write(async (trx) => ({ trx }))
    await expect(kept.trx.selectFrom('runs').selectAll().execute()).rejects.toThrow()
  })

  test('a unique index that is violated is named alike on both', async () => {
    const db = await empty()
    const agent = (id: string, name: string, deleted_at: number | null = null) => ({
      ...{
        workspace_id: 'default',
        id,
        name,
        slug: `slug-of-${id}`,
        provider: 'p',
        model: 'm',
        system_prompt: 's',
        tools: '[]',
        config: '{}',
        is_public: 0,
      },
      ...{ api_key_required: 1, allowed_api_keys: '[]', created_by: 'local', created_at: 1, updated_at: 1, deleted_at },
    })
    const insert = (row: ReturnType<typeof agent>) => db.write((trx) => trx.insertInto('agents').values(row).execute())
    await insert(agent('1', 'Ada'))
    const violated = (attempt: Promise<unknown>) => attempt.then(() => 'nothing', isUniqueViolation)
    expect(await violated(insert(agent('2', 'Ada')))).toEqual({ constraint: 'agents_workspace_id_name' })
    expect(await violated(insert({ ...agent('2', 'Bob'), slug: 'slug-of-1' }))).toEqual({ constraint: 'agents_workspace_id_slug' })
    expect(await violated(insert({ ...agent('1', 'Bob'), slug: 'other' }))).toEqual({ constraint: 'agents_id' })
    expect(await violated(insert({ ...agent('3', 'Bob'), model: null as unknown as string }))).toBeNull()
    expect(isUniqueViolation(new Error('UNIQUE constraint failed: agents.name'))).toBeNull()
    // the name of a deleted agent is free
    await db.write((trx) => trx.updateTable('agents').set({ deleted_at: 2 }).where('id', '=', '1').execute())
    await insert(agent('2', 'Ada'))
  })

  test('ids sort byte by byte, capitals before small letters', async () => {
    const db = await empty()
    await db.write((trx) => trx.insertInto('job_pauses').values(['a_b', 'aB', 'ab', 'B', 'a-b'].map(pause)).execute())
    const names = await db.read.selectFrom('job_pauses').select('name').orderBy('name').execute()
    expect(names.map((row) => row.name)).toEqual(['B', 'a-b', 'aB', 'a_b', 'ab'])
  })

  test('a blob is stored once and given back by its hash', async () => {
    const db = await empty()
    const hashes = await Promise.all([1, 2].map(() => db.write((trx) => putBlob(trx, 'the same'))))
    expect(hashes[0]).toBe(hashes[1])
    expect(await getBlob(db.read, hashes[0]!)).toBe('the same')
    expect(
      await db.read
        .selectFrom('blobs')
        .select((is) => is.fn.countAll().as('n'))
        .executeTakeFirst(),
    ).toEqual({ n: 1 })
    await expect(getBlob(db.read, 'none')).rejects.toThrow('blob none is missing')
  })

  test('many writers at once lose no update', async () => {
    const db = await empty()
    await db.write((trx) => trx.insertInto('job_pauses').values({ name: 'sum', paused_at: 0 }).execute())
    await Promise.all(
      Array.from({ length: 300 }, () =>
        db.write((trx) =>
          trx
            .updateTable('job_pauses')
            .set((is) => ({ paused_at: is('paused_at', '+', 1) }))
            .where('name', '=', 'sum')
            .execute(),
        ),
      ),
    )
    expect(await db.read.selectFrom('job_pauses').select('paused_at').executeTakeFirst()).toEqual({ paused_at: 300 })
  })

  test('close waits for what was queued, and refuses what comes after', async () => {
    const db = await empty()
    const last = db.write((trx) => trx.insertInto('job_pauses').values(pause('last')).returningAll().executeTakeFirst())
    await Promise.all([last, db.close()])
    expect(await last).toEqual(pause('last'))
    await expect(db.write(async () => 1)).rejects.toThrow()
    await db.close()
  })
})
