import { CreateBudget, GetUsage } from '@cadre/contract/usage'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, type World } from '../test/world.ts'

/** So that no day ends in a test. */
const toNoon = 43_200_000 - (Date.now() % 86_400_000)

describe.each(databaseUrls)('the test of a provider, on $name', ({ url }) => {
  let world: World
  beforeEach(async () => {
    world = await newWorld({ database_url: await url(), now: () => Date.now() + toNoon })
    await world.api.prices.put(owner, { provider: 'double', model: 'double', input: 1, output: 1 })
  })
  afterEach(() => world.close())
  const totals = async () => (await world.api.usage.get(owner, GetUsage.parse({ purpose: 'test' }))).totals
  const measure = () => world.api.providers.test(owner, { id: 'double' })
  const budget = (limit: number) => world.api.budgets.create(owner, CreateBudget.parse({ scope: 'global', period: 'day', unit: 'tokens', limit }))
  const levels = async () => (await world.api.budgets.list(owner)).items.map(({ spent, reserved }) => [spent, reserved])

  test('is counted under its purpose, priced, by who asked for it, and by the budgets of the day', async () => {
    await budget(100_000)
    expect(await measure()).toMatchObject({ ok: true })
    // Five questions of 10 and 5 tokens as the double says; what it has no vectors for costs nothing.
    expect(await totals()).toMatchObject({ calls: 5, failed: 0, tokens_input: 50, tokens_output: 25, cost: 0.000075, calls_estimated: 0 })
    expect(await levels()).toEqual([[75, 0]])
    await world.run(await world.agent({ tools: [] }))
    const { groups } = await world.api.usage.get(owner, GetUsage.parse({ group_by: 'purpose,user,agent' }))
    expect(groups.map(({ purpose, user, agent, calls }) => [purpose, user, agent === null, calls])).toEqual([
      ['test', 'local', true, 5],
      ['run', 'local', false, 1],
    ])
    expect((await world.api.usage.get(owner, GetUsage.parse({ purpose: 'run' }))).totals.calls).toBe(1)
  })

  test('that a budget refuses says so, and is not taken for a finding about the model', async () => {
    await budget(20)
    const test = await measure()
    expect(test).toMatchObject({ ok: false, card: null, error: expect.stringContaining('has 20 tokens left of 20 tokens') })
    expect(world.model.requests).toEqual([])
    expect(await levels()).toEqual([[0, 0]])
  })

  test('that fails half way counts what came', async () => {
    world.says(({ stream }) => (stream ? { text: 'one two three four', finish: 'stop', usage_raw: undefined } : { status: 401 }))
    expect(await measure()).toMatchObject({ ok: false })
    expect(await totals()).toMatchObject({ calls: 0, cost: 0 })
    world.says(({ tools }) => (tools ? { status: 500 } : { text: 'one two three four', usage_raw: undefined }))
    await measure()
    const { calls, calls_estimated, tokens_output } = await totals()
    expect([calls, calls_estimated]).toEqual([4, 4])
    expect(tokens_output).toBeGreaterThan(12)
  })
})
