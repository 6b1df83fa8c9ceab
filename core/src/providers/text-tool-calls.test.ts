import type { LanguageModelV3CallOptions, LanguageModelV3Content } from '@ai-sdk/provider'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { openProviderHttp } from './provider-http.ts'
import { repairJson } from './repair-json.ts'
import { modelFrom } from './test/known.ts'
import { chat } from './test/openai-dialects.ts'
import { type Answer, startWire, type Wire } from './test/wire.ts'

const http = openProviderHttp()
const open: Wire[] = []
afterEach(() => Promise.all(open.splice(0).map((wire) => wire.close())))
afterAll(() => http.close())

const tool = (name: string) => ({ type: 'function' as const, name, inputSchema: { type: 'object' as const } })
const prompt: LanguageModelV3CallOptions['prompt'] = [{ role: 'user', content: [{ type: 'text', text: 'Hi.' }] }]

/** What a run would get, whole and streamed: both must say the same. */
async function answered(answer: Answer, options: Partial<LanguageModelV3CallOptions> = {}, type: 'custom' | 'lmstudio' | 'openai' = 'custom') {
  const wire = await startWire(chat, () => answer)
  open.push(wire)
  const model = await modelFrom({ id: 'wire', type, base_url: `${wire.url}/v1`, api_key: 'k' }, 'm', http)
  const asked = { prompt, tools: [tool('add'), tool('files__read')], ...options }
  const whole = await model.doGenerate(asked)
  const streamed: LanguageModelV3Content[] = []
  let finish = ''
  let text = ''
  for await (const part of (await model.doStream(asked)).stream) {
    if (part.type === 'text-delta') text += part.delta
    if (part.type === 'tool-call') streamed.push(part)
    if (part.type === 'finish') finish = part.finishReason.unified
  }
  const calls = (content: LanguageModelV3Content[]) => content.flatMap((part) => (part.type === 'tool-call' ? [[part.toolName, part.input]] : []))
  const outcome = {
    calls: calls(whole.content),
    text: whole.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    finish: whole.finishReason.unified,
  }
  expect({ calls: calls(streamed), text, finish }).toEqual(outcome)
  return outcome
}

const one = [['add', '{"a":1}']]

describe('text that is a call becomes one', () => {
  test.each([
    ['{"name": "add", "arguments": {"a": 1}}', one],
    ['  {"name": "add", "parameters": {"a": 1}}\n', one],
    ['{"type": "function", "function": {"name": "add", "arguments": "{\\"a\\": 1}"}}', one],
    ['{"function": "add", "arguments": {"a": 1}}', one],
    ['```json\n{"name": "add", "arguments": {"a": 1}}\n```', one],
    ['<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>', one],
    ['<tool_call>{"name": "add", "arguments": {"a": 1}}', one],
    ['[TOOL_CALLS][{"name": "add", "arguments": {"a": 1}}]', one],
    [
      '<tool_call>{"name":"add","arguments":{"a":1}}</tool_call>\n<tool_call>{"name":"files__read","arguments":{}}</tool_call>',
      [...one, ['files__read', '{}']],
    ],
    ['[{"name": "add", "arguments": {"a": 1}}, {"name": "files__read", "arguments": {}}]', [...one, ['files__read', '{}']]],
    // Repaired once.
    ['{"name": "add", "arguments": {"a": 1,},}', one],
    ["{'name': 'add', 'arguments': {'a': 1}}", one],
    ['{"name": "add", "arguments": {"a": 1}', one],
    ['{"name": "add", "arguments": {"a": True}}', [['add', '{"a":true}']]],
  ])('%s', async (text, calls) => {
    expect(await answered({ text })).toEqual({ calls, text: '', finish: 'tool-calls' })
  })
})

describe('anything else stays text', () => {
  test.each([
    'I will call {"name": "add", "arguments": {"a": 1}}',
    '{"name": "add", "arguments": {"a": 1}} Done.',
    '{"name": "unknown", "arguments": {}}',
    '{"name": "add"}',
    '{"name": "add", "arguments": [1]}',
    '{"name": "add", "arguments": {}, "note": "and more"}',
    '{"name": "add", "arguments": {"a": "unclosed}',
    '[{"name": "add", "arguments": {}}, {"name": "Ann"}]',
    '[]',
    '{}',
    '```python\nprint(1)\n```',
    '<tool',
    'plain words',
  ])('%s', async (text) => {
    expect(await answered({ text })).toEqual({ calls: [], text, finish: 'stop' })
  })
  const call = '{"name": "add", "arguments": {"a": 1}}'
  test('without tools, or with none allowed', async () => {
    expect(await answered({ text: call }, { tools: [] })).toMatchObject({ calls: [], text: call })
    expect(await answered({ text: call }, { toolChoice: { type: 'none' } })).toMatchObject({ calls: [], text: call })
  })
  test('from a maker whose models call tools', async () => {
    expect(await answered({ text: call }, {}, 'openai')).toMatchObject({ calls: [], text: call })
  })
  test('when the limit cut it: half a call is none', async () => {
    const text = '{"name": "add", "arguments": {"items": [1, 2'
    expect(await answered({ text, finish: 'length' })).toEqual({ calls: [], text, finish: 'length' })
  })
  test('beside a real call', async () => {
    expect(await answered({ text: call, calls: [{ tool: 'add', input: { a: 2 } }] })).toEqual({
      calls: [['add', '{"a":2}']],
      text: call,
      finish: 'tool-calls',
    })
  })
})

test('the input of a real call is repaired too, unless the limit cut it', async () => {
  const calls = [{ tool: 'add', input: "{'a': 1," }]
  expect((await answered({ calls })).calls).toEqual(one)
  expect((await answered({ calls, finish: 'length' })).calls).toEqual([['add', "{'a': 1,"]])
})

test('text that is no call is passed on as it comes', async () => {
  const wire = await startWire(chat, () => ({ text: 'one two three', hang: 'middle' }))
  open.push(wire)
  const model = await modelFrom({ id: 'wire', type: 'custom', base_url: `${wire.url}/v1` }, 'm', http)
  const reader = (await model.doStream({ prompt, tools: [tool('add')] })).stream.getReader()
  let text = ''
  while (!text) {
    const { value } = await reader.read()
    if (value?.type === 'text-delta') text = value.delta
  }
  expect(text).toBe('one ')
  await reader.cancel()
})

test.each([
  ['{"a": [1, 2,], }', { a: [1, 2] }],
  [`{'it''s': 1}`, undefined],
  [`{'a': 'it\\'s "so"'}`, { a: 'it\'s "so"' }],
  ['{"a": "two\nlines"}', { a: 'two\nlines' }],
  ['{"a": "True, None,]"}', { a: 'True, None,]' }],
  ['{"a": [1, {"b": 2', { a: [1, { b: 2 }] }],
  ['{"a": "open', undefined],
  ['{"a": 1]', undefined],
  ['{"a": ', undefined],
  ['words', undefined],
  ['', undefined],
])('repairJson %j', (text, value) => expect(repairJson(text)).toEqual(value))
