import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { detectProviders, usualPlaces } from './detect-providers.ts'
import { owner, providersBench } from './test/app.ts'
import { ollamaDialect } from './test/ollama-dialect.ts'
import { chat } from './test/openai-dialects.ts'

describe.each(databases)('detection on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test('servers on this machine are looked for when somebody asks', async () => {
    const llama = await bench.wire({
      ...chat,
      other: (url) => (url === '/v1/models' ? { data: [{ id: 'm.gguf', owned_by: 'llamacpp', meta: { n_ctx: 4096 } }] } : undefined),
    })
    const [ollama, gone] = [await bench.wire(ollamaDialect()), await bench.wire(chat)]
    await gone.close()
    const app = bench.app({ providers: [{ id: 'mine', type: 'ollama', base_url: ollama.url }] })
    const places = [
      { type: 'ollama' as const, base_url: ollama.url },
      { type: 'lmstudio' as const, base_url: gone.url },
      { type: 'custom' as const, base_url: `${llama.url}/v1` },
      { type: 'custom' as const, base_url: ollama.url },
    ]
    expect((await detectProviders(app, owner, places)).items).toMatchObject([
      { type: 'ollama', found: true, server: 'ollama', provider: 'mine', models: [{ id: 'double:latest' }], error: null },
      { type: 'lmstudio', found: false, provider: null, error: expect.stringContaining("is LM Studio's server running?") },
      { type: 'custom', found: true, server: 'llama.cpp', models: [{ id: 'm.gguf', card: { context_size: 4096 } }] },
      { type: 'custom', found: false, error: expect.stringContaining('something else answers there') },
    ])
  })

  test('where it is looked', () => {
    const usual = usualPlaces({}).map(({ base_url }) => base_url)
    expect(usual).toEqual(['http://127.0.0.1:11434', 'http://127.0.0.1:1234', 'http://127.0.0.1:8080/v1'])
    expect(
      usualPlaces({ OLLAMA_HOST: 'box:1', LMSTUDIO_URL: 'http://lan:2/' })
        .map(({ base_url }) => base_url)
        .slice(0, 2),
    ).toEqual(['http://box:1', 'http://lan:2'])
  })
})
