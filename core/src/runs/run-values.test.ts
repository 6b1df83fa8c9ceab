import { foldTrace } from '@cadre/contract/fold-run'
import type { JournalEvent, RunEvent } from '@cadre/contract/run-events'
import type { ReadRunValue } from '@cadre/contract/run-values'
import type { Run } from '@cadre/contract/runs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, stranger, type World } from '../test/world.ts'

const said = 'I think of it. '.repeat(1_000)
const query = { n: 1, note: 'ü'.repeat(5_000) }
const found = { rows: Array.from({ length: 500 }, (_, n) => ({ n, text: `row ${n}` })) }
const max_value_bytes = 4_000

describe.each(databaseUrls)('large values of a run, on $name', ({ url }) => {
  let world: World
  let whole: Run
  beforeAll(async () => {
    world = await newWorld({ database_url: await url() })
    world.effects.behave(() => ({ body: found }))
    world.says((request) =>
      resultsSoFar(request).length === 0 ? { text: said, reasoning: said, calls: [{ tool: 'effects__read', input: query }] } : { text: 'done' },
    )
    whole = await world.run(await world.agent(), { data: { csv: 'a,b\n'.repeat(2_000) } })
  })
  afterAll(() => world.close())
  const runId = () => ({ runId: whole.run_id })
  const get = (how: object = {}) => world.api.runs.get(owner, { ...runId(), ...how })
  const value = async (of: ReadRunValue) => {
    const file = await world.api.runs.value(owner, { ...runId(), ...of })
    const text = await file.text()
    return { name: file.name, value: file.type.startsWith('text/plain') ? text : (JSON.parse(text) as unknown) }
  }

  test('come cut where that is asked for, and whole where not', async () => {
    expect(whole.steps[0]).toMatchObject({ input: query, output: found })
    expect(await get()).toEqual(whole)
    const { steps, model_calls, data, cut, ...others } = await get({ max_value_bytes })
    const text = JSON.stringify(found)
    expect(steps[0]).toMatchObject({
      input: JSON.stringify(query).slice(0, 1_000),
      output: text.slice(0, 1_000),
      cut: { input: Buffer.byteLength(JSON.stringify(query)), output: text.length },
    })
    expect(model_calls[0]).toMatchObject({ text: said.slice(0, 1_000), reasoning: said.slice(0, 1_000), cut: { text: 15_000, reasoning: 15_000 } })
    expect(model_calls[0]?.tool_calls[0]?.input).toHaveLength(1_000)
    expect(model_calls[1]).toEqual(whole.model_calls[1])
    expect([data, cut]).toEqual([JSON.stringify(whole.data).slice(0, 1_000), { data: JSON.stringify(whole.data).length }])
    const { steps: _, model_calls: __, data: ___, ...same } = whole
    expect(others).toEqual(same)
  })

  test('come cut to whoever follows it, too', async () => {
    const events: RunEvent[] = []
    for await (const event of await world.api.runs.follow(owner, { ...runId(), max_value_bytes }, { signal: AbortSignal.timeout(20_000) }))
      events.push(event)
    const { steps, model_calls } = await get({ max_value_bytes })
    expect(foldTrace(events as JournalEvent[], true)).toMatchObject({ steps, model_calls })
  })

  test('are there one by one', async () => {
    const [step, call] = [whole.steps[0], whole.model_calls[0]]
    expect(await value({ step: 1, of: 'output' })).toEqual({ name: 'step-1-output.json', value: found })
    expect((await value({ step: 1, of: 'input' })).value).toEqual(query)
    expect((await value({ step: 1, of: 'all' })).value).toEqual(step)
    expect(await value({ call: 1, of: 'text' })).toEqual({ name: 'model-call-1-text.txt', value: said })
    expect((await value({ call: 1, of: 'tool_calls' })).value).toEqual(call?.tool_calls)
    expect((await value({ call: 1, of: 'context' })).value).toEqual(call?.context)
    expect((await value({ call: 1, of: 'all' })).value).toEqual(call)
    expect((await value({ of: 'data' })).value).toEqual(whole.data)
    expect((await value({ step: 1, of: 'error' })).value).toBe(null)
  })

  test('are not there for the public, and not for a step that the run does not have', async () => {
    await expect(world.api.runs.value(stranger, { ...runId(), of: 'data' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await expect(value({ step: 2, of: 'output' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'step' }] })
    await expect(value({ call: 3, of: 'text' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'call' }] })
  })

  test('of a long trace the beginning is there alone, without what is not settled in it', async () => {
    // The start, the model's answer and the step that begins with it.
    const { steps, model_calls, events_left, output_text, metrics } = await get({ max_events: 3 })
    expect({ steps, calls: model_calls.length, events_left, output_text }).toEqual({
      steps: [],
      calls: 1,
      events_left: whole.last_seq - 3,
      output_text: 'done',
    })
    expect(metrics).toEqual(whole.metrics)
    expect(await get({ max_events: whole.last_seq })).toEqual(whole)
  })

  test('while it works its windows get them cut', async () => {
    const release = Promise.withResolvers<void>()
    world.says(async (request) => {
      await release.promise
      return resultsSoFar(request).length === 0 ? { calls: [{ tool: 'effects__read', input: { n: 2 } }] } : { text: 'done' }
    })
    const { run_id } = await world.run(await world.agent(), { wait: 0 })
    const events = await world.api.runs.follow(owner, { runId: run_id, max_value_bytes }, { signal: AbortSignal.timeout(20_000) })
    await events.next()
    release.resolve()
    const results: JournalEvent[] = []
    for await (const event of events) if (event.type === 'tool.completed') results.push(event)
    expect(results).toMatchObject([{ output: JSON.stringify(found).slice(0, 1_000), cut: { output: JSON.stringify(found).length } }])
  })
})
