import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { explainModelError } from './explain-error.ts'
import { openProviderHttp } from './provider-http.ts'
import { modelFrom } from './test/known.ts'
import { type Script, startWire, usage, type Wire } from './test/wire.ts'
import { key, wires } from './test/wires.ts'

const http = openProviderHttp()
const open: Wire[] = []
afterEach(() => Promise.all(open.splice(0).map((wire) => wire.close())))
afterAll(() => http.close())

const add = {
  type: 'function' as const,
  name: 'add',
  description: 'Adds.',
  inputSchema: { type: 'object' as const, properties: { a: { type: 'number' as const } }, required: ['a'] },
}
const prompt: LanguageModelV3CallOptions['prompt'] = [
  { role: 'system', content: 'Be short.' },
  { role: 'user', content: [{ type: 'text', text: 'Hi.' }] },
]

type Outcome = { content: LanguageModelV3Content[]; finish: string; input: number | undefined; output: number | undefined; pieces: number }
type Way = (model: LanguageModelV3, options: LanguageModelV3CallOptions) => Promise<Outcome>

const generate: Way = async (model, options) => {
  const { content, finishReason, usage: used } = await model.doGenerate(options)
  return { content, finish: finishReason.unified, input: used.inputTokens.total, output: used.outputTokens.total, pieces: 1 }
}

/** Collects a stream as a run does: see runs/engine-stream.ts. */
const stream: Way = async (model, options) => {
  const outcome: Outcome = { content: [], finish: 'none', input: undefined, output: undefined, pieces: 0 }
  const texts = new Map<string, { type: 'text'; text: string }>()
  for await (const part of (await model.doStream(options)).stream as unknown as AsyncIterable<LanguageModelV3StreamPart>) {
    if (part.type === 'error') throw part.error
    if (part.type === 'text-start') {
      const block = { type: 'text' as const, text: '' }
      texts.set(part.id, block)
      outcome.content.push(block)
    }
    if (part.type === 'text-delta') {
      outcome.pieces++
      const block = texts.get(part.id)
      if (block) block.text += part.delta
    }
    if (part.type === 'tool-call') outcome.content.push(part)
    if (part.type === 'finish')
      Object.assign(outcome, { finish: part.finishReason.unified, input: part.usage.inputTokens.total, output: part.usage.outputTokens.total })
  }
  return outcome
}

const textOf = ({ content }: Outcome) => content.map((part) => (part.type === 'text' ? part.text : '')).join('')
const callsOf = ({ content }: Outcome) => content.flatMap((part) => (part.type === 'tool-call' ? [{ tool: part.toolName, input: part.input }] : []))

describe.each(wires)('$name', ({ dialect, settings, path, model: name, url, sends, rawInput }) => {
  const begin = async (script: Script) => {
    const wire = await startWire(dialect, script)
    open.push(wire)
    const model = await modelFrom({ id: 'wire', ...settings, base_url: wire.url + path }, name, http, 8192)
    return { wire, model }
  }
  const explained = (error: unknown) => {
    const told = explainModelError(error, 'wire')
    expect(told.message).not.toContain(key)
    return told
  }

  describe.each([
    ['whole', generate],
    ['stream', stream],
  ] as const)('%s', (how, ask) => {
    const failing = async (script: Script) => {
      const { wire, model } = await begin(script)
      const outcome = await ask(model, { prompt }).then(
        (answer) => Promise.reject(new Error(`it was answered: ${JSON.stringify(answer)}`)),
        (error: unknown) => explained(error),
      )
      expect(wire.asked).toHaveLength(1)
      return { ...outcome, host: wire.host }
    }

    test('an answer: address, key, text, end and tokens', async () => {
      const { wire, model } = await begin(() => ({ text: 'hello to you' }))
      const answer = await ask(model, { prompt, maxOutputTokens: 50, temperature: 0.5 })
      expect(textOf(answer)).toBe('hello to you')
      expect(answer).toMatchObject({ finish: 'stop', input: usage.input, output: usage.output })
      if (how === 'stream') expect(answer.pieces).toBeGreaterThan(1)
      expect(wire.asked).toMatchObject([{ url: url[how], stream: how === 'stream' }])
      expect(sends(wire.asked[0]?.headers ?? {})).toBe(true)
      // However the wire names them, both limits arrive.
      expect(JSON.stringify(wire.asked[0]?.body)).toMatch(/50.*0\.5|0\.5.*50/)
    })

    test('tools: one call, its result, the answer; and two at once', async () => {
      const { wire, model } = await begin(({ results }) =>
        results < 2 ? { calls: [{ tool: 'add', input: { a: 1 } }, ...(results ? [] : [{ tool: 'add', input: { a: 2 } }])] } : { text: 'done' },
      )
      const first = await ask(model, { prompt, tools: [add] })
      expect(callsOf(first).map(({ tool, input }) => [tool, JSON.parse(input)])).toEqual([
        ['add', { a: 1 }],
        ['add', { a: 2 }],
      ])
      expect(first.finish).toBe('tool-calls')
      const ids = ['call_1', 'call_2']
      const next: LanguageModelV3CallOptions['prompt'] = [
        ...prompt,
        { role: 'assistant', content: ids.map((toolCallId, i) => ({ type: 'tool-call', toolCallId, toolName: 'add', input: { a: i + 1 } })) },
        {
          role: 'tool',
          content: ids.map((toolCallId, i) => ({ type: 'tool-result', toolCallId, toolName: 'add', output: { type: 'json', value: { sum: i } } })),
        },
      ]
      expect(textOf(await ask(model, { prompt: next, tools: [add] }))).toBe('done')
      expect(wire.asked).toMatchObject([
        { tools: ['add'], results: 0 },
        { tools: ['add'], results: 2 },
      ])
    })

    test('an unknown tool is passed on for the run to refuse', async () => {
      const { model } = await begin(() => ({ calls: [{ tool: 'nonsense', input: { a: 1 } }] }))
      expect(callsOf(await ask(model, { prompt, tools: [add] }))).toMatchObject([{ tool: 'nonsense' }])
    })

    test.runIf(rawInput[how])('malformed arguments come as they are, and are never made up', async () => {
      const { model } = await begin(() => ({ calls: [{ tool: 'add', input: '{"a": "unclosed' }], finish: 'length' }))
      const answer = await ask(model, { prompt, tools: [add] })
      for (const { input } of callsOf(answer)) expect(input).toBe('{"a": "unclosed')
      expect(answer.finish).toBe('length')
    })

    test('arguments that are no object come as they are, or the answer is refused', async () => {
      const { model } = await begin(() => ({ calls: [{ tool: 'add', input: rawInput[how] ? '"unclosed"' : 'unclosed' }] }))
      const answer = await ask(model, { prompt, tools: [add] }).catch(explained)
      if ('code' in answer) expect(answer.code).toBe('MODEL_BAD_ANSWER')
      else expect(callsOf(answer)).toMatchObject([{ tool: 'add', input: expect.stringMatching(/^"?unclosed"?$/) }])
    })

    test('structured output', async () => {
      const { wire, model } = await begin(({ json }) => ({ text: json ? '{"answer":42}' : 'no' }))
      const schema = {
        type: 'object' as const,
        properties: { answer: { type: 'integer' as const } },
        required: ['answer'],
        additionalProperties: false,
      }
      const answer = await ask(model, { prompt, responseFormat: { type: 'json', schema, name: 'sum' } })
      expect(wire.asked).toMatchObject([{ json: true }])
      expect(JSON.parse(textOf(answer))).toEqual({ answer: 42 })
    })

    test('an answer that the limit cuts in mid-JSON says so', async () => {
      const { model } = await begin(() => ({ text: '{"answer": 4', finish: 'length' }))
      const answer = await ask(model, { prompt })
      expect([textOf(answer), answer.finish]).toEqual(['{"answer": 4', 'length'])
    })

    test('an empty answer is an answer', async () => {
      const { model } = await begin(() => ({}))
      const answer = await ask(model, { prompt })
      expect([textOf(answer), callsOf(answer), answer.finish]).toEqual(['', [], 'stop'])
    })

    test('429 with Retry-After', async () => {
      expect(await failing(() => ({ status: 429, headers: { 'retry-after': '7' } }))).toMatchObject({
        code: 'MODEL_RATE_LIMITED',
        retryable: true,
        retry_after_ms: 7000,
      })
    })
    test('500 and 401', async () => {
      expect(await failing(() => ({ status: 500 }))).toMatchObject({ code: 'MODEL_UNAVAILABLE', retryable: true })
      expect(await failing(() => ({ status: 401 }))).toMatchObject({ code: 'MODEL_KEY_REFUSED', retryable: false })
    })
    test('no JSON at all', async () => {
      expect(await failing(() => ({ body: '{"choices": [{"mess' }))).toMatchObject({
        code: expect.stringMatching(/MODEL_(BAD_ANSWER|UNREACHABLE|UNAVAILABLE)/),
      })
    })
    test('a reset before and within the answer', async () => {
      expect(await failing(() => ({ reset: 'before' }))).toMatchObject({ code: 'MODEL_UNREACHABLE', retryable: true })
      expect(await failing(() => ({ text: 'one two three four', reset: 'middle' }))).toMatchObject({ code: 'MODEL_UNREACHABLE', retryable: true })
    })
    test('nobody there', async () => {
      const { wire, model } = await begin(() => ({}))
      await wire.close()
      const error = await ask(model, { prompt }).then(() => undefined, explained)
      expect(error).toMatchObject({ code: 'MODEL_UNREACHABLE', message: expect.stringContaining(`wire was refused at ${wire.host}: is `) })
    })
    test('a hang ends with the signal, and its reason is passed on', async () => {
      const { wire, model } = await begin(() => ({ text: 'one two three four', hang: how === 'stream' ? 'middle' : 'before' }))
      const stop = new AbortController()
      const answer = ask(model, { prompt, abortSignal: stop.signal })
      answer.catch(() => {}) // awaited below
      await wire.held()
      stop.abort()
      await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    })
  })

  test('a stream that is politely closed too early is no answer', async () => {
    const { model } = await begin(() => ({ text: 'one two three four', reset: 'politely' }))
    const error = await stream(model, { prompt }).then((answer) => answer, explained)
    expect(error).toMatchObject({ code: 'MODEL_UNREACHABLE', retryable: true, message: expect.stringContaining('wire broke off its answer') })
  })
})
