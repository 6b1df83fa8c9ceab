import { UpdateAgent } from '@cadre/contract/agents'
import { CreateBudget } from '@cadre/contract/usage'
import { expect, test } from 'vitest'
import { newWorld, owner } from '../test/world.ts'

test('an agent says what each of its runs may spend; one run can be given more', async () => {
  const world = await newWorld()
  try {
    const agent = await world.agent({ config: { budget: { tokens: 100_000, on_exceed: 'wait' } } })
    expect(agent).toMatchObject({ config: { budget: { tokens: 100_000, on_exceed: 'wait' } } })
    const { run_id } = await world.run(agent)
    expect(await world.api.budgets.raiseOfRun(owner, { runId: run_id, tokens: 200_000 })).toMatchObject({ tokens: { limit: 200_000 }, usd: null })
    await expect(world.api.budgets.raiseOfRun(owner, { runId: run_id, usd: 1 })).rejects.toThrow('usd: ')
    await expect(world.api.budgets.raiseOfRun(owner, { runId: 'run_none', usd: 1 })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    const changed = await world.api.agents.update(owner, { idOrSlug: agent.id, ...UpdateAgent.parse({ config: { budget: null } }) })
    expect(changed.config.budget).toBeNull()
    const budget = CreateBudget.parse({ scope: 'agent', scope_id: agent.slug, period: 'day', unit: 'tokens', limit: 5 })
    expect(await world.api.budgets.create(owner, budget)).toMatchObject({ scope_id: agent.id, left: 5 })
    await expect(world.api.budgets.create(owner, { ...budget, scope_id: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
  } finally {
    await world.close()
  }
})
