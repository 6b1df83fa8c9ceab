import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { listAllModels } from './list-models.ts'
import { namesOf, owner, providersBench } from './test/app.ts'
import { gemini } from './test/gemini-dialect.ts'
import { ollamaDialect } from './test/ollama-dialect.ts'
import { chat } from './test/openai-dialects.ts'

describe.each(databases)('models on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test('a line of `models:` is found by its name, and its id is a model', async () => {
    const ids = ['qwen2.5-7b', 'mistral-7b-instruct-v0.3', 'nomic-embed']
    const wire = await bench.wire({ ...chat, other: () => ({ data: ids.map((id) => ({ id })) }) })
    const line = { type: 'lmstudio' as const, base_url: wire.url, capabilities: ['text' as const, 'tools' as const] }
    const app = bench.app({
      providers: [
        { id: 'mine', model_like: 'Mistral 7B', ...line },
        { id: 'other', model_like: 'Llama2', ...line },
      ],
    })
    expect(await namesOf(app, 'auto', 'mine')).toBe('mine/mistral-7b-instruct-v0.3')
    expect((await app.providers.resolveModel('default', 'mine', 'auto')).card).toMatchObject({
      chat: true,
      tools: true,
      vision: null,
      source: 'configured',
    })
    await expect(namesOf(app, 'other', 'auto')).rejects.toThrow(
      "provider 'other' has no model like 'Llama2'; it has qwen2.5-7b, mistral-7b-instruct-v0.3, nomic-embed; name a model",
    )
  })

  test('every usable provider is asked for its models; one that is down is named', async () => {
    const [local, maker, gone] = [await bench.wire(ollamaDialect()), await bench.wire(gemini), await bench.wire(chat)]
    await gone.close()
    const app = bench.app({
      env: { OLLAMA_HOST: local.url, GOOGLE_GENERATIVE_AI_API_KEY: 'k', GOOGLE_GENERATIVE_AI_BASE_URL: maker.url },
      providers: [{ id: 'gone', type: 'custom', base_url: gone.url, default_model: 'm' }],
    })
    const { items, problems } = await listAllModels(app, owner, undefined)
    expect(items.map(({ provider, model, is_default }) => [provider, model, is_default])).toEqual([
      ['gone', 'm', true],
      ['google', 'double', false],
      ['google', 'gemini-flash-latest', true],
      ['ollama', 'double:latest', false],
      ['builtin', 'planner', true],
    ])
    expect(items.find(({ model }) => model === 'gemini-flash-latest')?.aliases).toEqual(['gemini-flash'])
    expect(items.find(({ model }) => model === 'double')?.card).toMatchObject({ chat: true, context_size: 1000, source: 'reported' })
    expect(problems).toEqual([{ provider: 'gone', error: `gone was refused at ${gone.host}: is the server running?` }])
    expect((await listAllModels(app, owner, 'ollama')).items.map(({ model }) => model)).toEqual(['double:latest'])
    expect((await listAllModels(app, owner, 'openai')).problems).toMatchObject([{ provider: 'openai', error: expect.stringContaining('no API key') }])
    await expect(listAllModels(app, owner, 'none')).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' })
  })
})
