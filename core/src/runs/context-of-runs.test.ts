import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Run } from '@cadre/contract/runs'
import { databaseUrls } from '../storage/test/databases.ts'
import { type ChatRequest, type Reply, startModelDouble } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { workElsewhere } from './test/restart.ts'

const smallWindow = 3000

const words = (n: number) => `result ${n}: ${'some words that fill the window. '.repeat(40)}`
const isSummary = (request: ChatRequest) => JSON.stringify(request.messages).includes('<conversation>')
const toolNames = (request: ChatRequest) => (request.tools ?? []).map((tool) => tool.function.name)

describe.each(databaseUrls)('a conversation that outgrows its window, on $name', ({ url }) => {
  let world: World
  const closing: (() => Promise<unknown>)[] = []
  beforeEach(async () => {
    world = await newWorld({ database_url: await url() })
    world.effects.behave(({ input }) => ({ body: words(Number(input['n'])) }))
    await world.api.providers.add(owner, { id: 'small', type: 'custom', base_url: world.model.url, context_size: smallWindow })
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await world.close()
  })
  const smallAgent = (context: object = {}, more: object = {}) =>
    world.agent({ provider: 'small', model: 'double', config: { max_steps: 50, max_tokens: 200, context, ...more } })

  /** Calls the tool so many times, one after the other, and counts its own answers, since it does not see them all any more. */
  function chain(steps: number, onCall: (n: number) => Promise<unknown> | void = () => {}, summary = 'Much was read.') {
    const asked: string[] = []
    world.says(async (request): Promise<Reply> => {
      if (isSummary(request)) return { text: summary, usage: { prompt_tokens: 700, completion_tokens: 7 } }
      const question = JSON.stringify(request)
      // Asked the same again it answers the same.
      if (question !== asked.at(-1)) asked.push(question)
      const at = asked.length
      await onCall(at)
      return at <= steps ? { calls: [{ tool: 'effects__read', input: { n: at } }] } : { text: 'read it all' }
    })
  }

  test('leaves half of a small window to the prompt, whatever the answer might have', async () => {
    world.says(() => ({ text: 'half a sen', finish: 'length' }))
    const run = await world.run(await world.agent({ provider: 'small', model: 'double', tools: [], config: { max_tokens: 4096 } }), {
      input: 'hello',
    })
    expect(run).toMatchObject({ status: 'completed', output_text: 'half a sen' })
    expect(world.model.requests[0]).toMatchObject({ max_tokens: smallWindow / 2 })
    expect(run.model_calls[0]?.context?.max_output).toBe(smallWindow / 2)
    expect(JSON.stringify(run.warnings)).toContain("cut at its limit of 1500 tokens (half of the model's window)")
  })

  test('is compacted and the run completes; the trace says what the model saw', async () => {
    chain(20)
    const run = await world.run(await smallAgent())
    expect(run).toMatchObject({ status: 'completed', output_text: 'read it all', metrics: { total_steps: 20 } })
    expect(run.compactions.length).toBeGreaterThan(1)
    expect(run.compactions[0]).toMatchObject({ record: { strategy: 'sliding', summary: null }, summary_calls: 0, cost: 0 })
    const last = run.model_calls.at(-1)?.context
    expect(last).toMatchObject({ context_size: smallWindow, max_output: 200, messages: { given: 42 } })
    expect(last?.dropped.length).toBeGreaterThan(0)
    for (const { context } of run.model_calls) expect(context!.tokens.total).toBeLessThanOrEqual(context!.limit!)
    expect(last!.tokens_before).toBeGreaterThan(smallWindow)
    // The double was shown what the report says, the task first.
    const shown = world.model.requests.at(-1)!
    expect(shown.messages).toHaveLength(last!.messages.sent)
    expect(JSON.stringify(shown.messages[1])).toContain('go')
    expect(toolNames(world.model.requests[0]!)).not.toContain('tools__read_result')
    expect(toolNames(shown)).toContain('tools__read_result')
  })

  test('goes on in another process with the same prompts as in one', async () => {
    chain(16)
    const alone = await world.run(await smallAgent({ strategy: 'summary' }))
    const whole = world.model.requests.splice(0)

    const stopped = Promise.withResolvers<void>()
    const handedOver = Promise.withResolvers<void>()
    chain(16, (n) => {
      if (n !== 10) return
      // It is in flight when its process stops, and is made again by the other.
      stopped.resolve()
      return handedOver.promise
    })
    const running = world.run(await smallAgent({ strategy: 'summary' }))
    await stopped.promise
    closing.push(await workElsewhere(world))
    handedOver.resolve()
    const run = await running
    expect(run).toMatchObject({ status: 'completed', attempts: 2, warnings: [] })
    expect(run.compactions.map(({ call, record }) => [call, record])).toEqual(alone.compactions.map(({ call, record }) => [call, record]))
    const again = world.model.requests.filter((request, i, all) => JSON.stringify(request) !== JSON.stringify(all[i - 1]))
    expect(again).toHaveLength(world.model.requests.length - 1)
    expect(again.map(prompt)).toEqual(whole.slice(0, again.length).map(prompt))
    expect(run.metrics).toMatchObject({ tokens_input: alone.metrics.tokens_input, tokens_output: alone.metrics.tokens_output })
    // The one that was in flight was paid for, as far as can be known.
    const totals = async () => (await world.api.usage.get(owner, { agent: run.agent_id, limit: 10 })).totals
    await expect.poll(() => totals()).toMatchObject({ calls: whole.length + 1, failed: 1, calls_estimated: 1 })
    expect((await totals()).tokens_input).toBeGreaterThan(run.metrics.tokens_input)
  })

  test('a summary is one more call, counted with the run and in the usage', async () => {
    chain(12)
    const run = await world.run(await smallAgent({ strategy: 'summary' }))
    expect(run.status).toBe('completed')
    const summaries = run.compactions.reduce((sum, each) => sum + each.summary_calls, 0)
    expect(summaries).toBeGreaterThan(0)
    expect(run.compactions[0]).toMatchObject({ record: { summary: 'Much was read.' }, tokens_input: 700, tokens_output: 7 })
    expect(world.model.requests.filter(isSummary)).toHaveLength(summaries)
    expect(run.metrics).toMatchObject({ tokens_input: 13 * 10 + summaries * 700, tokens_output: 13 * 5 + summaries * 7 })
    const { totals } = await world.api.usage.get(owner, { agent: run.agent_id, limit: 10 })
    expect(totals).toMatchObject({ calls: 13 + summaries, tokens_input: run.metrics.tokens_input, tokens_output: run.metrics.tokens_output })
  })

  test('a model that stands in gets what fits it, and the others are not kept short for it', async () => {
    const second = await startModelDouble(() => ({ text: 'from the smaller one' }))
    closing.push(() => second.close())
    await world.api.providers.add(owner, { id: 'tiny', type: 'custom', base_url: second.url, context_size: 1800 })
    let calls = 0
    world.says((): Reply => (++calls <= 6 ? { calls: [{ tool: 'effects__read', input: { n: calls } }] } : { status: 401 }))
    const config = { max_steps: 50, max_tokens: 200, fallbacks: [{ provider: 'tiny', model: 'double' }] }
    const run = await world.run(await world.agent({ config, tools: ['effects'] }))
    expect(run).toMatchObject({ error: null, status: 'completed', output_text: 'from the smaller one' })
    const [last, before] = [run.model_calls.at(-1), run.model_calls.at(-2)]
    expect(before?.context).toMatchObject({ context_size: null, dropped: [] })
    expect(last).toMatchObject({ answered_by: { provider: 'tiny' }, context: { context_size: 1800 } })
    expect(last?.context?.dropped.length).toBeGreaterThan(0)
    expect(second.requests[0]!.messages).toHaveLength(last!.context!.messages.sent)
  })

  test('a window that has no room for even the least is refused in plain words, and another model is asked', async () => {
    const input = 'please '.repeat(4000)
    const none = await world.run(await smallAgent(), { input })
    expect(none).toMatchObject({ status: 'failed', error: { code: 'CONTEXT_TOO_LONG', message: expect.stringMatching(/a window of 3000/) } })
    expect(world.model.requests).toHaveLength(0)
    const run = await world.run(await smallAgent({}, { fallbacks: [{ provider: 'double', model: 'double' }] }), { input })
    expect(run).toMatchObject({ status: 'completed', output_text: 'done' })
    expect(run.model_calls[0]).toMatchObject({ answered_by: { provider: 'double' }, failed: [{ provider: 'small', code: 'CONTEXT_TOO_LONG' }] })
  })

  test('a large result is kept aside, and the model reads on in it', async () => {
    const rows = Array.from({ length: 800 }, (_, id) => ({ id, name: `customer ${id}` }))
    world.effects.behave(() => ({ body: { rows } }))
    world.says((_, n): Reply => {
      if (n === 1) return { calls: [{ tool: 'effects__read', input: { n } }] }
      if (n === 2) return { calls: [{ tool: 'tools__read_result', input: { step: 1, pointer: '/rows/777' } }] }
      if (n === 3) return { calls: [{ tool: 'tools__read_result', input: { step: 9 } }] }
      return { text: 'found' }
    })
    const run = await world.run(await smallAgent())
    expect(run.status).toBe('completed')
    expect(run.steps.map(({ output, error }) => error ?? output).slice(1)).toEqual([
      expect.objectContaining({ text: JSON.stringify(rows[777]) }),
      'step: step 9 has no recorded result',
    ])
    expect(run.model_calls[1]?.context?.kept_aside).toMatchObject([{ step: 1, tool: 'effects__read' }])
    expect(JSON.stringify(world.model.requests[1]!.messages)).not.toContain('customer 777')
  })
})

test('the planner inside has no window: nothing is counted and nothing is offered', async () => {
  const world = await newWorld()
  try {
    const agent = await world.agent({ provider: 'builtin', model: 'planner' })
    const run: Run = await world.run(agent, { input: 'What is 6 * 7?' })
    expect(run).toMatchObject({ status: 'completed', metrics: { cost: 0 } })
    expect(run.model_calls.map(({ context, cost }) => [context, cost])).toEqual(run.model_calls.map(() => [null, 0]))
  } finally {
    await world.close()
  }
})

function prompt({ messages, tools }: ChatRequest) {
  return { messages, tools }
}
