import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { getAlias, listAliases, removeAlias, setAlias } from './model-aliases.ts'
import { namesOf, owner, providersBench } from './test/app.ts'

describe.each(databases)('short names on $name', ({ empty }) => {
  const bench = providersBench(empty)

  test('are set, stand over those built in, and are taken back', async () => {
    const app = bench.app({ env: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' } })
    expect(await getAlias(app, owner, 'claude-sonnet')).toEqual({
      alias: 'claude-sonnet',
      model: 'claude-sonnet-5-5',
      provider_type: 'anthropic',
      source: 'builtin',
      updated_at: null,
    })
    await setAlias(app, owner, { alias: 'claude-sonnet', model: 'claude-sonnet-4-5', provider_type: 'anthropic' })
    await setAlias(app, owner, { alias: 'fast', model: 'gpt-4o-mini', provider_type: 'openai' })
    await setAlias(app, owner, { alias: 'good', model: 'claude-sonnet', provider_type: null })
    expect(await namesOf(app, 'anthropic', 'auto')).toBe('anthropic/claude-sonnet-4-5')
    expect(await namesOf(app, 'auto', 'fast')).toBe('openai/gpt-4o-mini')
    expect(await namesOf(app, 'auto', 'good')).toBe('anthropic/claude-sonnet-4-5')
    expect(await namesOf(app, 'anthropic', 'fast')).toBe('anthropic/fast')
    expect((await listAliases(app, owner)).items.filter(({ source }) => source === 'api').map(({ alias }) => alias)).toEqual([
      'claude-sonnet',
      'fast',
      'good',
    ])
    expect(await setAlias(app, owner, { alias: 'fast', model: 'gpt-4o', provider_type: null })).toMatchObject({ model: 'gpt-4o', source: 'api' })
    expect(await namesOf(app, 'openai', 'fast')).toBe('openai/gpt-4o')
    expect(await removeAlias(app, owner, 'claude-sonnet')).toEqual({ alias: 'claude-sonnet', deleted: true })
    expect(await namesOf(app, 'auto', 'claude-sonnet')).toBe('anthropic/claude-sonnet-5-5')
  })
  test('a circle ends', async () => {
    const app = bench.app({ env: { OPENAI_API_KEY: 'k' } })
    await setAlias(app, owner, { alias: 'a', model: 'b', provider_type: null })
    await setAlias(app, owner, { alias: 'b', model: 'a', provider_type: null })
    expect(await namesOf(app, 'openai', 'a')).toMatch(/^openai\/[ab]$/)
  })
  test('what is not there, and what is built in', async () => {
    const app = bench.app()
    await expect(removeAlias(app, owner, 'none')).rejects.toMatchObject({ code: 'MODEL_ALIAS_NOT_FOUND' })
    await expect(removeAlias(app, owner, 'gpt-4')).rejects.toThrow("'gpt-4' is built in; set it to something else with PUT")
    await expect(getAlias(app, owner, 'none')).rejects.toMatchObject({ code: 'MODEL_ALIAS_NOT_FOUND' })
    await expect(setAlias(app, owner, { alias: 'auto', model: 'x', provider_type: null })).rejects.toMatchObject({ code: 'INVALID' })
  })
})
