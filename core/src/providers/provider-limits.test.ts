import { CreateProvider } from '@cadre/contract/providers'
import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { newWorld } from '../test/world.ts'
import { addProvider } from './add-provider.ts'
import { removeProvider } from './remove-provider.ts'
import { owner, providersBench } from './test/app.ts'
import { chat } from './test/openai-dialects.ts'
import { startWire } from './test/wire.ts'

const none = { requests_per_minute: null, tokens_per_minute: null, concurrent: null, max_waiting: null }

describe.each(databases)('limits of providers on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test("come with a provider and go with it; the environment's stand in cadre.yaml", async () => {
    const app = bench.app({
      env: { OPENAI_API_KEY: 'k', MISTRAL_API_KEY: 'k' },
      providers: [{ id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9/v1', concurrent: 2, max_waiting: 5 }],
      provider_limits: { openai: { requests_per_minute: 500 }, stored: { tokens_per_minute: 1000, concurrent: 9 } },
    })
    expect(await app.providers.limitsOf('default', 'lab')).toEqual({ key: 'lab', limits: { ...none, concurrent: 2, max_waiting: 5 } })
    expect(await app.providers.limitsOf('default', 'openai')).toEqual({ key: 'openai', limits: { ...none, requests_per_minute: 500 } })
    for (const id of ['mistral', 'builtin', 'stored', 'nobody']) expect(await app.providers.limitsOf('default', id)).toBeNull()
    const added = await addProvider(app, owner, CreateProvider.parse({ id: 'stored', type: 'lmstudio', concurrent: 1 }))
    expect(added.options).toEqual({ tokens_per_minute: 1000, concurrent: 1 })
    expect(await app.providers.limitsOf('default', 'stored')).toEqual({
      key: 'default/stored',
      limits: { ...none, tokens_per_minute: 1000, concurrent: 1 },
    })
    await removeProvider(app, owner, 'stored')
    expect(await app.providers.limitsOf('default', 'stored')).toBeNull()
  })
  test('what another process changed counts from the next look for a provider on', async () => {
    const [here, there] = [bench.app(), bench.app()]
    await addProvider(here, owner, { id: 'lab', type: 'lmstudio', default_model: 'm', concurrent: 3 })
    expect(await there.providers.limitsOf('default', 'lab')).toEqual({ key: 'default/lab', limits: { ...none, concurrent: 3 } })
    await removeProvider(here, owner, 'lab')
    expect(await there.providers.limitsOf('default', 'lab')).toEqual({ key: 'default/lab', limits: { ...none, concurrent: 3 } })
    await there.providers.list('default')
    expect(await there.providers.limitsOf('default', 'lab')).toBeNull()
  })
  test('the planner has none', () => {
    expect(() => bench.app({ provider_limits: { builtin: { concurrent: 1 } } })).toThrow('provider_limits.builtin: the built-in planner')
  })
})

test('a run whose call finds the queue full fails at once and says so; with a fallback it does not', async () => {
  const world = await newWorld()
  const busy = await startWire(chat, () => ({ hang: 'before' }))
  try {
    await world.api.providers.add(
      owner,
      CreateProvider.parse({ id: 'busy', type: 'custom', base_url: `${busy.url}/v1`, concurrent: 1, max_waiting: 0 }),
    )
    const agent = await world.agent({ provider: 'busy', model: 'm' })
    const first = await world.api.runs.start(
      owner,
      { idOrSlug: agent.id, input: 'go', stream: false, wait: 0 },
      { signal: AbortSignal.timeout(30_000) },
    )
    await busy.held()
    expect(await world.run(agent)).toMatchObject({
      status: 'failed',
      error: { code: 'MODEL_QUEUE_FULL', message: 'busy is asked as often as its limits allow, and no call may wait' },
    })
    const spare = await world.agent({ provider: 'busy', model: 'm', config: { fallbacks: [{ provider: 'double', model: 'double' }] } })
    expect(await world.run(spare)).toMatchObject({ status: 'completed', output_text: 'done' })
    expect(busy.asked).toHaveLength(1)
    if ('run_id' in first) await world.api.runs.cancel(owner, { runId: first.run_id })
  } finally {
    await world.close()
    await busy.close()
  }
})
