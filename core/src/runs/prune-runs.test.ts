import { ListAudit } from '@cadre/contract/audit'
import { ListRuns } from '@cadre/contract/runs'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { pruneRuns } from './prune-runs.ts'

const day = 86_400_000

describe.each(databaseUrls)('retention of runs on $name', ({ url }) => {
  let world: World
  let later = 0
  beforeEach(async () => {
    later = 0
    world = await newWorld({ database_url: await url(), now: () => Date.now() + later })
  })
  afterEach(() => world.close())

  const big = (name: string) => ({ text: `${name} ${'x'.repeat(5_000)}` })
  const rows = async (table: string) =>
    Number((await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(world.app.db.read)).rows[0]?.n)
  const values = async () =>
    (await sql<{ content: string }>`select content from blobs`.execute(world.app.db.read)).rows.flatMap(
      ({ content }) => /"(\w+) x{10}/.exec(content)?.[1] ?? [],
    )
  const runs = async () => (await world.api.runs.list(owner, ListRuns.parse({}))).items.map(({ run_id }) => run_id)

  /** All that ended up to here did so so many days ago. */
  const age = (days: number, ids: string[]) =>
    world.app.db.write((trx) => sql`update runs set completed_at = completed_at - ${days * day} where id in (${sql.join(ids)})`.execute(trx))

  test('ended runs that are older go with all that hangs on them; values that others hold stay, and the agent runs on', async () => {
    const agent = await world.agent()
    world.says(() => big('shared'))
    const first = await world.run(agent)
    world.says(() => big('own'))
    const second = await world.run(agent)
    world.says(() => big('shared'))
    const third = await world.run(agent)
    expect((await values()).toSorted()).toEqual(['own', 'shared'])
    later = 40 * day
    // The third ended ten days ago, the others forty.
    await age(-30, [third.run_id])

    expect(await pruneRuns(world.app, 30)).toBe(2)
    expect(await runs()).toEqual([third.run_id])
    expect(await values()).toEqual(['shared'])
    expect((await world.api.runs.get(owner, { runId: third.run_id })).output_text).toContain('shared')
    await expect(world.api.runs.get(owner, { runId: first.run_id })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    await expect(world.api.runs.get(owner, { runId: second.run_id })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    expect((await world.api.usage.get(owner, { group_by: [], limit: 10 })).totals).toMatchObject({ calls: 3 })
    const { items } = await world.api.audit.list(owner, ListAudit.parse({ action: 'runs.prune' }))
    expect(items.map(({ detail }) => detail)).toEqual([{ runs: 2, older_than_days: 30 }])

    // What runs are frozen with is remembered as stored.
    expect((await world.run(agent)).status).toBe('completed')
    expect(await pruneRuns(world.app, 5)).toBe(1)
    expect(await values()).toEqual(['shared'])
    later = 400 * day
    expect(await pruneRuns(world.app, 30)).toBe(1)
    expect([await values(), await rows('run_events'), await rows('usage_calls')]).toEqual([[], 0, 0])
    expect(await pruneRuns(world.app, 30)).toBe(0)
  })

  test('a value that only the history of another run holds stays', async () => {
    const agent = await world.agent()
    world.says(() => big('once'))
    const [old, kept] = [await world.run(agent), await world.run(agent)]
    later = 40 * day
    await age(-30, [kept.run_id])
    await world.app.db.write(async (trx) => {
      const { rows } = await sql<{ hash: string }>`select hash from blobs where content like ${'%once xxx%'}`.execute(trx)
      await sql`update runs set history = ${`{"$blob":"${rows[0]?.hash}"}`} where id = ${kept.run_id}`.execute(trx)
      await sql`delete from run_events where run_id = ${kept.run_id}`.execute(trx)
    })
    expect(await pruneRuns(world.app, 30)).toBe(1)
    expect(await runs()).toEqual([kept.run_id])
    expect(await values()).toEqual(['once'])
    expect(old.run_id).not.toBe(kept.run_id)
  })

  test('what works or waits stays however old it is, and so does what it caused', async () => {
    const child = await world.agent()
    const parent = await world.run(child)
    const below = await world.run(child)
    await world.app.db.write(async (trx) => {
      await sql`update runs set parent_run_id = ${parent.run_id} where id = ${below.run_id}`.execute(trx)
      await sql`update runs set completed_at = null, status = 'pending' where id = ${parent.run_id}`.execute(trx)
    })
    later = 40 * day
    expect(await pruneRuns(world.app, 30)).toBe(0)
    await world.app.db.write((trx) => sql`update runs set completed_at = created_at, status = 'failed' where id = ${parent.run_id}`.execute(trx))
    expect(await pruneRuns(world.app, 30)).toBe(2)
  })
})
