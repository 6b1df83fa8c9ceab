import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { CreateProvider } from '@cadre/contract/providers'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { addressOf, ollamaAddress } from './addresses.ts'
import { explainModelError } from './explain-error.ts'
import { openProviderHttp } from './provider-http.ts'
import { describeModel, listModels, ollamaContext } from './server-models.ts'
import { knownFrom, modelFrom } from './test/known.ts'
import { ollamaDialect, type Shown } from './test/ollama-dialect.ts'
import { chat } from './test/openai-dialects.ts'
import { startWire, type Wire } from './test/wire.ts'
import { countTokens, surelyFits } from './token-count.ts'

const http = openProviderHttp()
const fetch = http.fetchFor([])
const open: Wire[] = []
afterEach(() => Promise.all(open.splice(0).map((wire) => wire.close())))
afterAll(() => http.close())

const asking = (text: string): LanguageModelV3CallOptions => ({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }] })
async function ollama(shown: Shown = {}, more: Partial<CreateProvider> = {}) {
  const wire = await startWire(
    ollamaDialect(() => shown),
    () => ({ text: 'ok' }),
  )
  open.push(wire)
  const given: CreateProvider = { id: 'o', type: 'ollama', base_url: wire.url, ...more }
  const known = knownFrom(given)
  const size = async () => (await describeModel(known, 'm', fetch))?.context_size ?? null
  return { wire, given, known, size }
}

describe("Ollama's context", () => {
  test.each<[string, Shown, number | undefined, number]>([
    ['ours where the model could have more', { model_info: { 'llama.context_length': 131_072 } }, undefined, ollamaContext],
    ["the model's where it has less", { model_info: { 'qwen3.context_length': 4096 } }, undefined, 4096],
    [
      "the Modelfile's",
      { model_info: { 'llama.context_length': 131_072 }, parameters: 'stop "<|end|>"\nnum_ctx                        8192' },
      undefined,
      8192,
    ],
    ['the setting, over the Modelfile', { model_info: { 'llama.context_length': 131_072 }, parameters: 'num_ctx 8192' }, 65_536, 65_536],
    ['the setting, but never more than the model has', { model_info: { 'llama.context_length': 8192 } }, 65_536, 8192],
    ['ours where the server says nothing', {}, undefined, ollamaContext],
  ])('%s', async (_, shown, context_size, expected) => {
    const { given, wire, size } = await ollama(shown, context_size === undefined ? {} : { context_size })
    expect(await size()).toBe(expected)
    const model = await modelFrom(given, 'm', http, await size())
    await model.doGenerate({ ...asking('hi'), maxOutputTokens: 77, temperature: 0.3 })
    expect(wire.asked[0]?.body).toMatchObject({
      truncate: false,
      shift: false,
      options: { num_ctx: expected, num_predict: 77, temperature: 0.3 },
    })
  })

  test('a picture, thoughts and tool results go along', async () => {
    const { given, wire } = await ollama()
    const model = await modelFrom(given, 'm', http)
    await model.doGenerate({
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'see' },
            { type: 'file', mediaType: 'image/png', data: new Uint8Array([1, 2]) },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'hm' },
            { type: 'tool-call', toolCallId: 'a', toolName: 't', input: { x: 1 } },
          ],
        },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId: 'a', toolName: 't', output: { type: 'error-text', value: 'no' } }] },
      ],
    })
    expect(wire.asked[0]?.body['messages']).toEqual([
      { role: 'user', content: 'see', images: ['AQI='] },
      { role: 'assistant', content: '', thinking: 'hm', tool_calls: [{ function: { name: 't', arguments: { x: 1 } } }] },
      { role: 'tool', tool_name: 't', content: 'no' },
    ])
  })
})

test.each(['ollama', 'lmstudio', 'custom'] as const)('a prompt that does not fit is refused before it is sent: %s', async (type) => {
  const wire = await startWire(type === 'ollama' ? ollamaDialect() : chat, () => ({ text: 'ok' }))
  open.push(wire)
  const model = await modelFrom({ id: 'lab', type, base_url: wire.url }, 'm', http, 512)
  const long = asking('seven words that stand for many more. '.repeat(200))
  for (const ask of [() => model.doGenerate(long), () => model.doStream(long)]) {
    const error = await Promise.resolve(ask()).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(explainModelError(error, 'lab')).toEqual({
      code: 'CONTEXT_TOO_LONG',
      message: expect.stringMatching(/^the prompt has about 16\d\d tokens, and m at lab has a context of 512: shorten it/),
      retryable: false,
      retry_after_ms: undefined,
    })
  }
  expect(wire.asked).toEqual([])
  await model.doGenerate(asking('short'))
  expect(wire.asked).toHaveLength(1)
})

test('a prompt that surely fits does', async () => {
  const texts = ['The quick brown fox.', JSON.stringify({ a: [1, 2, { b: null }] }), '日本語の文章です。', '🙂🙃🫠', '(b) => b?.c ?? 0;']
  for (const text of texts.map((each) => each.repeat(30))) {
    const tokens = await countTokens(asking(text))
    expect(surelyFits(asking(text), tokens - 1)).toBe(false)
    expect(surelyFits(asking(text), Buffer.byteLength(text) + 100)).toBe(true)
  }
})

test('counting takes control tokens for text, and no longer for one endless word', async () => {
  expect(await countTokens(asking('a <|endoftext|> b'))).toBeGreaterThan(3)
  // By the square of its length it would be an hour.
  const endless = await countTokens(asking('a'.repeat(1_000_000)))
  expect(endless).toBeGreaterThan(100_000)
  expect(endless).toBeLessThan(150_000)
})

test.each([
  ['127.0.0.1', 'http://127.0.0.1:11434'],
  ['0.0.0.0', 'http://127.0.0.1:11434'],
  ['0.0.0.0:9000', 'http://127.0.0.1:9000'],
  ['::', 'http://127.0.0.1:11434'],
  ['::1', 'http://[::1]:11434'],
  ['[::1]:9000', 'http://[::1]:9000'],
  [':9000', 'http://127.0.0.1:9000'],
  ['box.lan', 'http://box.lan:11434'],
  ['box.lan:80', 'http://box.lan'],
  ['http://box.lan', 'http://box.lan'],
  ['https://box.lan/ollama/', 'https://box.lan/ollama'],
  ['not an address', null],
])('OLLAMA_HOST=%s', (host, url) => expect(ollamaAddress(host)).toBe(url))

test.each([
  ['ollama', 'http://a:1/v1', 'http://a:1'],
  ['ollama', 'http://a:1/api', 'http://a:1'],
  ['lmstudio', 'http://a:1', 'http://a:1/v1'],
  ['lmstudio', 'http://a:1/api/v0', 'http://a:1/v1'],
  ['anthropic', 'http://a:1', 'http://a:1/v1'],
  ['google', 'http://a:1/v1beta', 'http://a:1/v1beta'],
  ['azure', 'https://mine.openai.azure.com', 'https://mine.openai.azure.com/openai'],
  ['azure', 'https://mine.openai.azure.com/openai/v1', 'https://mine.openai.azure.com/openai/v1'],
] as const)('%s at %s', (type, base_url, expected) => expect(addressOf({ type, base_url, options: {} })).toBe(expected))

test('what LM Studio says of its models, and a server that stands in its place', async () => {
  const data = [
    { id: 'qwen', type: 'llm', state: 'loaded', max_context_length: 131_072, loaded_context_length: 4096, capabilities: ['tool_use'] },
    { id: 'llava', type: 'vlm', state: 'not-loaded', max_context_length: 8192 },
    { id: 'nomic', type: 'embeddings', state: 'not-loaded' },
  ]
  const wire = await startWire({ ...chat, other: (url) => (url === '/api/v0/models' ? { data } : undefined) }, () => ({}))
  open.push(wire)
  const models = await listModels(knownFrom({ id: 'l', type: 'lmstudio', base_url: wire.url }), fetch)
  expect(models).toMatchObject([
    { id: 'qwen', card: { chat: true, tools: true, vision: false, context_size: 4096 } },
    { id: 'llava', card: { vision: true } },
    { id: 'nomic', card: { chat: false, embeddings: true } },
  ])
  expect(models[1]?.card.context_size).toBeUndefined()
  const other = await startWire({ ...chat, other: (url) => (url === '/v1/models' ? { data: [{ id: 'double' }] } : undefined) }, () => ({}))
  open.push(other)
  expect(await listModels(knownFrom({ id: 'l', type: 'lmstudio', base_url: other.url }), fetch)).toMatchObject([{ id: 'double' }])
  expect(other.others).toEqual(['/api/v0/models', '/v1/models'])
})
