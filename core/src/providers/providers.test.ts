import type { ServerResponse } from 'node:http'
import { generateText } from 'ai'
import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { type Seen, type Service, startService } from '../tools/test/http-service.ts'
import { addProvider } from './add-provider.ts'
import { listProviders } from './list-providers.ts'
import { removeProvider } from './remove-provider.ts'
import { owner, providersBench } from './test/app.ts'

describe.each(databases)('providers on $name', ({ empty }) => {
  const bench = providersBench(empty)
  async function serve(answer: (seen: Seen, response: ServerResponse) => void): Promise<Service> {
    const service = await startService(answer)
    bench.closeLater(() => service.close())
    return service
  }
  const answering = (text: string) =>
    serve((_, response) => {
      const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 0, model: 'm', choices, data: [{ id: 'first' }] }))
    })
  const resolved = async (app: ReturnType<typeof bench.app>, provider: string, model: string) => {
    const resolved = await app.providers.resolveModel('default', provider, model)
    return { provider: resolved.provider, model: resolved.model }
  }

  test('without any settings there is the planner, and the others say what they lack', async () => {
    const app = bench.app()
    expect(await resolved(app, 'auto', 'auto')).toEqual({ provider: 'builtin', model: 'planner' })
    const { items } = await listProviders(app, owner)
    const orAdd = ', or add it with POST /api/v1/providers'
    expect(items.map(({ id, usable, reason }) => [id, usable, reason])).toEqual([
      ['openai', false, `it has no API key; set OPENAI_API_KEY${orAdd}`],
      ['anthropic', false, `it has no API key; set ANTHROPIC_API_KEY${orAdd}`],
      ['google', false, `it has no API key; set GOOGLE_GENERATIVE_AI_API_KEY${orAdd}`],
      ['mistral', false, `it has no API key; set MISTRAL_API_KEY${orAdd}`],
      ['azure', false, `it has no resource name; set AZURE_RESOURCE_NAME${orAdd}`],
      ['bedrock', false, `it has no credentials; set AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY${orAdd}`],
      ['ollama', false, `nothing says where it is; set OLLAMA_HOST${orAdd} (POST /api/v1/providers/detect looks on this machine)`],
      ['lmstudio', false, `nothing says where it is; set LMSTUDIO_URL${orAdd} (POST /api/v1/providers/detect looks on this machine)`],
      ['builtin', true, null],
    ])
    await expect(resolved(app, 'anthropic', 'claude-sonnet')).rejects.toThrow(
      "provider 'anthropic' cannot be used: it has no API key; set ANTHROPIC_API_KEY",
    )
    await expect(resolved(app, 'auto', 'gpt-4o')).rejects.toThrow("no usable provider has the model 'gpt-4o': set OPENAI_API_KEY, or add one")
    await expect(resolved(app, 'none', 'auto')).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' })
    await expect(resolved(app, 'builtin', 'gpt-4o')).rejects.toThrow("provider 'builtin' has one model, 'planner'")
  })

  test('auto takes the first that can be used: settings, stored, environment, and the planner last', async () => {
    const app = bench.app({
      env: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' },
      providers: [{ id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9/v1', default_model: 'm' }],
    })
    await addProvider(app, owner, { id: 'mine', type: 'custom', base_url: 'http://127.0.0.1:9/v1/', default_model: 'n' })
    expect((await listProviders(app, owner)).items.map(({ id }) => id)).toEqual([
      'lab',
      'mine',
      'openai',
      'anthropic',
      'google',
      'mistral',
      'azure',
      'bedrock',
      'ollama',
      'lmstudio',
      'builtin',
    ])
    expect(await resolved(app, 'auto', 'auto')).toEqual({ provider: 'lab', model: 'm' })
    expect(await resolved(app, 'openai', 'auto')).toEqual({ provider: 'openai', model: 'gpt-4o-mini' })
  })

  test('auto gives a model to whose it is, else to a gateway', async () => {
    const app = bench.app({ env: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' } })
    expect(await resolved(app, 'auto', 'claude-sonnet')).toEqual({ provider: 'anthropic', model: 'claude-sonnet-5-5' })
    expect(await resolved(app, 'auto', 'gpt-4')).toEqual({ provider: 'openai', model: 'gpt-4.1' })
    expect(await resolved(app, 'auto', 'planner')).toEqual({ provider: 'builtin', model: 'planner' })
    const gateway = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9/v1' }] })
    expect(await resolved(gateway, 'auto', 'gpt-4')).toEqual({ provider: 'lab', model: 'gpt-4' })
    expect(await resolved(gateway, 'auto', 'qwen3:8b')).toEqual({ provider: 'lab', model: 'qwen3:8b' })
  })

  test('a stored key is sealed, shown to nobody, and sent to its own address only', async () => {
    const service = await answering('hello')
    const app = bench.app({ env: { OPENAI_API_KEY: 'from-the-environment', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' } })
    const added = await addProvider(app, owner, { id: 'openai', type: 'openai', base_url: service.url, api_key: 'sk-stored', default_model: 'm' })
    expect(added).toEqual({
      id: 'openai',
      type: 'openai',
      base_url: service.url,
      default_model: 'm',
      options: {},
      api_key: 'stored',
      source: 'api',
      usable: true,
      reason: null,
    })
    expect(JSON.stringify(await app.db.read.selectFrom('providers').selectAll().execute())).not.toContain('sk-stored')
    const { languageModel } = await app.providers.resolveModel('default', 'openai', 'auto')
    expect((await generateText({ model: languageModel, prompt: 'hi' })).text).toBe('hello')
    expect(service.seen).toMatchObject([{ url: '/chat/completions', headers: { authorization: 'Bearer sk-stored' } }])
  })

  test('a key of the environment never goes to a stored address', async () => {
    const service = await answering('hello')
    const app = bench.app({ env: { OPENAI_API_KEY: 'from-the-environment' } })
    await addProvider(app, owner, { id: 'mine', type: 'openai', base_url: service.url, default_model: 'm' })
    const { languageModel } = await app.providers.resolveModel('default', 'mine', 'auto')
    await generateText({ model: languageModel, prompt: 'hi' })
    expect(JSON.stringify(service.seen)).not.toContain('from-the-environment')
  })

  test('another master key spoils the providers that it sealed, and no others', async () => {
    await addProvider(bench.app(), owner, { id: 'mine', type: 'openai', api_key: 'k' })
    const app = bench.app({ key: Buffer.alloc(32, 7).toString('base64') })
    const mine = (await listProviders(app, owner)).items.find(({ id }) => id === 'mine')
    expect(mine).toMatchObject({ usable: false, reason: expect.stringMatching(/was sealed with another key .*than CADRE_KEY/) })
    expect(await resolved(app, 'auto', 'auto')).toEqual({ provider: 'builtin', model: 'planner' })
  })

  test('a provider without a default model is asked for one, once', async () => {
    const service = await answering('hello')
    const app = bench.app()
    await addProvider(app, owner, { id: 'lab', type: 'custom', base_url: service.url, api_key: 'k' })
    expect(await resolved(app, 'lab', 'auto')).toEqual({ provider: 'lab', model: 'first' })
    expect(await resolved(app, 'lab', 'auto')).toEqual({ provider: 'lab', model: 'first' })
    expect(service.seen).toMatchObject([{ url: '/models', headers: { authorization: 'Bearer k' } }])
  })

  test('and says in plain words when it gives none', async () => {
    const service = await serve((_, response) => response.writeHead(404).end('no'))
    const app = bench.app()
    await addProvider(app, owner, { id: 'lab', type: 'custom', base_url: service.url })
    await expect(resolved(app, 'lab', 'auto')).rejects.toThrow(
      `provider 'lab' answered 404 and no list of models at ${service.url}/models; name a model in the agent`,
    )
    await service.close()
    await expect(resolved(app, 'lab', 'auto')).rejects.toThrow(`was asked for its models: lab was refused at ${service.host}: is the server running?`)
  })

  test('model objects are made once', async () => {
    const app = bench.app({ env: { OPENAI_API_KEY: 'k' } })
    const [one, two] = [await app.providers.resolveModel('default', 'openai', 'm'), await app.providers.resolveModel('default', 'auto', 'm')]
    expect(one.languageModel).toBe(two.languageModel)
  })

  describe('adding and removing', () => {
    test('an id is free once, and never one with a meaning of its own', async () => {
      const app = bench.app({ providers: [{ id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9' }] })
      const add = (id: string) => addProvider(app, owner, { id, type: 'openai', api_key: 'k' })
      const both = await Promise.allSettled([add('mine'), add('mine')])
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      for (const id of ['mine', 'lab', 'auto', 'builtin'])
        await expect(add(id)).rejects.toMatchObject({ code: 'PROVIDER_ID_TAKEN', issues: [{ path: 'id' }] })
    })
    test('what is missing is named', async () => {
      const app = bench.app()
      await expect(addProvider(app, owner, { id: 'a', type: 'custom' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'base_url' }] })
      await expect(addProvider(app, owner, { id: 'a', type: 'openai' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'api_key' }] })
    })
    test('only stored ones can be removed', async () => {
      const app = bench.app()
      await addProvider(app, owner, { id: 'mine', type: 'openai', api_key: 'k' })
      expect(await removeProvider(app, owner, 'mine')).toEqual({ id: 'mine', deleted: true })
      for (const id of ['mine', 'openai', 'builtin'])
        await expect(removeProvider(app, owner, id)).rejects.toMatchObject({ code: 'PROVIDER_NOT_FOUND' })
    })
  })
})
