import { GetUsage } from '@cadre/contract/usage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { getUsage } from './get-usage.ts'
import { attemptsOfOne, costOfRun, lastAttempt, recordAside, recordUsage, type UsageRow } from './record-usage.ts'
import { deletePrice, getPrice, listPrices, putPrice } from './set-price.ts'
import { beginSpend } from './spend.ts'
import { aRun, asking, owner, took, usageApp } from './test/usage-app.ts'

const day = Date.parse('2026-03-05T10:00:00Z')
const row = (change: Partial<UsageRow>): UsageRow => ({
  workspace_id: 'default',
  run_id: 'run_1',
  call: 1,
  attempt: 1,
  agent_id: 'agt_1',
  user_id: 'ann',
  key_id: null,
  provider: 'openai',
  model: 'gpt',
  at: day,
  tokens_input: 100,
  tokens_cached: 40,
  tokens_cache_write: 0,
  tokens_output: 10,
  tokens_reasoning: 4,
  cost_micros: 1500,
  duration_ms: 20,
  status: 'ok',
  estimated: 0,
  ...change,
})

describe.each(databases)('usage on $name', ({ empty }) => {
  let db: Db
  beforeEach(async () => {
    db = await empty()
  })
  afterEach(() => db.close())

  const record = (change: Partial<UsageRow>) => db.write((trx) => recordUsage(trx, row(change)))
  const usage = (query: Record<string, unknown> = {}) => getUsage({ db }, owner, GetUsage.parse(query))

  test('a call counts once, however often it is recorded', async () => {
    expect(await record({})).toBe(true)
    expect(await record({ cost_micros: 9999 })).toBe(false)
    expect(await record({ attempt: 2, status: 'failed' })).toBe(true)
    expect((await usage()).totals).toEqual({
      calls: 2,
      failed: 1,
      retries: 1,
      tokens_input: 200,
      tokens_cached: 80,
      tokens_output: 20,
      tokens_reasoning: 8,
      cost: 0.003,
      calls_unpriced: 0,
      calls_estimated: 0,
      duration_ms: 40,
    })
    expect(await costOfRun(db.read, 'run_1')).toEqual({ cost_micros: 3000, unpriced: 0 })
    expect([await lastAttempt(db.read, 'run_1', 1), await lastAttempt(db.read, 'run_1', 2)]).toEqual([2, 0])
    expect(await costOfRun(db.read, 'run_none')).toEqual({ cost_micros: null, unpriced: 0 })
  })

  test('what its transaction takes back was never there', async () => {
    const failed = db.write(async (trx) => {
      await recordUsage(trx, row({}))
      throw new Error('the journal refused')
    })
    await expect(failed).rejects.toThrow('the journal refused')
    expect((await usage({ group_by: 'agent' })).groups).toEqual([])
    expect((await usage()).totals).toMatchObject({ calls: 0, cost: 0 })
  })

  test('groups by any of its words, in a range of days, filtered', async () => {
    const days = { 1: '2026-02-28T23:59:59Z', 2: '2026-03-01T00:00:00Z', 3: '2026-03-02T12:00:00Z' }
    let call = 0
    const add = (change: Partial<UsageRow>, on: keyof typeof days) => record({ call: ++call, at: Date.parse(days[on]), ...change })
    await add({}, 1)
    await add({ user_id: 'bob', key_id: 'key_1', cost_micros: 7000 }, 2)
    await add({ agent_id: 'agt_2', provider: 'lab', model: 'm', cost_micros: null }, 2)
    await add({ user_id: 'bob', run_id: 'run_00000zz', cost_micros: 500 }, 3)

    const short = (groups: Awaited<ReturnType<typeof usage>>['groups']) =>
      groups.map(({ calls, cost, calls_unpriced, agent, user, key, model, day, month }) =>
        JSON.parse(JSON.stringify({ agent, user, key, model, day, month, calls, cost, ...(calls_unpriced ? { calls_unpriced } : {}) })),
      )
    expect(short((await usage({ group_by: 'user' })).groups)).toEqual([
      { user: 'bob', calls: 2, cost: 0.0075 },
      { user: 'ann', calls: 2, cost: 0.0015, calls_unpriced: 1 },
    ])
    expect(short((await usage({ group_by: 'month, agent' })).groups)).toEqual([
      { month: '2026-02', agent: 'agt_1', calls: 1, cost: 0.0015 },
      { month: '2026-03', agent: 'agt_1', calls: 2, cost: 0.0075 },
      { month: '2026-03', agent: 'agt_2', calls: 1, cost: null, calls_unpriced: 1 },
    ])
    expect(short((await usage({ group_by: 'key', from: '2026-03-01', to: '2026-03-01' })).groups)).toEqual([
      { key: 'key_1', calls: 1, cost: 0.007 },
      { key: null, calls: 1, cost: null, calls_unpriced: 1 },
    ])
    expect((await usage({ user: 'bob', from: '2026-03-02' })).totals).toMatchObject({ calls: 1, cost: 0.0005 })
    const cut = await usage({ group_by: 'day,model', limit: 1 })
    expect(short(cut.groups)).toEqual([{ day: '2026-02-28', model: 'gpt', calls: 1, cost: 0.0015 }])
    expect(cut).toMatchObject({ truncated: true, totals: { calls: 4, cost: 0.009, calls_unpriced: 1 } })
  })

  test('what no run asked is counted under its purpose, and what was estimated is said', async () => {
    await record({ estimated: 1 })
    await record({ call: 2 })
    await db.write((trx) => recordAside(trx, row({ agent_id: ':embedding', run_id: 'ask_1', estimated: 1 })))
    await db.write((trx) => recordAside(trx, row({ agent_id: ':test', run_id: 'ask_2' })))
    const { groups, totals } = await usage({ group_by: 'purpose,agent' })
    expect(groups.map(({ purpose, agent, calls, calls_estimated }) => [purpose, agent, calls, calls_estimated])).toEqual([
      ['run', 'agt_1', 2, 1],
      ['embedding', null, 1, 1],
      ['test', null, 1, 0],
    ])
    expect(totals).toMatchObject({ calls: 4, calls_estimated: 2 })
    expect((await usage({ purpose: 'run', group_by: 'month' })).groups).toMatchObject([{ month: '2026-03', calls: 2 }])
    expect((await usage({ purpose: 'embedding' })).totals).toMatchObject({ calls: 1 })
    expect((await usage({ group_by: 'agent' })).groups.map(({ agent }) => agent).toSorted()).toEqual(['agt_1', null])
  })

  test('each execution of a run counts its attempts from a number of its own', async () => {
    for (const attempt of [1, 2, attemptsOfOne + 1, attemptsOfOne + 2]) await record({ attempt })
    expect((await usage()).totals).toMatchObject({ calls: 4, retries: 2 })
  })

  test('refuses what it cannot mean', async () => {
    expect(GetUsage.safeParse({ group_by: 'agent,shoe' }).error?.issues).toMatchObject([
      { path: ['group_by'], message: "'shoe' is none of purpose, agent, user, key, provider, model, day, month" },
    ])
    for (const from of ['yesterday', '2026-02-30', '2026-03-01T00:00:00+02:00'])
      expect(GetUsage.safeParse({ from }).error?.issues).toMatchObject([
        { path: ['from'], message: 'must be a day such as 2026-03-05; days are those of UTC' },
      ])
    await expect(usage({ from: '2026-03-02', to: '2026-03-01' })).rejects.toThrow('to: is before from')
  })

  test('prices: stored before configured before the list, one model before all of a provider', async () => {
    const app = usageApp(db, { prices: [{ provider: 'lab', model: '*', input: 1, output: 2 }] })
    const price = async (provider: string, model: string) => {
      const { source, rates } = await getPrice(app, owner, { provider, model })
      return [source, rates?.input]
    }
    expect(await price('lab', 'm')).toEqual(['config', 1])
    expect(await price('elsewhere', 'm')).toEqual(['unknown', undefined])
    expect(await price('builtin', 'planner')).toEqual(['builtin', 0])
    expect(await putPrice(app, owner, { provider: 'lab', model: 'm', input: 0.15, cached_input: 0.000001, output: 0.6 })).toEqual({
      provider: 'lab',
      model: 'm',
      rates: { input: 0.15, cached_input: 0.000001, cache_write: 0.15, output: 0.6, reasoning: 0.6 },
      tiers: [],
      source: 'stored',
    })
    expect(await price('lab', 'm')).toEqual(['stored', 0.15])
    expect(await price('lab', 'other')).toEqual(['config', 1])
    expect((await listPrices(app, owner)).items.map(({ model, source }) => [model, source])).toEqual([
      ['m', 'stored'],
      ['*', 'config'],
    ])
    await deletePrice(app, owner, { provider: 'lab', model: 'm' })
    expect(await price('lab', 'm')).toEqual(['config', 1])
    await expect(deletePrice(app, owner, { provider: 'lab', model: 'm' })).rejects.toMatchObject({ code: 'PRICE_NOT_FOUND' })
    await expect(putPrice(app, owner, { provider: 'builtin', model: 'planner', input: 1, output: 1 })).rejects.toThrow('provider: ')
  })

  test('a call is counted with the price it began under; an unknown one is said as unknown', async () => {
    const app = usageApp(db, { prices: [{ provider: 'lab', model: 'm', input: 1, cached_input: 0.5, output: 2 }] })
    const priced = await beginSpend(app, aRun({ id: 'run_priced' }), asking(1000))
    const unpriced = await beginSpend(app, aRun({ id: 'run_unpriced' }), asking(1000, { model: 'x' }))
    if ('refused' in priced || 'refused' in unpriced) throw new Error('there is no budget')
    const tokens = { input: 1000, cached: 400, cache_write: 0, output: 100, reasoning: 0 }
    expect(await priced.settleAlone(took(0, { tokens }))).toBe(600 + 200 + 200)
    expect(await priced.settleAlone(took(0, { tokens }))).toBe(1000)
    expect(await unpriced.settleAlone(took(0, { tokens }))).toBeNull()
    expect((await usage()).totals).toMatchObject({ calls: 2, cost: 0.001, calls_unpriced: 1, tokens_cached: 800 })
  })
})
