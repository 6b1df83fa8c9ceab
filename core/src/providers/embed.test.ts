import type { CreateProvider } from '@cadre/contract/providers'
import { describe, expect, test } from 'vitest'
import { CreateBudget, GetUsage } from '@cadre/contract/usage'
import { newId } from '../storage/ids.ts'
import { databases } from '../storage/test/databases.ts'
import { createBudget, listBudgets } from '../usage/budgets.ts'
import { getUsage } from '../usage/get-usage.ts'
import { ModelCalls } from './calls/model-calls.ts'
import { type EmbedRequest, openEmbed } from './embed.ts'
import { owner, providersBench, type Settings } from './test/app.ts'
import { embeddings, textsOf, vectorOf } from './test/embedding-dialect.ts'
import { ollamaDialect } from './test/ollama-dialect.ts'
import type { Script } from './test/wire.ts'
import { wires } from './test/wires.ts'

const bench = providersBench(databases[0]?.empty ?? (() => Promise.reject(new Error('there is no database'))))
const request: EmbedRequest = {
  workspace_id: 'default',
  provider: 'lab',
  model: 'm',
  purpose: 'document',
  user_id: 'ann',
  key_id: null,
  signal: new AbortController().signal,
}
const texts = (count: number) => Array.from({ length: count }, (_, i) => 'x'.repeat(i + 1))

async function open(script: Script = () => ({}), given: Partial<CreateProvider> = {}, path = '/v1', prices: Settings['prices'] = []) {
  const wire = await bench.wire(embeddings, script)
  const { type = 'openai', ...rest } = given
  const providers = [{ id: 'lab', type, base_url: wire.url + path, ...rest }] as Settings['providers']
  const app = bench.app({ providers, prices })
  const calls = new ModelCalls(
    (workspace, provider) => app.providers.limitsOf(workspace, provider),
    () => 0,
  )
  return { wire, app, embed: openEmbed({ ...app, calls }), asked: () => wire.asked.map(({ body }) => textsOf(body).length) }
}

/** What each wire needs beside its address: those of test/wires.ts that have embeddings. */
const unlike = ['openai responses', 'azure responses', 'anthropic']
const cases = wires.filter(({ name }) => !unlike.includes(name)).map(({ name, settings, path }) => ({ name, settings, path }))
const addresses: Record<string, string> = {
  openai: '/v1/embeddings',
  google: '/v1beta/models/m:batchEmbedContents',
  mistral: '/v1/embeddings',
  azure: '/openai/deployments/m/embeddings?api-version=2024-10-21',
  bedrock: '/model/amazon.titan-embed-text-v2%3A0/invoke',
  ollama: '/api/embed',
  lmstudio: '/v1/embeddings',
  custom: '/v1/embeddings',
}
const sizes: Record<string, number[]> = { google: [100, 20], mistral: [32, 32, 32, 24], bedrock: Array.from({ length: 120 }, () => 1) }
const local = [32, 32, 32, 24]

describe.each(cases)('embeddings of $name', ({ name, settings, path }) => {
  const model = name === 'bedrock' ? 'amazon.titan-embed-text-v2:0' : 'm'
  test('come in the order of the texts, in batches of its size', async () => {
    const { wire, embed, asked } = await open(undefined, settings, path)
    const all = texts(120)
    const { vectors, tokens, provider } = await embed(all, { ...request, model })
    expect(vectors).toEqual(all.map(vectorOf))
    expect([tokens > 0, provider]).toEqual([true, 'lab'])
    expect(wire.asked[0]?.url).toBe(addresses[name])
    const expected = sizes[name] ?? (['ollama', 'lmstudio', 'custom'].includes(name) ? local : [120])
    expect(asked().sort((a, b) => b - a)).toEqual(expected)
    if (name === 'ollama') expect(wire.asked[0]?.body).toMatchObject({ truncate: false })
  })
  test('a 429, a 500 and a reset are asked again, a refused key is not', async () => {
    const troubles: ReturnType<Script>[] = [{ status: 429, headers: { 'retry-after': '0' } }, { reset: 'before' }]
    const { wire, embed } = await open((_, count) => troubles[count - 1] ?? {}, settings, path)
    expect((await embed(['one'], { ...request, model })).vectors).toEqual([vectorOf('one')])
    expect(wire.asked).toHaveLength(3)
    const refused = await open(() => ({ status: 401 }), settings, path)
    await expect(refused.embed(['one'], { ...request, model })).rejects.toMatchObject({ code: 'MODEL_KEY_REFUSED' })
    expect(refused.wire.asked).toHaveLength(1)
  })
})

test('Cohere on Bedrock and Google are told what the texts are for, and to refuse what is too long', async () => {
  const google = await open(undefined, { type: 'google', api_key: 'k' })
  await google.embed(['a', 'b'], { ...request, purpose: 'query' })
  expect(google.wire.asked[0]?.body).toMatchObject({ requests: [{ taskType: 'RETRIEVAL_QUERY' }, {}] })
  const bedrock = await open(undefined, { type: 'bedrock', region: 'eu-central-1', api_key: 'k' }, '')
  expect((await bedrock.embed(['a', 'bb'], { ...request, model: 'cohere.embed-english-v3' })).vectors).toEqual([vectorOf('a'), vectorOf('bb')])
  expect(bedrock.wire.asked[0]?.body).toMatchObject({ input_type: 'search_document', truncate: 'NONE' })
})

describe('callers', () => {
  test('that ask at the same time share requests, each with its own vectors', async () => {
    const { embed, asked } = await open()
    const answers = await Promise.all([embed(['a', 'bb'], request), embed(['ccc'], request), embed(['dddd'], { ...request, purpose: 'query' })])
    expect(answers.map(({ vectors }) => vectors)).toEqual([[vectorOf('a'), vectorOf('bb')], [vectorOf('ccc')], [vectorOf('dddd')]])
    expect(asked()).toEqual([3, 1])
    expect(answers.map(({ tokens }) => tokens)).toEqual([6, 3, 3])
  })
  test('do not suffer from the bad text of another', async () => {
    const { embed, asked } = await open(({ body }) => (textsOf(body).includes('bad') ? { status: 400 } : {}))
    const [good, bad, also] = await Promise.allSettled([embed(['a'], request), embed(['bad'], request), embed(['c'], request)])
    expect(good).toMatchObject({ value: { vectors: [vectorOf('a')] } })
    expect(bad).toMatchObject({ reason: { name: 'NoAnswer', code: 'MODEL_REFUSED' } })
    expect(also).toMatchObject({ value: { vectors: [vectorOf('c')] } })
    expect(asked()).toEqual([3, 1, 1, 1])
  })
  test('that go away are let go at once, and stop a request only when nobody else waits for it', async () => {
    const { wire, embed } = await open(() => ({ hang: 'before' }))
    const [one, other] = [new AbortController(), new AbortController()]
    const first = embed(['a'], { ...request, signal: one.signal })
    const second = embed(['b'], { ...request, signal: other.signal })
    second.catch(() => {}) // awaited below
    await wire.held()
    one.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(wire.asked).toHaveLength(1)
    other.abort(new Error('me too'))
    await expect(second).rejects.toThrow('me too')
    await expect(embed(['c'], { ...request, signal: other.signal })).rejects.toThrow('me too')
  })
  test('are told what is wrong with what they ask', async () => {
    const { wire, embed } = await open()
    await expect(embed(['a', ''], request)).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'texts[1]' }] })
    expect(await embed([], request)).toMatchObject({ vectors: [], tokens: 0 })
    expect(wire.asked).toEqual([])
  })
})

test.each([
  ['too few vectors', '{"data":[{"embedding":[1]}],"usage":{"prompt_tokens":1}}', '2 vectors were asked for and 1 came'],
  ['vectors of different lengths', '{"data":[{"embedding":[1]},{"embedding":[1,2]}]}', 'vectors of different lengths'],
  ['empty vectors', '{"data":[{"embedding":[]},{"embedding":[]}]}', 'a vector is empty'],
  ['something else', '{"hello":1}', 'something that is not'],
])('a server that gives %s is not believed', async (_, body, message) => {
  const { embed } = await open(() => ({ body }))
  await expect(embed(['a', 'b'], request)).rejects.toMatchObject({
    name: 'NoAnswer',
    code: 'MODEL_BAD_ANSWER',
    message: expect.stringContaining(message),
  })
})

describe('what vectors take', () => {
  const prices = [{ provider: 'lab', model: 'm', input: 1, output: 0 }]
  const budget = (app: ReturnType<typeof bench.app>, limit: number, change: object = {}) =>
    createBudget(
      { ...app, newId },
      owner,
      CreateBudget.parse({ scope: 'user', period: 'day', unit: 'tokens', limit, ...change }),
      async (_, id) => id,
    )
  const usage = (app: ReturnType<typeof bench.app>) => getUsage(app, owner, GetUsage.parse({ group_by: 'purpose,agent,user' }))

  test('is counted for each who asked, with its price, and drawn from what they may spend', async () => {
    const { app, embed } = await open(undefined, {}, '/v1', prices)
    await budget(app, 1000)
    await Promise.all([embed(['a', 'bb'], request), embed(['ccc'], { ...request, user_id: 'bob' }), embed(['dd'], request)])
    const { groups } = await usage(app)
    expect(groups.map(({ purpose, agent, user, calls, tokens_input, cost }) => [purpose, agent, user, calls, tokens_input, cost])).toEqual([
      ['embedding', null, 'ann', 2, 9, 0.000009],
      ['embedding', null, 'bob', 1, 3, 0.000003],
    ])
    const [{ subjects } = { subjects: [] }] = (await listBudgets({ ...app, newId }, owner)).items
    expect(subjects.map(({ id, spent, reserved }) => [id, spent, reserved])).toEqual([
      ['ann', 9, 0],
      ['bob', 3, 0],
    ])
  })
  test('is refused where it would pass a budget; nothing is asked', async () => {
    const { app, wire, embed } = await open()
    await budget(app, 1, { scope: 'agent' })
    await budget(app, 1, { scope: 'run', period: 'run' })
    await budget(app, 1, { scope: 'global', period: 'run' })
    await embed(['a long text of many words'], request)
    await budget(app, 5)
    await expect(embed(['a long text of many words'], request)).rejects.toMatchObject({
      code: 'BUDGET_EXCEEDED',
      message: expect.stringContaining('has 5 tokens left of 5 tokens'),
    })
    expect(wire.asked).toHaveLength(1)
  })
  test('is our estimate where the server says nothing, and what was on its way when everyone had gone', async () => {
    const said = '{"data":[{"index":0,"embedding":[1,2]}]}'
    const { app, embed, wire } = await open((_, count) => (count === 1 ? { body: said } : { hang: 'before' }))
    const { tokens } = await embed(['a long text of many words'], request)
    expect(tokens).toBeGreaterThan(4)
    expect((await usage(app)).totals).toMatchObject({ calls: 1, failed: 0, calls_estimated: 1, tokens_input: tokens })
    const leaving = new AbortController()
    const left = embed(['a long text of many words'], { ...request, signal: leaving.signal })
    left.catch(() => {}) // awaited below
    await wire.held()
    leaving.abort(new Error('enough'))
    await expect(left).rejects.toThrow('enough')
    expect((await usage(app)).totals).toMatchObject({ calls: 2, failed: 1, calls_estimated: 2, tokens_input: 2 * tokens })
  })
  test('is nothing where it was refused', async () => {
    const { app, embed } = await open(() => ({ status: 400 }))
    await budget(app, 1000)
    await expect(embed(['a'], request)).rejects.toMatchObject({ code: 'MODEL_REFUSED' })
    expect((await usage(app)).totals.calls).toBe(0)
    expect((await listBudgets({ ...app, newId }, owner)).items).toMatchObject([{ spent: 0, reserved: 0 }])
  })
})

describe('auto', () => {
  const pick = async (settings: Settings, provider = 'auto', model = 'auto') => {
    const { known, model: name } = await bench.app(settings).providers.resolveEmbedding('default', provider, model)
    return `${known.id}/${name}`
  }
  test('is the first that has embeddings', async () => {
    expect(await pick({ env: { ANTHROPIC_API_KEY: 'k', MISTRAL_API_KEY: 'k' } })).toBe('mistral/mistral-embed')
    expect(await pick({ env: { OPENAI_API_KEY: 'k' } }, 'openai')).toBe('openai/text-embedding-3-small')
    expect(await pick({ env: { OPENAI_API_KEY: 'k' } }, 'auto', 'text-embedding-3-large')).toBe('openai/text-embedding-3-large')
  })
  test('else a server of one’s own that has a model for it', async () => {
    const dialect = ollamaDialect()
    const other = (url: string) => (url === '/api/tags' ? { models: [{ name: 'qwen3' }, { name: 'nomic-embed-text' }] } : undefined)
    const wire = await bench.wire({ ...dialect, other })
    const { resolveEmbedding } = bench.app({ env: { OLLAMA_HOST: wire.url } }).providers
    for (let i = 0; i < 3; i++)
      expect(await resolveEmbedding('default', 'auto', 'auto')).toMatchObject({ known: { id: 'ollama' }, model: 'nomic-embed-text' })
    expect(wire.others).toHaveLength(1)
    const without = await bench.wire({ ...dialect, other: () => ({ models: [{ name: 'qwen3' }] }) })
    await expect(pick({ env: { OLLAMA_HOST: without.url } })).rejects.toThrow('`ollama pull nomic-embed-text` gets one')
  })
  test('says why there is none', async () => {
    await expect(pick({})).rejects.toThrow('no usable provider has embeddings; name a provider')
    await expect(pick({ env: { ANTHROPIC_API_KEY: 'k' } }, 'anthropic')).rejects.toThrow("provider 'anthropic' has no embeddings")
    await expect(pick({}, 'openai')).rejects.toThrow("provider 'openai' cannot be used: it has no API key")
    await expect(pick({}, 'none')).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' })
  })
})
