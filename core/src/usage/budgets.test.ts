import { CreateBudget } from '@cadre/contract/usage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Db } from '../storage/database.ts'
import { firstIdAt } from '../storage/ids.ts'
import { databases } from '../storage/test/databases.ts'
import type { SpendRun } from './applicable.ts'
import { createBudget, deleteBudget, listBudgets, raiseRunBudget, updateBudget } from './budgets.ts'
import { pruneUsage } from './prune.ts'
import { releaseRun } from './reserve.ts'
import { beginSpend, type SpendAsk } from './spend.ts'
import { aRun, asking, owner, took, usageApp } from './test/usage-app.ts'

const evening = Date.parse('2026-03-31T23:00:00Z')
const anHour = 3_600_000

describe.each(databases)('budgets on $name', ({ empty }) => {
  let db: Db
  let app: ReturnType<typeof usageApp>
  let now: number
  let raised: (string | null)[]
  beforeEach(async () => {
    db = await empty()
    now = evening
    raised = []
    app = usageApp(db, {
      now: () => now,
      prices: [{ provider: 'lab', model: 'm', input: 1, output: 1 }],
      onRaised: async (_, { run_id }) => raised.push(run_id),
    })
  })
  afterEach(() => db.close())

  const budget = (input: z.input<typeof CreateBudget>) =>
    createBudget(app, owner, CreateBudget.parse(input), async (scope, id) => (scope === 'agent' ? `agt_${id}` : id))
  const begin = async (run: SpendRun, tokens: number, change: Partial<SpendAsk> = {}) => {
    const spend = await beginSpend(app, run, asking(tokens, change))
    if ('refused' in spend) throw new Error(spend.refused.message)
    return spend
  }
  const refused = async (run: SpendRun, tokens: number, change: Partial<SpendAsk> = {}) => {
    const spend = await beginSpend(app, run, asking(tokens, change))
    return 'refused' in spend ? spend.refused : undefined
  }
  const levels = async () => (await listBudgets(app, owner)).items.map(({ spent, reserved, left }) => ({ spent, reserved, left }))

  test('the worst case is held before a call and becomes what it took', async () => {
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 1000 })
    const spend = await begin(aRun(), 600)
    expect(await levels()).toEqual([{ spent: 0, reserved: 600, left: 400 }])
    expect(await refused(aRun(), 401)).toMatchObject({
      code: 'BUDGET_EXCEEDED',
      on_exceed: 'fail',
      resets_at: null,
      message: expect.stringMatching(
        /^budget 'bud_\w+' \(everyone, total\) has 400 tokens left of 1000 tokens \(0 tokens spent, 600 tokens reserved by calls under way\); this model call may take up to 401 tokens$/,
      ),
    })
    await spend.settleAlone(took(100))
    expect(await levels()).toEqual([{ spent: 100, reserved: 0, left: 900 }])
    await spend.settleAlone(took(100))
    await spend.release()
    expect(await levels()).toEqual([{ spent: 100, reserved: 0, left: 900 }])
    const failed = await begin(aRun(), 900)
    await failed.release()
    await failed.release()
    expect(await levels()).toEqual([{ spent: 100, reserved: 0, left: 900 }])
  })

  test('money is counted in micro-dollars, and said in dollars', async () => {
    await budget({ scope: 'user', scope_id: 'local', period: 'day', unit: 'usd', limit: 0.000_5 })
    await (await begin(aRun(), 300)).settleAlone(took(299))
    expect(await levels()).toEqual([{ spent: 0.000299, reserved: 0, left: 0.000201 }])
    expect((await refused(aRun(), 202))?.message).toContain("(user 'local', per day) has $0.000201 left of $0.0005 ($0.000299 spent);")
    expect(await refused(aRun({ user_id: 'other' }), 5000)).toBeUndefined()
  })

  test('one that refuses takes from none', async () => {
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 1000 })
    await budget({ scope: 'agent', scope_id: 'small', period: 'month', unit: 'tokens', limit: 10 })
    expect(await refused(aRun({ agent_id: 'agt_small' }), 11)).toMatchObject({ resets_at: evening + anHour })
    expect(await levels()).toEqual([
      { spent: 0, reserved: 0, left: 1000 },
      { spent: 0, reserved: 0, left: 10 },
    ])
  })

  test("'*' gives each one of its own; the list shows whoever is nearest to the limit first", async () => {
    await budget({ scope: 'key', period: 'day', unit: 'tokens', limit: 100 })
    await begin(aRun({ key_id: 'key_a' }), 60)
    await begin(aRun({ key_id: 'key_b' }), 90)
    await begin(aRun(), 5000) // no key
    expect((await refused(aRun({ key_id: 'key_a' }), 41))?.message).toContain("(key 'key_a', per day) has 40 tokens left")
    expect((await listBudgets(app, owner)).items[0]).toMatchObject({
      left: 10,
      resets_at: '2026-04-01T00:00:00.000Z',
      subjects: [
        { id: 'key_b', reserved: 90, left: 10 },
        { id: 'key_a', reserved: 60, left: 40 },
      ],
    })
  })

  test('a new day begins anew, and a call that began before midnight counts where it began', async () => {
    await budget({ scope: 'global', period: 'day', unit: 'tokens', limit: 100 })
    const late = await begin(aRun(), 80, { longest_ms: 3 * anHour })
    now += anHour
    const early = await begin(aRun(), 100)
    await late.settleAlone(took(70))
    await early.release()
    expect(await levels()).toEqual([{ spent: 0, reserved: 0, left: 100 }])
    now -= anHour
    expect(await levels()).toEqual([{ spent: 70, reserved: 0, left: 30 }])
  })

  test('what an agent allows each run: retries and sub-runs draw from it', async () => {
    const parent = aRun({ budget: { tokens: 100, usd: 1, on_exceed: 'wait' } })
    await (await begin(parent, 50)).settleAlone(took(40))
    const child = aRun({ parents: [parent] })
    await (await begin(child, 30, { attempt: 1 })).settleAlone(took(20, { status: 'failed' }))
    await (await begin(child, 30, { attempt: 2 })).settleAlone(took(20))
    const message = `the budget of run '${parent.id}' has 20 tokens left of 100 tokens (80 tokens spent); this model call may take up to 21 tokens`
    const refusal = { code: 'BUDGET_EXCEEDED', message, on_exceed: 'wait', resets_at: null, budget_id: null, passing: false }
    expect(await refused(child, 21)).toEqual({ ...refusal, raise_with: `PUT /api/v1/runs/${parent.id}/budget` })
    expect(await refused({ ...child, budget: { on_exceed: 'fail' } }, 21)).toMatchObject({ on_exceed: 'fail' })
    expect(await refused(aRun({ budget: { tokens: 100 } }), 100)).toBeUndefined()

    const own = async () => parent.budget
    expect(await raiseRunBudget(app, owner, parent.id, { tokens: 101 }, own)).toEqual({
      run_id: parent.id,
      tokens: { limit: 101, spent: 80, reserved: 0, left: 21 },
      usd: { limit: 1, spent: 0.00008, reserved: 0, left: 0.99992 },
    })
    expect(raised).toEqual([parent.id])
    expect(await refused(child, 21)).toBeUndefined()
    await expect(raiseRunBudget(app, owner, parent.id, { tokens: 5 }, async () => null)).rejects.toThrow('tokens: ')
    await expect(raiseRunBudget(app, owner, parent.id, {}, own)).rejects.toThrow('body: ')
  })

  test('scopes and periods: each run of an agent, each run of a user with its sub-runs', async () => {
    await budget({ scope: 'agent', scope_id: 'x', period: 'run', unit: 'tokens', limit: 50 })
    await budget({ scope: 'run', period: 'run', unit: 'tokens', limit: 70 })
    await budget({ scope: 'user', period: 'run', unit: 'tokens', limit: 90 })
    const parent = aRun({ agent_id: 'agt_x' })
    await begin(parent, 50)
    expect((await refused(parent, 1))?.message).toContain(`(run '${parent.id}', run)`)
    await begin(aRun({ agent_id: 'agt_x' }), 50)
    const other = aRun()
    const child = aRun({ parents: [other] })
    await begin(child, 70)
    expect((await refused(aRun({ parents: [other] }), 1))?.message).toContain(`(run '${other.id}', run)`)
  })

  test('a raise, a lower limit and a removal count from the next call on', async () => {
    const { id } = await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 100, on_exceed: 'wait' })
    const spend = await begin(aRun(), 100)
    expect(await refused(aRun(), 1)).toMatchObject({ on_exceed: 'wait', budget_id: id })
    expect(await refused(aRun({ budget: { on_exceed: 'fail' } }), 1)).toMatchObject({ on_exceed: 'fail' })
    expect(await updateBudget(app, owner, id, { limit: 150 })).toMatchObject({ limit: 150, left: 50, on_exceed: 'wait' })
    await (await begin(aRun(), 50)).release()
    await updateBudget(app, owner, id, { limit: 10 })
    expect((await refused(aRun(), 1))?.message).toContain('has 0 tokens left of 10 tokens')
    await deleteBudget(app, owner, id)
    await (await begin(aRun(), 5000)).settleAlone(took(5000))
    await spend.settleAlone(took(100))
    expect(await levels()).toEqual([])
    expect(raised).toEqual([null, null, null])
    await expect(deleteBudget(app, owner, id)).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' })
    await expect(updateBudget(app, owner, id, { limit: 1 })).rejects.toMatchObject({ code: 'BUDGET_NOT_FOUND' })
  })

  test('another process sees a raise at once, since limits are read in the reservation', async () => {
    const other = usageApp(db, { now: () => now })
    const { id } = await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 10 })
    expect(await beginSpend(other, aRun(), asking(20))).toHaveProperty('refused')
    await updateBudget(app, owner, id, { limit: 20 })
    expect(await beginSpend(other, aRun(), asking(20))).not.toHaveProperty('refused')
  })

  test('a model without a known price costs a money budget nothing, or is refused', async () => {
    const { id } = await budget({ scope: 'global', period: 'total', unit: 'usd', limit: 0 })
    await (await begin(aRun(), 900, { model: 'odd' })).settleAlone(took(900))
    await updateBudget(app, owner, id, { unknown: 'refuse' })
    expect((await refused(aRun(), 1, { model: 'odd/one' }))?.message).toMatch(
      /^the price of 'odd\/one' at 'lab' is unknown, and budget 'bud_\w+' \(everyone, total\) refuses such calls; set it with PUT \/api\/v1\/prices\/lab\/odd%2Fone$/,
    )
  })

  test('what a crashed run held is free again: when it is taken up, or when its call cannot go on any more', async () => {
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 100 })
    const crashed = aRun()
    await begin(crashed, 60)
    await begin(crashed, 40)
    await db.write((trx) => releaseRun(trx, crashed.id))
    await db.write((trx) => releaseRun(trx, crashed.id))
    expect(await levels()).toEqual([{ spent: 0, reserved: 0, left: 100 }])
    const lost = await begin(aRun(), 100, { longest_ms: 5000 })
    now += 5000
    expect(await refused(aRun(), 1)).toBeDefined()
    now += 1
    const next = await begin(aRun(), 30)
    // The lost one lives after all: what it took counts, and nothing is freed twice.
    await lost.settleAlone(took(60))
    expect(await levels()).toEqual([{ spent: 60, reserved: 30, left: 10 }])
    await next.settleAlone(took(30))
    expect(await levels()).toEqual([{ spent: 90, reserved: 0, left: 10 }])
  })

  test('counters of past periods and of old runs go, those that count stay', async () => {
    await budget({ scope: 'global', period: 'day', unit: 'tokens', limit: 100 })
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 100 })
    await budget({ scope: 'run', period: 'run', unit: 'tokens', limit: 100 })
    const old = aRun({ id: firstIdAt('run', evening) })
    await begin(old, 10)
    const subjects = async () => (await listBudgets(app, owner)).items.map((each) => each.subjects.map(({ id, reserved }) => [id, reserved]))
    await pruneUsage(db, now)
    expect(await subjects()).toEqual([[['*', 10]], [['*', 10]], [[old.id, 10]]])
    await pruneUsage(db, now + 91 * 24 * anHour)
    expect(await subjects()).toEqual([[], [['*', 0]], []])
  })

  test('refuses what it cannot mean', async () => {
    const base = { scope: 'global', period: 'day', unit: 'usd', limit: 1 } as const
    await expect(budget({ ...base, scope: 'run' })).rejects.toThrow('period: ')
    await expect(budget({ ...base, scope_id: 'ann' })).rejects.toThrow('scope_id: ')
    await expect(budget({ ...base, limit: 2e9 })).rejects.toThrow('limit: ')
    await expect(budget({ ...base, unit: 'tokens', limit: 0.5 })).rejects.toThrow('limit: ')
    await expect(budget({ ...base, unit: 'tokens', unknown: 'refuse' })).rejects.toThrow('unknown: ')
  })

  test('without budgets a call stores nothing but its usage', async () => {
    const spend = await begin(aRun(), 1000)
    await spend.settleAlone(took(1000))
    await spend.release()
    expect(await db.read.selectFrom('budget_reservations').selectAll().execute()).toEqual([])
    expect(await db.read.selectFrom('budget_counters').selectAll().execute()).toEqual([])
  })
})
