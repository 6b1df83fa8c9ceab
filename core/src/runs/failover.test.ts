import type { RunEvent } from '@cadre/contract/run-events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ModelDouble, type Script, startModelDouble } from '../test/model-double.ts'
import { newWorld, owner } from '../test/world.ts'

let world: Awaited<ReturnType<typeof newWorld>>
let second: ModelDouble
let secondSays: Script
beforeEach(async () => {
  world = await newWorld()
  secondSays = () => ({ text: 'from the second' })
  second = await startModelDouble((request, count) => secondSays(request, count))
  await world.api.providers.add(owner, { id: 'second', type: 'custom', base_url: second.url, default_model: 'other' })
})
afterEach(async () => {
  await world.close()
  await second.close()
})
const config = { fallbacks: [{ provider: 'second', model: 'other' }], max_retries: 0 }

describe('where the first model does not answer, the second does', () => {
  test.each<[string, ReturnType<Script>, string]>([
    ['500', { status: 500, body: '{"error":{"message":"broken"}}' }, 'MODEL_UNAVAILABLE'],
    ['429', { status: 429, headers: { 'retry-after': '3600' } }, 'MODEL_RATE_LIMITED'],
    ['401', { status: 401 }, 'MODEL_KEY_REFUSED'],
    ['404', { status: 404 }, 'MODEL_NOT_FOUND'],
  ])('%s', async (_, reply, code) => {
    world.says(() => reply)
    const run = await world.run(await world.agent({ config }))
    expect(run).toMatchObject({ status: 'completed', output_text: 'from the second' })
    expect(run.model_calls).toMatchObject([{ answered_by: { provider: 'second', model: 'other' }, failed: [{ provider: 'double', code }] }])
  })

  test('a hang is cut at call_timeout_ms', async () => {
    world.says(() => ({ text: 'late', delay_ms: 60_000 }))
    const run = await world.run(await world.agent({ config: { ...config, call_timeout_ms: 3_000 } }))
    expect(run).toMatchObject({ status: 'completed', output_text: 'from the second' })
    expect(run.model_calls[0]?.failed).toMatchObject([{ code: 'MODEL_TIMEOUT' }])
  })

  test('a stream that breaks off in the middle begins anew', async () => {
    world.says(() => ({ text: 'half of an answer that is long enough to be cut', cut_after: 3 }))
    const agent = await world.agent({ config })
    const signal = AbortSignal.timeout(20_000)
    const answer = await world.api.runs.start(owner, { idOrSlug: agent.id, input: 'go', stream: true, wait: 0 }, { signal })
    const events: RunEvent[] = []
    for await (const event of answer as AsyncGenerator<RunEvent>) events.push(event)
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', status: 'completed', output_text: 'from the second' })
  })

  test('a provider that is not there, and where none answers all are named', async () => {
    const agent = await world.agent({ config: { ...config, fallbacks: [{ provider: 'gone', model: 'x' }] } })
    world.says(() => ({ status: 500 }))
    const run = await world.run(agent)
    expect(run).toMatchObject({ status: 'failed', error: { message: expect.stringMatching(/'gone'/) } })
  })
})

test('the fallbacks of the server serve agents that name none, unless they want their own model only', async () => {
  const served = await newWorld({ failover: { fallbacks: [{ provider: 'second', model: 'other', weight: 1 }], strategy: 'failover' } })
  try {
    await served.api.providers.add(owner, { id: 'second', type: 'custom', base_url: second.url, default_model: 'other' })
    served.says(() => ({ status: 500 }))
    const noRetries = { max_retries: 0 }
    expect(await served.run(await served.agent({ config: noRetries }))).toMatchObject({ status: 'completed', output_text: 'from the second' })
    const alone = await served.agent({ name: 'Alone', config: { ...noRetries, strategy: 'single' } })
    expect(await served.run(alone)).toMatchObject({ status: 'failed', error: { code: 'MODEL_UNAVAILABLE' } })
    const own = await served.agent({ name: 'Own', config: { ...noRetries, fallbacks: [{ provider: 'gone', model: 'x' }] } })
    expect(await served.run(own)).toMatchObject({ status: 'failed', error: { message: expect.stringContaining("'gone'") } })
  } finally {
    await served.close()
  }
})

test('a tool runs once, however often the model calls around it fail', async () => {
  let asked = 0
  world.says((_, count) => {
    asked++
    if (count === 1) return { calls: [{ tool: 'effects__once', input: { n: 1 } }] }
    return { status: 500 }
  })
  secondSays = (_, count) => (count < 3 ? { status: 503 } : { text: 'done' })
  const run = await world.run(await world.agent({ config: { ...config, max_retries: 3 } }))
  expect(run).toMatchObject({ status: 'completed', output_text: 'done', metrics: { total_steps: 1 } })
  expect(world.effects.arrivals).toHaveLength(1)
  expect(asked).toBeGreaterThan(2)
})

test('an answer is used again for exactly the same question, where the agent allows it', async () => {
  let asked = 0
  world.says(() => {
    asked++
    return { text: `answer ${asked}` }
  })
  const cached = await world.agent({ config: { cache_seconds: 60 } })
  const plain = await world.agent()
  const texts = []
  for (const agent of [cached, cached, plain, plain]) texts.push((await world.run(agent, { input: 'the same' })).output_text)
  texts.push((await world.run(cached, { input: 'another' })).output_text)
  expect(texts).toEqual(['answer 1', 'answer 1', 'answer 2', 'answer 3', 'answer 4'])
})
