import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { addProvider } from './add-provider.ts'
import { owner, providersBench } from './test/app.ts'

describe.each(databases)('options of providers on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test('options and keys of Azure and Bedrock are stored, the keys sealed', async () => {
    const app = bench.app()
    const keys = { access_key_id: 'AKIAEXAMPLE', secret_access_key: 'very-secret', session_token: 'temporary' }
    await addProvider(app, owner, { id: 'cloud', type: 'bedrock', region: 'us-east-1', ...keys })
    await addProvider(app, owner, { id: 'work', type: 'azure', resource_name: 'mine', api: 'responses', api_key: 'very-secret' })
    expect(await app.providers.list('default')).toMatchObject([
      { id: 'cloud', options: { region: 'us-east-1' }, api_key: 'stored', usable: true },
      { id: 'work', options: { resource_name: 'mine', api: 'responses' }, usable: true },
      ...Array.from({ length: 9 }, () => ({})),
    ])
    expect((await app.providers.known('default'))[0]?.aws).toEqual(keys)
    expect(JSON.stringify(await app.db.read.selectFrom('providers').selectAll().execute())).not.toMatch(/very-secret|AKIA|temporary/)
  })

  test.each([
    ['bedrock', {}, 'access_key_id'],
    ['bedrock', { api_key: 'k' }, 'region'],
    ['azure', { api_key: 'k' }, 'resource_name'],
    ['google', {}, 'api_key'],
  ] as const)('what %s lacks is named: %j', async (type, given, path) => {
    await expect(addProvider(bench.app(), owner, { id: 'a', type, ...given })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path }] })
  })

  test("the context of a model from this version's tables, without asking anybody", async () => {
    const app = bench.app({ env: { ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k' } })
    expect(await app.providers.resolveModel('default', 'openai', 'gpt-4o')).toMatchObject({
      type: 'openai',
      context_size: 128_000,
      card: { vision: true, source: 'known' },
    })
    expect((await app.providers.resolveModel('default', 'anthropic', 'nobody-knows')).context_size).toBeNull()
  })
})
