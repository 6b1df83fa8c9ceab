import { generateText } from 'ai'
import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { addProvider } from './add-provider.ts'
import { listAllModels } from './list-models.ts'
import { removeProvider } from './remove-provider.ts'
import { owner, providersBench } from './test/app.ts'
import { anthropic } from './test/anthropic-dialect.ts'
import { embeddings } from './test/embedding-dialect.ts'
import { ollamaDialect } from './test/ollama-dialect.ts'
import { chat } from './test/openai-dialects.ts'
import { testProvider } from './test-provider.ts'

const ways: Parameters<typeof testProvider>[3] = {
  ask: async (model, prompt, abortSignal) => (await generateText({ model, prompt, abortSignal, maxRetries: 0 })).text,
  metered: (_, { languageModel }) => languageModel, // runs/metered-model.test.ts
}

describe.each(databases)('a test on $name', ({ empty }) => {
  const bench = providersBench(empty)

  const able: Parameters<typeof bench.wire>[1] = ({ tools, json, body }) => {
    if (tools.includes('get_temperature')) return { calls: [{ tool: 'get_temperature', input: { city: 'Lisbon' } }] }
    if (json) return { text: '{"answer":42}' }
    return { text: JSON.stringify(body).includes('image') ? 'Red.' : '1 2 3 4 5' }
  }
  test('measures a model and keeps its card', async () => {
    const wire = await bench.wire(anthropic, able)
    const app = bench.app({ providers: [{ id: 'lab', type: 'anthropic', base_url: wire.url, default_model: 'm' }] })
    const card = {
      chat: true,
      streaming: true,
      tools: true,
      vision: true,
      structured_output: true,
      embeddings: false,
      source: 'measured',
      measured_at: '2023-11-14T22:13:20.000Z',
    }
    expect(await testProvider(app, owner, { id: 'lab' }, ways)).toMatchObject({
      ok: true,
      model: 'm',
      text: '1 2 3 4 5',
      error: null,
      card,
      notes: [],
    })
    expect((await app.providers.resolveModel('default', 'lab', 'm')).card).toMatchObject(card)
    expect((await listAllModels(app, owner, 'lab')).items.find(({ model }) => model === 'm')?.card).toMatchObject(card)
  })
  test('says what it cannot, in the words of the server', async () => {
    const refusal = { status: 400, body: '{"error":"registry.ollama.ai/library/tiny does not support tools"}' }
    const wire = await bench.wire(ollamaDialect(), ({ tools, json, stream }) =>
      tools.length ? refusal : { text: json ? 'forty-two' : stream ? 'one' : 'A cat.' },
    )
    const app = bench.app()
    await addProvider(app, owner, { id: 'lab', type: 'ollama', base_url: wire.url, default_model: 'tiny' })
    const { card, notes } = await testProvider(app, owner, { id: 'lab' }, ways)
    expect(card).toMatchObject({ chat: true, streaming: false, tools: false, vision: false, structured_output: false, context_size: 8192 })
    expect(notes).toEqual([
      { capability: 'streaming', message: 'the answer came in one piece' },
      { capability: 'tools', message: expect.stringContaining("says that 'tiny' cannot use tools") },
      { capability: 'vision', message: 'it was shown a red picture and said: A cat.' },
      { capability: 'structured_output', message: 'it was asked for JSON and said: forty-two' },
    ])
    expect(await app.db.read.selectFrom('model_cards').select('model').execute()).toHaveLength(1)
    await removeProvider(app, owner, 'lab')
    expect(await app.db.read.selectFrom('model_cards').select('model').execute()).toEqual([])
  })
  describe('does not believe', () => {
    test('what Ollama lists: capabilities and context', async () => {
      const shown = { capabilities: ['completion', 'tools', 'vision', 'embedding'], model_info: { 'llama.context_length': 131_072 }, running: 2048 }
      const wire = await bench.wire(
        ollamaDialect(() => shown),
        ({ tools, json }) => ({ text: tools.length ? 'I would call get_temperature.' : json ? '{"answer":"42"}' : 'I see nothing.' }),
      )
      const app = bench.app({ providers: [{ id: 'lab', type: 'ollama', base_url: wire.url, default_model: 'double' }] })
      expect((await app.providers.resolveModel('default', 'lab', 'auto')).card).toMatchObject({
        tools: true,
        vision: true,
        embeddings: true,
        source: 'reported',
      })
      const { ok, card, notes } = await testProvider(app, owner, { id: 'lab' }, ways)
      expect([ok, card]).toMatchObject([
        true,
        {
          chat: true,
          streaming: true,
          tools: false,
          vision: false,
          embeddings: false,
          structured_output: false,
          context_size: 2048,
          source: 'measured',
        },
      ])
      expect(notes.map(({ message }) => message)).toEqual([
        'it was told to call a tool and did not',
        'it was shown a red picture and said: I see nothing.',
        'it was asked for JSON and said: {"answer":"42"}',
      ])
      const measured = (await app.providers.resolveModel('default', 'lab', 'auto')).card
      expect(measured).toMatchObject({ tools: false, vision: false, embeddings: false, source: 'measured' })
    })
    test("the context of llama.cpp's list, but what its slots have", async () => {
      const dialect = {
        ...chat,
        other: (url: string) => {
          if (url === '/v1/models') return { data: [{ id: 'm', owned_by: 'llamacpp', meta: { n_ctx: 65_536 } }] }
          return url === '/props' ? { default_generation_settings: { n_ctx: 4096 } } : undefined
        },
      }
      const wire = await bench.wire(dialect, able)
      const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'm' }] })
      expect((await testProvider(app, owner, { id: 'lab' }, ways)).card?.context_size).toBe(4096)
      expect((await app.providers.resolveModel('default', 'lab', 'm')).context_size).toBe(4096)
    })
    test('a call of another tool, or for another place', async () => {
      for (const call of [
        { tool: 'get_weather', input: { city: 'Lisbon' } },
        { tool: 'get_temperature', input: { city: 'Paris' } },
      ]) {
        const wire = await bench.wire(chat, ({ tools }) => (tools.length ? { calls: [call] } : { text: 'hello there' }))
        const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'm' }] })
        const { card, notes } = await testProvider(app, owner, { id: 'lab' }, ways)
        expect(card?.tools).toBe(false)
        expect(notes[0]).toEqual({ capability: 'tools', message: `it called ${call.tool} with ${JSON.stringify(call.input)}` })
      }
    })
    test('an answer with nothing in it', async () => {
      const wire = await bench.wire(chat, () => ({ text: ' ' }))
      const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'm' }] })
      expect(await testProvider(app, owner, { id: 'lab' }, ways)).toMatchObject({ ok: false, card: null, error: 'it answered with an empty text' })
    })
    test.each([
      ['[]', 'the vector is empty'],
      ['[0.1, 0.2]', 'two different texts have the same vector'],
    ])('vectors such as %s', async (vector, message) => {
      const wire = await bench.wire(embeddings, () => ({ body: `{"data":[{"embedding":${vector}}]}` }))
      const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'nomic-embed' }] })
      expect(await testProvider(app, owner, { id: 'lab' }, ways)).toMatchObject({ ok: false, card: null, error: expect.stringContaining(message) })
    })
  })
  test('a server that is busy says nothing of the model', async () => {
    const wire = await bench.wire(chat, (_, count) => (count === 1 ? { text: 'hello' } : { status: 503 }))
    const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'm' }] })
    const { ok, card, notes } = await testProvider(app, owner, { id: 'lab' }, ways)
    expect([ok, card?.chat, card?.streaming, card?.tools, notes.length]).toEqual([true, true, null, null, 4])
  })
  test('of a model for embeddings asks for a vector', async () => {
    const wire = await bench.wire({
      ...chat,
      other: (url, body) =>
        url === '/v1/embeddings' ? { data: [{ embedding: [0.1, String(body['input']).length], index: 0 }], usage: { prompt_tokens: 1 } } : undefined,
    })
    const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: `${wire.url}/v1`, default_model: 'nomic-embed-text' }] })
    expect(await testProvider(app, owner, { id: 'lab' }, ways)).toMatchObject({
      ok: true,
      text: 'a vector of 2 numbers',
      card: { embeddings: true, chat: false },
    })
  })
  test('says in plain words why there is no answer, and keeps no card', async () => {
    const wire = await bench.wire(chat)
    await wire.close()
    const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: wire.url, default_model: 'm' }] })
    expect(await testProvider(app, owner, { id: 'lab', model: 'n' }, ways)).toEqual({
      ok: false,
      model: 'n',
      latency_ms: null,
      first_token_ms: null,
      text: null,
      error: `lab was refused at ${wire.host}: is the server running?`,
      card: null,
      notes: [],
    })
    expect(await testProvider(app, owner, { id: 'openai' }, ways)).toMatchObject({ ok: false, error: expect.stringContaining('it has no API key') })
    await expect(testProvider(app, owner, { id: 'none' }, ways)).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' })
    expect(await app.db.read.selectFrom('model_cards').select('model').execute()).toEqual([])
  })
})
