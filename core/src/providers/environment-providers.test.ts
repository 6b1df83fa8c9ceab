import { CreateProvider } from '@cadre/contract/providers'
import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { namesOf, providersBench } from './test/app.ts'

describe.each(databases)('providers of the environment on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test('makes each provider with what its own library reads', async () => {
    const app = bench.app({
      env: {
        GOOGLE_GENERATIVE_AI_API_KEY: 'g',
        MISTRAL_API_KEY: 'm',
        AZURE_API_KEY: 'a',
        AZURE_RESOURCE_NAME: 'mine',
        AZURE_API_VERSION: '2024-10-21',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'i',
        AWS_SECRET_ACCESS_KEY: 's',
        OLLAMA_HOST: '0.0.0.0',
        OLLAMA_CONTEXT_LENGTH: '8192',
        LMSTUDIO_URL: 'http://127.0.0.1:1234/',
      },
    })
    const usable = (await app.providers.list('default')).filter((each) => each.usable)
    expect(usable.map(({ id, base_url, api_key, options }) => [id, base_url, api_key, options])).toEqual([
      ['google', null, 'environment', {}],
      ['mistral', null, 'environment', {}],
      ['azure', null, 'environment', { resource_name: 'mine', api_version: '2024-10-21' }],
      ['bedrock', null, 'environment', { region: 'eu-central-1' }],
      ['ollama', 'http://127.0.0.1:11434', 'none', { context_size: 8192 }],
      ['lmstudio', 'http://127.0.0.1:1234', 'none', {}],
      ['builtin', null, 'none', {}],
    ])
    expect(await namesOf(app, 'auto', 'auto')).toBe('google/gemini-flash-latest')
    expect(await namesOf(app, 'auto', 'mistral-large')).toBe('mistral/mistral-large-latest')
    expect(await namesOf(app, 'auto', 'eu.anthropic.claude-sonnet-4-20250514-v1:0')).toMatch(/^bedrock\//)
  })
  test('credentials for AWS do not make `auto` call Amazon', async () => {
    const app = bench.app({ env: { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' } })
    expect(await namesOf(app, 'auto', 'auto')).toBe('builtin/planner')
    await expect(namesOf(app, 'bedrock', 'auto')).rejects.toThrow("provider 'bedrock' has no default_model; name a model in the agent")
  })
  test('a wrong address or size stops the start', () => {
    expect(() => bench.app({ env: { OLLAMA_HOST: 'no address' } })).toThrow("OLLAMA_HOST: 'no address' is no address")
    expect(() => bench.app({ env: { OLLAMA_HOST: 'x', OLLAMA_CONTEXT_LENGTH: 'all' } })).toThrow(
      "OLLAMA_CONTEXT_LENGTH: 'all' is no number of tokens",
    )
  })

  test('an address with a password in it is refused, since addresses are shown', () => {
    expect(() => bench.app({ env: { OPENAI_BASE_URL: 'http://me:secret@127.0.0.1:1/v1' } })).toThrow('the address of openai in the environment')
    const parsed = CreateProvider.safeParse({ id: 'x', type: 'custom', base_url: 'http://me:secret@127.0.0.1:1/v1' })
    expect(parsed.error?.issues).toMatchObject([{ path: ['base_url'], message: 'must not hold a user name or password' }])
  })
})
