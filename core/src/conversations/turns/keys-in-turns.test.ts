import { afterEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../access/actor.ts'
import { workElsewhere } from '../../runs/test/restart.ts'
import { databaseUrls } from '../../storage/test/databases.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

const key: Actor = { ...owner, kind: 'key', id: 'key_one' }

describe.each(databaseUrls)('API keys in turns on $name', ({ url }) => {
  let turns: Turns
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await turns.close()
  })
  const keysOfRuns = async () => (await turns.app.db.read.selectFrom('runs').select('key_id').orderBy('id').execute()).map(({ key_id }) => key_id)

  test('a message that came with a key is answered on its account, also where agents go on, and so is what a key asks for again', async () => {
    turns = await newTurns({ database_url: await url(), script: (_, count) => ({ text: count === 1 ? 'ask @second' : 'done' }) })
    const first = await turns.agent({ name: 'First' })
    const second = await turns.agent({ name: 'Second' })
    const room = await turns.begin([first, second])
    await turns.say(room, '@first go', {}, key)
    await turns.rest(room)
    expect(await keysOfRuns()).toEqual(['key_one', 'key_one'])
    const usage = await turns.api.usage.get(owner, { group_by: ['key'], limit: 10 })
    expect(usage.groups).toMatchObject([{ key: 'key_one', calls: 2 }])
    await turns.say(room, '@second thanks')
    await turns.rest(room)
    await turns.api.messages.regenerate(key, { messageId: (await turns.messages(room)).at(-1)?.id ?? '' })
    await turns.rest(room)
    expect(await keysOfRuns()).toEqual(['key_one', 'key_one', null, 'key_one'])
  })

  test('an agent that names its keys answers no message that came with another, and says so', async () => {
    turns = await newTurns({ database_url: await url() })
    const agent = await turns.agent({ allowed_api_keys: ['key_two'] })
    const room = await turns.begin([agent])
    await turns.say(room, 'hello', {}, key)
    await turns.rest(room)
    expect((await turns.messages(room)).at(-1)).toMatchObject({ author_kind: 'agent', status: 'failed', metadata: { error: { code: 'FORBIDDEN' } } })
    expect(await keysOfRuns()).toEqual([])
    await turns.say(room, 'hello', {}, { ...key, id: 'key_two' })
    await turns.rest(room)
    await turns.say(room, 'hello')
    await turns.rest(room)
    expect(await keysOfRuns()).toEqual(['key_two', null])
  })

  test('where one answer is for several messages, the agent must let the key of each', async () => {
    turns = await newTurns({ database_url: await url(), work: false })
    const room = await turns.begin([await turns.agent({ allowed_api_keys: ['key_two'] })])
    await turns.say(room, 'one', {}, key)
    await turns.say(room, 'two')
    closing.push(await workElsewhere(turns))
    await turns.rest(room)
    expect(await keysOfRuns()).toEqual([])
    expect((await turns.messages(room)).at(-1)).toMatchObject({ status: 'failed' })
  })

  test('what comes with a key while an agent works for somebody else is not put into that work', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    const script = async (_: unknown, count: number) => {
      if (count > 1) return { text: `done ${count}` }
      asked.resolve()
      await said.promise
      return { calls: [{ tool: 'calculator__calculate', input: { expression: '1+1' } }] }
    }
    turns = await newTurns({ database_url: await url(), script })
    const room = await turns.begin([await turns.agent()], { turns: 'steer' })
    await turns.say(room, 'add')
    await asked.promise
    await turns.say(room, 'and this', {}, key)
    said.resolve()
    await turns.rest(room)
    expect((await turns.messages(room)).filter(({ author_kind }) => author_kind === 'agent').map(({ content }) => content)).toEqual([
      'done 2',
      'done 3',
    ])
    expect(await keysOfRuns()).toEqual([null, 'key_one'])
  })
})
