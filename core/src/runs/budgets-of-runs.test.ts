import { CreateBudget } from '@cadre/contract/usage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { databaseUrls } from '../storage/test/databases.ts'
import { type ModelDouble, resultsSoFar, startModelDouble } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { cancelRun } from './cancel-run.ts'
import { openBeside, workElsewhere } from './test/restart.ts'

const aDay = 86_400_000

describe.each(databaseUrls)('what runs spend, on $name', ({ url }) => {
  let world: World
  let now: () => number
  const closing: (() => Promise<unknown>)[] = []
  beforeEach(async () => {
    now = Date.now
    world = await newWorld({ database_url: await url(), now: () => now(), concurrency: 32 })
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await world.close()
  })
  const budget = (input: z.input<typeof CreateBudget>) => world.api.budgets.create(owner, CreateBudget.parse(input))
  const level = async () => (await world.api.budgets.list(owner)).items.map(({ spent, reserved }) => ({ spent, reserved }))
  const totals = async () => (await world.api.usage.get(owner, { limit: 10 })).totals
  const small = (config: object = {}, change: object = {}) => world.agent({ tools: ['effects'], config: { max_tokens: 100, ...config }, ...change })
  const oneTool = () =>
    world.says((request) => (resultsSoFar(request).length === 0 ? { calls: [{ tool: 'effects__once', input: { n: 1 } }] } : { text: 'done' }))
  const get = (runId: string) => world.api.runs.get(owner, { runId })
  async function waiting(runId: string) {
    for (;;) {
      const run = await get(runId)
      if (run.waiting?.for === 'budget' && run.status === 'pending') return run
      if (run.completed_at !== null) throw new Error(`it does not wait, it is ${run.status}: ${run.error?.message}`)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  test('each call is counted with its price, cached tokens for theirs, and the run says the sum', async () => {
    await world.api.prices.put(owner, { provider: 'double', model: 'double', input: 1, cached_input: 0.1, output: 2 })
    world.says((request) => {
      const usage = { prompt_tokens: 1000, completion_tokens: 50, prompt_tokens_details: { cached_tokens: 800 } }
      return resultsSoFar(request).length === 0 ? { calls: [{ tool: 'effects__read', input: {} }], usage } : { text: 'done', usage }
    })
    const run = await world.run(await small())
    const cost = (200 * 1 + 800 * 0.1 + 50 * 2) / 1e6
    expect(run.model_calls.map((call) => [call.cost, call.tokens_cached])).toEqual([
      [cost, 800],
      [cost, 800],
    ])
    expect(run.metrics.cost).toBeCloseTo(2 * cost, 9)
    expect(await totals()).toMatchObject({ calls: 2, cost: run.metrics.cost, tokens_cached: 1600, calls_unpriced: 0 })
    expect((await world.run(await world.agent({ provider: 'builtin', model: 'planner' }), { input: 'What is 1 + 1?' })).metrics.cost).toBe(0)
  })

  test('a run that would pass its budget fails, and says which, how much, and when it begins anew', async () => {
    oneTool()
    const own = await world.run(await small({ budget: { tokens: 700 } }, { tools: ['effects__once'] }))
    expect(own).toMatchObject({ status: 'completed' })
    const poor = await world.run(await small({ budget: { tokens: 50 } }))
    expect(poor).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' }, waiting: null })
    expect(poor.error?.message).toMatch(
      /^the budget of run 'run_\w+' has 50 tokens left of 50 tokens \(0 tokens spent\); this model call may take up to \d+ tokens$/,
    )
    const { id } = await budget({ scope: 'global', period: 'day', unit: 'tokens', limit: 60 })
    const shared = await world.run(await small())
    expect(shared.error?.message).toContain(`budget '${id}' (everyone, per day) has 60 tokens left of 60 tokens (0 tokens spent)`)
    expect(shared.error?.message).toMatch(/; it begins anew at \d{4}-\d\d-\d\dT00:00:00\.000Z$/)
    expect(await level()).toEqual([{ spent: 0, reserved: 0 }])
  })

  test('or waits until it is raised, also where another process takes over; what it did before is not done again', async () => {
    oneTool()
    world.says((request) => {
      const usage = { prompt_tokens: 4000, completion_tokens: 5 }
      return resultsSoFar(request).length === 0 ? { calls: [{ tool: 'effects__once', input: {} }], usage } : { text: 'done', usage }
    })
    const { run_id } = await world.run(await small({ budget: { tokens: 4050, on_exceed: 'wait' } }), { wait: 0 })
    const run = await waiting(run_id)
    expect(run).toMatchObject({
      waiting: { until: null, reason: expect.stringContaining(`PUT /api/v1/runs/${run_id}/budget`) },
      metrics: { total_steps: 1 },
    })
    closing.push(await workElsewhere(world))
    await world.api.budgets.raiseOfRun(owner, { runId: run_id, tokens: 4060 })
    const still = await waiting(run_id)
    expect(still.waiting?.reason).toContain('4060 tokens')
    await world.api.budgets.raiseOfRun(owner, { runId: run_id, tokens: 20_000 })
    expect(await ended(run_id)).toMatchObject({ status: 'completed', output_text: 'done', metrics: { tokens_input: 8000 } })
    expect(world.effects.arrivals).toHaveLength(1)
    expect(await totals()).toMatchObject({ calls: 2, tokens_input: 8000 })
  })

  test('or ends in plain words where its model is gone meanwhile, with what it took', async () => {
    world.says(() => ({ calls: [{ tool: 'effects__read', input: {} }], usage: { prompt_tokens: 4000, completion_tokens: 5 } }))
    await world.api.providers.add(owner, { id: 'passing', type: 'custom', base_url: world.model.url })
    const { run_id } = await world.run(await small({ budget: { tokens: 4050, on_exceed: 'wait' } }, { provider: 'passing', model: 'double' }), {
      wait: 0,
    })
    await waiting(run_id)
    await world.api.providers.remove(owner, { id: 'passing' })
    await world.api.budgets.raiseOfRun(owner, { runId: run_id, tokens: 20_000 })
    const run = await ended(run_id)
    expect(run).toMatchObject({ status: 'failed', error: { code: 'PROVIDER_NOT_USABLE' }, metrics: { total_steps: 1, tokens_input: 4000 } })
  })

  test('or until its next day begins', async () => {
    oneTool()
    const shift = (Math.floor(Date.now() / aDay) + 0.5) * aDay - Date.now() // it is noon
    now = () => Date.now() + shift
    await budget({ scope: 'global', period: 'day', unit: 'tokens', limit: 1000, on_exceed: 'wait' })
    world.says(() => ({ text: 'done', usage: { prompt_tokens: 900, completion_tokens: 10 } }))
    await world.run(await small())
    const { run_id } = await world.run(await small(), { wait: 0 })
    const { until } = (await waiting(run_id)).waiting!
    const midnight = Math.ceil(now() / aDay) * aDay
    expect(Date.parse(until!)).toBe(midnight)
    const [job] = await world.app.queue.list({ status: 'delayed' })
    expect(job).toMatchObject({ name: 'runs.execute', data: { run_id } })
    expect(Math.abs(job!.run_at + shift - midnight)).toBeLessThan(60_000)
    now = () => Date.now() + shift + aDay
    await world.app.db.write((trx) => trx.updateTable('jobs').set({ run_at: Date.now() }).where('id', '=', job!.id).execute())
    world.app.wakeWorkers()
    expect(await ended(run_id)).toMatchObject({ status: 'completed' })
  })

  test('a budget that is removed wakes those that wait, and a run that waits can be cancelled', async () => {
    const { id } = await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 10, on_exceed: 'wait' })
    const agent = await small()
    const [first, second] = await Promise.all([world.run(agent, { wait: 0 }), world.run(agent, { wait: 0 })])
    await Promise.all([waiting(first.run_id), waiting(second.run_id)])
    expect((await world.api.runs.cancel(owner, { runId: first.run_id })).status).toBe('cancelled')
    await world.api.budgets.delete(owner, { id })
    expect((await ended(second.run_id)).status).toBe('completed')
    expect((await get(first.run_id)).status).toBe('cancelled')
  })

  test('what runs below a run draws from its budget; both wait, and both go on when it is raised', async () => {
    const child = await small({}, { name: 'Helper' })
    const lead = await small({ budget: { tokens: 5000, on_exceed: 'wait' }, delegates: [child.id] })
    world.says((request) => {
      const isLead = request.tools?.some(({ function: { name } }) => name === 'agents__helper')
      if (!isLead) return { text: 'forty-two', usage: { prompt_tokens: 100, completion_tokens: 10 } }
      if (resultsSoFar(request).length > 0) return { text: 'It is settled.' }
      return { calls: [{ tool: 'agents__helper', input: { task: 'What is it?' } }], usage: { prompt_tokens: 4990, completion_tokens: 5 } }
    })
    const { run_id } = await world.run(lead, { wait: 0 })
    const above = await waiting(run_id)
    const below = (await world.api.runs.list(owner, { limit: 10 })).items.find((each) => each.parent_run_id === run_id)
    expect(await waiting(below!.run_id)).toMatchObject({ waiting: { reason: expect.stringContaining(`the budget of run '${run_id}'`) } })
    expect(above.waiting).toMatchObject({ step: 1, reason: expect.stringContaining(below!.run_id) })
    const raised = await world.api.budgets.raiseOfRun(owner, { runId: run_id, tokens: 20_000 })
    expect(raised).toMatchObject({ tokens: { spent: 4995, reserved: 0 } })
    expect(await ended(run_id)).toMatchObject({ status: 'completed', output_text: 'It is settled.' })
    expect(await ended(below!.run_id)).toMatchObject({ status: 'completed', output_text: 'forty-two' })
    expect((await world.api.runs.list(owner, { limit: 10 })).items).toHaveLength(2)
  })

  test('tries that fail hold nothing back, those that stand in draw from the same budget, and no tool runs twice', async () => {
    const second: ModelDouble = await startModelDouble(() => ({ text: 'from the second', usage: { prompt_tokens: 20, completion_tokens: 6 } }))
    closing.push(() => second.close())
    await world.api.providers.add(owner, { id: 'second', type: 'custom', base_url: second.url })
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 1_000_000 })
    let failures = 0
    world.says((request) => {
      if (resultsSoFar(request).length === 0) return { calls: [{ tool: 'effects__once', input: {} }] }
      return ++failures === 1 ? { status: 503 } : { text: 'late', delay_ms: 60_000 }
    })
    // The budget has room for one worst case at a time: a try that hangs must not stand in the way of the next.
    const config = {
      budget: { tokens: 1500 },
      max_tokens: 800,
      call_timeout_ms: 2_500,
      max_retries: 1,
      fallbacks: [{ provider: 'second', model: 'other' }],
    }
    second.requests.length = 0
    const run = await world.run(await small(config, { tools: ['effects__once'] }))
    expect(run).toMatchObject({ error: null, status: 'completed', output_text: 'from the second' })
    expect(world.effects.arrivals).toHaveLength(1)
    expect(await level()).toEqual([{ spent: 15 + 26, reserved: 0 }])
    expect(await totals()).toMatchObject({ calls: 2, retries: 1, tokens_input: 30, tokens_output: 11 })
  })

  test('a run that is cancelled holds nothing from then on', async () => {
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 1_000_000 })
    const asked = Promise.withResolvers<void>()
    world.says(() => {
      asked.resolve()
      return { text: 'late', delay_ms: 60_000 }
    })
    const running = world.run(await small())
    await asked.promise
    expect(await level()).toEqual([{ spent: 0, reserved: expect.any(Number) }])
    const [run] = (await world.api.runs.list(owner, { limit: 1 })).items
    await world.api.runs.cancel(owner, { runId: run!.run_id })
    expect(await level()).toEqual([{ spent: expect.any(Number), reserved: 0 }])
    expect((await running).status).toBe('cancelled')
    // Its prompt was sent.
    await until(async () => (await totals()).calls === 1)
    expect(await level()).toEqual([{ spent: (await totals()).tokens_input, reserved: 0 }])
  })

  test.each(['its last answer', 'an answer that calls a tool'])('%s counts although another process had ended the run', async (which) => {
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit: 1_000_000 })
    const beside = await openBeside(world)
    closing.push(beside.close)
    // This process looks now and then who ended its runs; here it does not before the answer has come.
    world.app.live.executingIds = () => []
    world.says(async () => {
      const [run] = (await world.api.runs.list(owner, { limit: 1 })).items
      await cancelRun(beside.app, owner, run!.run_id)
      return which === 'its last answer' ? { text: 'done' } : { calls: [{ tool: 'effects__once', input: {} }] }
    })
    const run = await world.run(await small())
    expect(run).toMatchObject({ status: 'cancelled', model_calls: [] })
    await until(async () => (await totals()).calls === 1)
    // The provider's numbers, or where the end was noticed here before the answer came, ours.
    const { tokens_input, tokens_output } = await totals()
    expect(await level()).toEqual([{ spent: tokens_input + tokens_output, reserved: 0 }])
    expect(world.effects.arrivals).toHaveLength(0)
  })

  test('200 runs at once never spend above a shared cap', { timeout: 120_000 }, async () => {
    const limit = 6000
    await budget({ scope: 'global', period: 'total', unit: 'tokens', limit })
    let highest = 0
    let calls = 0
    world.says(async (request) => {
      const [{ spent, reserved } = { spent: 0, reserved: 0 }] = ++calls % 10 === 0 ? await level() : []
      highest = Math.max(highest, spent + reserved)
      if (resultsSoFar(request).length === 0) return { calls: [{ tool: 'effects__once', input: {} }] }
      return calls % 7 === 0 ? { status: 503, headers: { 'retry-after': '0' } } : { text: 'done' }
    })
    const agent = await world.agent({ tools: ['effects__once'], config: { max_tokens: 100, timeout_ms: 100_000, max_retries: 5 } })
    const runs = await Promise.all(Array.from({ length: 200 }, () => world.run(agent, { wait: 100 })))
    const by = Object.groupBy(runs, ({ status }) => status)
    const [{ spent, reserved } = { spent: 0, reserved: 0 }] = await level()
    expect(Object.keys(by).sort()).toEqual(['completed', 'failed'])
    expect(new Set(by.failed?.map(({ error }) => error?.code))).toEqual(new Set(['BUDGET_EXCEEDED']))
    expect(reserved).toBe(0)
    expect(spent).toBeLessThanOrEqual(limit)
    expect(highest).toBeLessThanOrEqual(limit)
    // To the end: the next call would have passed it.
    expect(spent).toBeGreaterThan(limit - 600)
    expect(await totals()).toMatchObject({ tokens_input: (spent / 15) * 10, tokens_output: (spent / 15) * 5 })
    const made = runs.filter(({ metrics }) => metrics.total_steps > 0).length
    expect(world.effects.arrivals).toHaveLength(made)
  })

  async function ended(runId: string) {
    for (;;) {
      const run = await get(runId)
      if (run.completed_at !== null) return run
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
})

async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
