import { CreateProvider } from '@cadre/contract/providers'
import { GetUsage } from '@cadre/contract/usage'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Answer, startWire, type Wire } from '../providers/test/wire.ts'
import { wires } from '../providers/test/wires.ts'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { cancelRun } from './cancel-run.ts'
import { followed } from './test/followed.ts'

let world: World
const open: Wire[] = []
let agentId: string
beforeAll(async () => {
  world = await newWorld()
})
afterAll(async () => {
  await world.close()
  await Promise.all(open.map((wire) => wire.close()))
})
beforeEach(() => {
  agentId = ''
})

const answer = 'The sky is blue because air scatters short waves of light more than long ones.'
type Config = NonNullable<Parameters<World['agent']>[0]>['config']
async function anAgent(config: Config = {}, change: Parameters<World['agent']>[0] = {}) {
  const agent = await world.agent({ tools: [], ...change, config: { max_tokens: 200, max_retries: 0, ...config } })
  agentId = agent.id
  return agent
}
const totals = async () => (await world.api.usage.get(owner, GetUsage.parse({ agent: agentId }))).totals

/** What we make of the same prompt and answer, from a provider that says nothing. */
let ours: { input: number; output: number }
beforeAll(async () => {
  world.says(() => ({ text: answer, usage_raw: undefined }))
  const run = await world.run(await anAgent())
  ours = { input: run.metrics.tokens_input, output: run.metrics.tokens_output }
  expect(ours.input).toBeGreaterThan(10)
  expect(ours.output).toBeGreaterThan(10)
})

describe.each([false, true])('stream: %s', (stream) => {
  const run = async (agent: { id: string }) => (stream ? followed(world, agent.id) : world.run(agent))

  test.each<[string, unknown, 'ours' | 'said' | [number, number]]>([
    ['no usage at all', undefined, 'ours'],
    ['null', null, 'ours'],
    ['null numbers', { prompt_tokens: null, completion_tokens: null, total_tokens: null }, 'ours'],
    ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, 'ours'],
    ['less than nothing', { prompt_tokens: -10, completion_tokens: -5, total_tokens: -15 }, 'ours'],
    ['absurdly many', { prompt_tokens: 9e15, completion_tokens: 9e15, total_tokens: 1.8e16 }, 'ours'],
    ['only a total', { total_tokens: 500 }, [-1, 500]],
    ['a total and the prompt', { prompt_tokens: 40, total_tokens: 60 }, [40, 20]],
    ['both', { prompt_tokens: 40, completion_tokens: 7, total_tokens: 47 }, 'said'],
  ])('a provider that says %s is counted', async (_, usage_raw, expected) => {
    world.says(() => ({ text: answer, usage_raw }))
    const { model_calls, metrics, status } = await run(await anAgent())
    expect(status).toBe('completed')
    const [input, output] = expected === 'ours' ? [ours.input, ours.output] : expected === 'said' ? [40, 7] : expected
    const tokens = input < 0 ? { tokens_input: ours.input, tokens_output: output - ours.input } : { tokens_input: input, tokens_output: output }
    const estimated = expected === 'ours' || input < 0
    expect(metrics).toMatchObject(tokens)
    expect(model_calls).toMatchObject([tokens])
    expect(model_calls[0]?.tokens_estimated).toBe(estimated ? true : undefined)
    expect(await totals()).toMatchObject({ calls: 1, failed: 0, ...tokens, calls_estimated: estimated ? 1 : 0 })
  })

  test('a budget in tokens and one in money hold for a provider that counts nothing', async () => {
    await world.api.prices.put(owner, { provider: 'double', model: 'double', input: 10, output: 20 })
    world.says((request) =>
      resultsSoFar(request).length < 50 ? { calls: [{ tool: 'effects__read', input: { n: 1 } }], usage_raw: undefined } : { text: 'never' },
    )
    for (const budget of [{ tokens: 3000 }, { usd: 0.03 }]) {
      const { status, error, model_calls, metrics } = await run(await anAgent({ budget, max_steps: 60 }, { tools: ['effects__read'] }))
      expect([status, error?.code]).toEqual(['failed', 'BUDGET_EXCEEDED'])
      expect(model_calls.length).toBeGreaterThan(1)
      expect(metrics.cost).toBeGreaterThan(0)
      if (budget.tokens) expect(metrics.tokens_input + metrics.tokens_output).toBeLessThanOrEqual(3000)
      else expect(metrics.cost).toBeLessThanOrEqual(0.03)
    }
    await world.api.prices.delete(owner, { provider: 'double', model: 'double' })
  })
})

test('of a streamed answer that never began, nothing is counted', async () => {
  for (const reply of [{ cut_after: 0 }, { status: 500 }]) {
    world.says(() => reply)
    await followed(world, (await anAgent()).id)
    expect(await totals()).toMatchObject({ calls: 0, tokens_input: 0 })
  }
})

describe('a call that was given up', () => {
  test('by a person has its prompt and what had come', async () => {
    world.says(() => ({ text: answer, hang_after: 8 }))
    const agent = await anAgent()
    const { run_id } = await followed(world, agent.id, async (runId, event) => {
      if (event.type === 'text.delta' && event.text.includes('scatters')) await cancelRun(world.app, owner, runId)
    })
    await expect.poll(() => totals()).toMatchObject({ calls: 1, failed: 1, calls_estimated: 1, tokens_input: ours.input })
    expect((await totals()).tokens_output).toBeGreaterThan(5)
    expect((await world.api.runs.get(owner, { runId: run_id })).status).toBe('cancelled')
  })

  test('since its time was over has its prompt', async () => {
    const never = Promise.withResolvers<never>()
    world.says(() => never.promise)
    const run = await world.run(await anAgent({ call_timeout_ms: 3000 }))
    expect(run.error?.code).toBe('MODEL_TIMEOUT')
    await expect.poll(() => totals()).toMatchObject({ calls: 1, failed: 1, calls_estimated: 1, tokens_input: ours.input, tokens_output: 0 })
  })
})

/** A run whose provider breaks off in mid-stream. */
async function broken({ dialect, settings, path, model }: (typeof wires)[number], said: Answer) {
  const wire = await startWire(dialect, () => said)
  open.push(wire)
  const id = `broken-${open.length}`
  await world.api.providers.add(owner, CreateProvider.parse({ id, ...settings, base_url: wire.url + path }))
  const tools = said.calls ? ['effects__read'] : []
  return followed(world, (await anAgent({}, { provider: id, model, tools })).id)
}

describe.each(wires)('a stream of $name', (wire) => {
  test.each(['middle', 'politely'] as const)('that breaks off in the middle (%s) is paid for as far as it came', async (reset) => {
    expect((await broken(wire, { text: answer, reset })).error?.code).toBe('MODEL_UNREACHABLE')
    const { tokens_output, tokens_input, ...rest } = await totals()
    expect(rest).toMatchObject({ calls: 1, failed: 1, calls_estimated: 1 })
    expect(tokens_input).toBeGreaterThan(5)
    expect(tokens_output).toBeGreaterThan(3)
    expect(tokens_output).toBeLessThan(ours.output)
  })
})

test('a tool call that was being written when the stream broke off is paid for, too', async () => {
  const wire = wires.find(({ name }) => name === 'anthropic') ?? wires[0]!
  await broken(wire, { calls: [{ tool: 'effects__read', input: { text: answer } }], reset: 'middle' })
  const { tokens_output, ...rest } = await totals()
  expect(rest).toMatchObject({ calls: 1, failed: 1, calls_estimated: 1 })
  expect(tokens_output).toBeGreaterThan(ours.output / 2)
})

test('Ollama, which leaves out what it had in its cache, is counted', async () => {
  const { dialect, settings, path, model } = wires.find(({ name }) => name === 'ollama') ?? wires[0]!
  const silent: typeof dialect = { ...dialect, whole: (said, asked) => ({ ...(dialect.whole(said, asked) as object), prompt_eval_count: undefined }) }
  const wire = await startWire(silent, () => ({ text: answer }))
  open.push(wire)
  await world.api.providers.add(owner, CreateProvider.parse({ id: 'silent', ...settings, base_url: wire.url + path }))
  const run = await world.run(await anAgent({}, { provider: 'silent', model }))
  expect(run.model_calls).toMatchObject([{ tokens_input: ours.input, tokens_output: 5, tokens_estimated: true }])
})
