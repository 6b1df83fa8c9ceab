import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Reply, resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'

let world: World
beforeEach(async () => (world = await newWorld()))
afterEach(() => world.close())

const calculate = (expression: string) => ({ tool: 'calculator__calculate', input: { expression } })
/** A script that gives these replies in turn, by how many answers the model has given in this run. */
const inTurn = (...replies: Reply[]) => {
  let at = 0
  return () => replies[Math.min(at++, replies.length - 1)] ?? {}
}

describe('the loop (R5)', () => {
  test('a tool call, its result back to the model, an answer', async () => {
    world.says((request) =>
      resultsSoFar(request).length === 0 ? { calls: [calculate('6 * 7')] } : { text: `It is ${String(resultsSoFar(request)[0]?.content)}` },
    )
    const run = await world.run(await world.agent())
    expect(run).toMatchObject({ status: 'completed', error: null, metrics: { total_steps: 1, tokens_input: 20, tokens_output: 10 } })
    expect(run.output_text).toContain('42')
    expect(run.output).toEqual({ result: run.output_text })
    expect(run.steps).toMatchObject([
      { step: 1, tool: 'calculator', action: 'calculate', input: { expression: '6 * 7' }, status: 'completed', error: null, call: 1 },
    ])
    expect(run.model_calls.map((call) => [call.call, call.finish_reason, call.tool_calls.length])).toEqual([
      [1, 'tool-calls', 1],
      [2, 'stop', 0],
    ])
  })

  test('a JSON answer is the output, also inside a Markdown fence', async () => {
    world.says(inTurn({ text: '```json\n{"total": 3}\n```' }))
    expect((await world.run(await world.agent())).output).toEqual({ total: 3 })
  })

  test('tool calls of one message run in parallel', async () => {
    let arrived = 0
    const both = Promise.withResolvers<void>()
    world.says((request) =>
      resultsSoFar(request).length ? { text: 'ok' } : { calls: [1, 2, 3].map((n) => ({ tool: 'effects__read', input: { n } })) },
    )
    world.effects.behave(() => {
      if (++arrived === 3) both.resolve()
      return { hang: true }
    })
    const started = world.run(await world.agent({ config: { timeout_ms: 20_000 } }), { wait: 0 })
    await both.promise // all three are in flight before any is answered
    await world.api.runs.cancel(owner, { runId: (await started).run_id })
    expect(arrived).toBe(3)
  })

  test('the data of the request reaches the model, large or small', async () => {
    const big = 'x'.repeat(20_000)
    world.says((request) => ({ text: String(JSON.stringify(request.messages).includes(big)) }))
    const run = await world.run(await world.agent(), { data: { big } })
    expect([run.output_text, run.data]).toEqual(['true', { big }])
  })

  test('an error of a tool goes to the model and stands in the trace', async () => {
    world.says((request) =>
      resultsSoFar(request).length ? { text: JSON.stringify({ saw: resultsSoFar(request)[0]?.content }) } : { calls: [calculate('1 / 0')] },
    )
    const run = await world.run(await world.agent())
    expect(run.steps[0]).toMatchObject({ status: 'failed', output: null })
    expect(run.steps[0]?.error).toMatch(/zero/i)
    expect(JSON.stringify(run.output)).toMatch(/zero/i)
  })

  test('reasoning is kept with its call (V19)', async () => {
    world.says(inTurn({ reasoning: 'Six by seven.', text: '42' }))
    expect((await world.run(await world.agent())).model_calls[0]).toMatchObject({ reasoning: 'Six by seven.', text: '42' })
  })
})

describe('a model that misbehaves', () => {
  test('an unknown tool and arguments that are no JSON are errors to the model, not to the run', async () => {
    world.says((request) =>
      resultsSoFar(request).length
        ? { text: 'sorry' }
        : { calls: [{ tool: 'no_such__tool', input: {} }, { tool: 'calculator__calculate', input: '{"expression": ' }, calculate('1+1')] },
    )
    const run = await world.run(await world.agent())
    expect(run.status).toBe('completed')
    expect(run.steps.map((step) => [step.step, step.status])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'completed'],
    ])
    expect(run.steps[0]?.error).toContain("no tool 'no_such__tool'")
  })

  test('arguments that do not fit the schema name the field', async () => {
    world.says((request) =>
      resultsSoFar(request).length ? { text: 'ok' } : { calls: [{ tool: 'calculator__calculate', input: { expression: 5, extra: 1 } }] },
    )
    expect((await world.run(await world.agent())).steps[0]?.error).toMatch(/extra|expression/)
  })

  test('the same id for two calls, and for calls of two answers', async () => {
    world.says((request) => {
      const results = resultsSoFar(request)
      if (results.length < 4) return { calls: [1, 2].map((n) => ({ id: 'same', tool: 'effects__read', input: { n: n + results.length } })) }
      return { text: 'ok' }
    })
    const run = await world.run(await world.agent())
    expect(run.steps.map((step) => (step.output as { n: number }).n)).toEqual([1, 2, 3, 4])
  })

  test('running out of max_steps is failed with the reason and keeps the steps (R6)', async () => {
    world.says((request) => ({ calls: [{ tool: 'effects__read', input: { n: request.messages.length } }] }))
    const run = await world.run(await world.agent({ config: { max_steps: 3 } }))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'MAX_STEPS' }, metrics: { total_steps: 3 } })
    expect(run.steps).toHaveLength(3)
    expect(run.error?.message).toContain('3 tool calls')
  })

  test('of a batch over the limit, those that fit are made', async () => {
    world.says(() => ({ calls: [1, 2, 3].map((n) => ({ tool: 'effects__read', input: { n } })) }))
    const run = await world.run(await world.agent({ config: { max_steps: 2 } }))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'MAX_STEPS' } })
    expect(run.steps.map((step) => step.status)).toEqual(['completed', 'completed'])
  })

  test('the fifth identical failing call ends the run', async () => {
    world.says(() => ({ calls: [calculate('1 / 0')] }))
    const run = await world.run(await world.agent({ config: { max_steps: 100 } }))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'REPEATED_FAILURE' } })
    expect(run.steps).toHaveLength(5)
  })

  test('no answer at all', async () => {
    world.says(() => ({ text: '' }))
    expect(await world.run(await world.agent())).toMatchObject({ status: 'failed', error: { code: 'EMPTY_ANSWER' } })
  })

  test('an answer that is no protocol fails the run in plain words', async () => {
    world.says(() => ({ body: '<html>busy</html>' }))
    const run = await world.run(await world.agent({ config: { max_retries: 0 } }))
    expect(run.status).toBe('failed')
    expect(run.error?.message).not.toMatch(/undefined|\[object/)
  })

  test('too much output, too many tokens', async () => {
    world.says(() => ({ text: 'x'.repeat(500) }))
    expect(await world.run(await world.agent({ config: { max_output_bytes: 100 } }))).toMatchObject({
      status: 'failed',
      error: { code: 'OUTPUT_TOO_LARGE' },
    })
    world.says((request) => ({ calls: [{ tool: 'effects__read', input: { n: request.messages.length } }] }))
    expect(await world.run(await world.agent({ config: { max_total_tokens: 40 } }))).toMatchObject({
      status: 'failed',
      error: { code: 'MAX_TOKENS' },
    })
  })
})

describe('retries', () => {
  test('a model call that fails in passing is made again; its tools are not', async () => {
    let failed = false
    world.says((request) => {
      if (resultsSoFar(request).length === 0) return { calls: [{ tool: 'effects__once', input: { n: 1 } }] }
      if (!failed && (failed = true)) return { status: 503, headers: { 'retry-after': '0' } }
      return { text: 'ok' }
    })
    const run = await world.run(await world.agent())
    expect(run).toMatchObject({ status: 'completed', model_calls: [{ retries: 0 }, { retries: 1 }] })
    expect(world.effects.arrivals).toHaveLength(1)
  })

  test('what will not pass is not tried again', async () => {
    world.says(() => ({ status: 401 }))
    expect(await world.run(await world.agent())).toMatchObject({ status: 'failed' })
    expect(world.model.requests).toHaveLength(1)
  })

  test('a failing tool is called again with the same key where its effect allows it, and never where it acts once', async () => {
    for (const [effect, calls] of [
      ['keyed', 2],
      ['once', 1],
    ] as const) {
      world.effects.arrivals.length = 0
      world.effects.behave((_, count) => (count === 1 ? { status: 503 } : undefined))
      world.says((request) => (resultsSoFar(request).length ? { text: 'ok' } : { calls: [{ tool: `effects__${effect}`, input: {} }] }))
      const run = await world.run(await world.agent())
      expect(run.status).toBe('completed')
      expect(world.effects.arrivals.map((each) => each.key)).toEqual(Array(calls).fill(`${run.run_id}:1`))
    }
  })
})

describe('structured output', () => {
  const schema = { type: 'object', properties: { total: { type: 'number' } }, required: ['total'], additionalProperties: false }
  test('an answer that does not fit gets one repair', async () => {
    world.says(inTurn({ text: '{"sum": 1}' }, { text: '{"total": 1}' }))
    expect(await world.run(await world.agent({ output_schema: schema }))).toMatchObject({ status: 'completed', output: { total: 1 } })
    expect(JSON.stringify(world.model.requests[1]?.messages)).toContain('does not fit')
  })

  test('and no second one', async () => {
    world.says(() => ({ text: 'the total is 1' }))
    expect(await world.run(await world.agent(), { output_schema: schema })).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_INVALID' } })
    expect(world.model.requests).toHaveLength(2)
  })
})

describe('the end', () => {
  test('the time limit aborts the model call in flight and ends as timeout', async () => {
    world.says(() => ({ text: 'late', delay_ms: 20_000 }))
    expect(await world.run(await world.agent({ config: { timeout_ms: 150 } }))).toMatchObject({ status: 'timeout', error: { code: 'TIMEOUT' } })
  })

  test('the time limit ends a tool that ignores it; what it may have done is said', async () => {
    world.says(() => ({ calls: [{ tool: 'effects__once', input: {} }] }))
    world.effects.behave(() => ({ hang: true }))
    const run = await world.run(await world.agent({ config: { timeout_ms: 2_000 } }))
    expect(run).toMatchObject({ status: 'timeout', steps: [{ status: 'uncertain' }] })
  })

  test('a provider that is not configured fails the run in plain words', async () => {
    const run = await world.run(await world.agent({ provider: 'anthropic', model: 'claude-sonnet' }))
    expect(run).toMatchObject({ status: 'failed', error: { code: 'PROVIDER_NOT_USABLE' } })
    expect(run.error?.message).toMatch(/ANTHROPIC_API_KEY/)
  })
})
