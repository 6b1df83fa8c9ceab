import { CreateProvider } from '@cadre/contract/providers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, owner, type World } from '../test/world.ts'
import { type Answer, type Script, startWire, type Wire } from './test/wire.ts'
import { wires } from './test/wires.ts'

let world: World
const open: Wire[] = []
beforeAll(async () => {
  world = await newWorld()
})
afterAll(async () => {
  await world.close()
  await Promise.all(open.map((wire) => wire.close()))
})

/** The whole road: an agent, its run, a real tool, the provider's own wire. */
describe.each(wires)('a run on $name', ({ name, dialect, settings, path, model, rawInput }) => {
  const begin = async (stream: boolean, script: Script, change: Parameters<World['agent']>[0] = {}) => {
    const wire = await startWire(dialect, script)
    open.push(wire)
    const id = `${name.replace(' ', '-')}-${open.length}`
    await world.api.providers.add(owner, CreateProvider.parse({ id, ...settings, base_url: wire.url + path }))
    const { config, ...rest } = change
    // The same again where it fails, at once and not after a wait.
    const again = Array.from({ length: 3 }, () => ({ provider: id, model }))
    const agent = await world.agent({ provider: id, model, tools: ['calculator', 'effects'], ...rest, config: { fallbacks: again, ...config } })
    return { id, wire, run: stream ? await streamed(agent.id) : await world.run(agent) }
  }

  describe.each([false, true])('stream: %s', (stream) => {
    test('calls two tools at once, survives an unknown one, and answers', async () => {
      const { id, wire, run } = await begin(stream, ({ results }) => {
        if (results === 0)
          return {
            calls: [
              { tool: 'calculator__calculate', input: { expression: '6 * 7' } },
              { tool: 'calculator__calculate', input: { expression: '1 + 1' } },
            ],
          }
        if (results === 2) return { calls: [{ tool: 'no_such_tool', input: {} }] }
        return { text: 'It is 42 and 2.' }
      })
      expect(run.error).toBeNull()
      expect(run).toMatchObject({ status: 'completed', output_text: 'It is 42 and 2.', provider: id, model, metrics: { total_steps: 3 } })
      expect(run.steps.map(({ output, error }) => [JSON.stringify(output)?.match(/\b(42|2)\b/)?.[0], error])).toEqual([
        ['42', null],
        ['2', null],
        [undefined, expect.stringContaining("there is no tool 'no_such_tool'")],
      ])
      expect(wire.asked.map(({ results }) => results)).toEqual([0, 2, 3])
      expect(wire.asked.every((asked) => asked.stream === stream)).toBe(true)
    })

    test('every model call fails three times in three ways, and the tool between them runs once', async () => {
      const before: Answer[] = [{ status: 429, headers: { 'retry-after': '60' } }, { status: 500 }, { reset: 'before' }]
      const after: Answer[] = [
        { text: 'half of an answer', reset: 'middle' },
        { status: 503 },
        { text: 'and another half', reset: stream ? 'politely' : 'middle' },
      ]
      const arrived = world.effects.arrivals.length
      const { wire, run } = await begin(stream, ({ results }, count) => {
        const trouble = results === 0 ? before[count - 1] : after[count - 5]
        if (trouble) return trouble
        return results === 0 ? { calls: [{ tool: 'effects__once', input: { n: 1 } }] } : { text: 'done at last' }
      })
      expect(run).toMatchObject({ status: 'completed', output_text: 'done at last', error: null, metrics: { total_steps: 1 } })
      expect(world.effects.arrivals).toHaveLength(arrived + 1)
      expect(wire.asked.map(({ results }) => results)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
      expect(run.model_calls.map(({ failed }) => failed?.map(({ code }) => code))).toEqual([
        ['MODEL_RATE_LIMITED', 'MODEL_UNAVAILABLE', 'MODEL_UNREACHABLE'],
        ['MODEL_UNREACHABLE', 'MODEL_UNAVAILABLE', 'MODEL_UNREACHABLE'],
      ])
    })

    test('malformed arguments are told to the model, and an answer cut in mid-JSON is asked for again', async () => {
      const schema = { type: 'object', properties: { answer: { type: 'integer' } }, required: ['answer'] }
      const broken = rawInput[stream ? 'stream' : 'whole'] ? '{"expression": "6 *' : [1]
      const { run } = await begin(
        stream,
        ({ results }, count) => {
          if (results === 0) return { calls: [{ tool: 'calculator__calculate', input: broken }] }
          return count === 2 ? { text: '{"answer": 4', finish: 'length' } : { text: '{"answer": 42}' }
        },
        { output_schema: schema },
      )
      expect(run).toMatchObject({ status: 'completed', output: { answer: 42 }, error: null })
      for (const step of run.steps) expect(step.error).toMatch(/^the input (is not a JSON object|must be object, not array)$/)
      expect(run.model_calls).toHaveLength(3)
    })

    test('a refused key and an empty answer end it, and say why', async () => {
      const refused = await begin(stream, () => ({ status: 401 }), { config: { fallbacks: [] } })
      expect(refused.run).toMatchObject({ status: 'failed', error: { code: 'MODEL_KEY_REFUSED' } })
      const empty = await begin(stream, () => ({}))
      expect(empty.run).toMatchObject({ status: 'failed', error: { code: 'EMPTY_ANSWER' } })
      expect([refused.wire.asked.length, empty.wire.asked.length]).toEqual([1, 1])
    })
  })
})

async function streamed(agentId: string) {
  const signal = AbortSignal.timeout(30_000)
  const events = await world.api.runs.start(owner, { idOrSlug: agentId, input: 'go', stream: true, wait: 0 }, { signal })
  if (!('run_id' in events) || !(Symbol.asyncIterator in events)) throw new Error('there was no stream')
  for await (const event of events) if (event.type === 'run.ended') break
  return world.api.runs.get(owner, { runId: events.run_id })
}

test.each(wires.filter(({ name }) => ['ollama', 'lmstudio', 'custom'].includes(name)))(
  'a small model at $name that writes its call as text, and almost as JSON, has made a call',
  async ({ name, dialect, settings, path }) => {
    const said = "```json\n{'name': 'calculator__calculate', 'arguments': {'expression': '6 * 7',}}\n```"
    const wire = await startWire(dialect, (asked) => ({ text: asked.results === 0 ? said : 'It is 42.' }))
    open.push(wire)
    await world.api.providers.add(owner, CreateProvider.parse({ id: `small-${name}`, ...settings, base_url: wire.url + path }))
    const agent = await world.agent({ provider: `small-${name}`, model: 'double', tools: ['calculator'] })
    for (const run of [await world.run(agent), await streamed(agent.id)]) {
      expect(run).toMatchObject({ status: 'completed', output_text: 'It is 42.', metrics: { total_steps: 1 } })
      expect(JSON.stringify(run.steps[0]?.output)).toContain('42')
    }
    if (name === 'ollama') for (const { body } of wire.asked) expect(body).toMatchObject({ truncate: false, options: { num_ctx: 8192 } })
  },
)
