import { SwitchLifecycle } from '@cadre/contract/lifecycle'
import { afterEach, describe, expect, test } from 'vitest'
import { addCodeHook, addServiceHook } from '../plugins/lifecycle/test/hooks.ts'
import { databaseUrls } from '../storage/test/databases.ts'
import { owner } from '../test/world.ts'
import { newTurns, type Turns } from './turns/test/turn-world.ts'

describe.each(databaseUrls)('hooks of messages on $name', ({ name, url }) => {
  let turns: Turns
  afterEach(() => turns.close())
  const open = async (options: Parameters<typeof newTurns>[0] = {}) =>
    (turns = await newTurns({ work: false, database_url: await url(), ...options }))
  const hooked = async (room: { id: string }) => {
    const rows = await turns.app.db.read.selectFrom('conversation_events').select(['type', 'data']).where('conversation_id', '=', room.id).execute()
    return rows.filter(({ type }) => type === 'hooks.applied').map(({ data }) => JSON.parse(data).hooks)
  }
  const state = (id: string) => turns.api.plugins.lifecycle(owner, { id })

  test('they go by order and then by id, each is given what those before it left, and the rest of the server sees only the end', async () => {
    await open()
    const add = (letter: string) => `return { content: input.message.content + '${letter}' }`
    await addCodeHook(turns, 'late', { before_message_send: add('3') }, { before_message_send: { changes: true, order: 200 } })
    await addCodeHook(turns, 'b-same', { before_message_send: add('2') }, { before_message_send: { changes: true } })
    await addCodeHook(turns, 'a-same', { before_message_send: add('1') }, { before_message_send: { changes: true } })
    await addCodeHook(turns, 'first', { before_message_send: 'return null' }, { before_message_send: { order: -1 } })
    const room = await turns.begin([await turns.agent()])
    expect((await turns.say(room, 'x')).content).toBe('x123')
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['x123'])
    expect(await hooked(room)).toEqual([['a-same', 'b-same', 'late'].map((hook) => ({ hook, outcome: 'changed' }))])
    expect((await state('first')).points).toMatchObject([{ on: true, calls: 1, changed: 0, failed: 0 }])
    expect((await state('late')).points).toMatchObject([{ calls: 1, changed: 1 }])
  })

  test('a message that is sent again with its key is the one that is there, and no hook is asked', async () => {
    await open()
    await addServiceHook(turns, { before_message_send: { changes: true } })
    turns.effects.behave(({ input }) => ({ body: { content: `${(input['message'] as { content: string }).content}!` } }))
    const room = await turns.begin([await turns.agent()])
    const first = await turns.say(room, 'hi', { client_key: 'k' })
    expect(await turns.say(room, 'hi', { client_key: 'k' })).toEqual(first)
    expect(first.content).toBe('hi!')
    expect(turns.effects.arrivals).toHaveLength(1)
    expect(turns.effects.arrivals[0]?.input).toEqual({
      options: {},
      message: { content: 'hi', attachments: 0, thread_id: null, edit: false },
      conversation: { id: room.id, kind: 'dm', title: null },
      author: { kind: 'user', id: 'local' },
      agents: [{ id: room.participants.find(({ kind }) => kind === 'agent')?.id, name: expect.any(String) }],
    })
  })

  test('off until it is switched on, with options, for these agents only, and off again', async () => {
    await open()
    const say = `return { content: input.message.content + (input.options.word ?? '') }`
    await addCodeHook(turns, 'adds', { before_message_send: say }, { before_message_send: { changes: true } }, null)
    const [mine, other] = [await turns.agent(), await turns.agent()]
    const [here, there] = [await turns.begin([mine]), await turns.begin([other])]
    const both = async () => [(await turns.say(here, 'x')).content, (await turns.say(there, 'x')).content]
    const on = (input: object) => turns.api.plugins.switchLifecycle(owner, { id: 'adds', ...SwitchLifecycle.parse(input) })
    expect(await both()).toEqual(['x', 'x'])
    const switched = await on({ options: { word: '!' }, agents: [mine.slug] })
    expect(switched).toMatchObject({
      agents: [mine.id],
      options: { word: '!' },
      switched_by: 'local',
      points: [{ point: 'before_message_send', on: true }],
    })
    expect(await both()).toEqual(['x!', 'x'])
    await on({ options: { word: '?' } })
    expect(await both()).toEqual(['x?', 'x?'])
    expect(await on({ points: [] })).toMatchObject({ switched_by: null, points: [{ on: false, calls: 3 }] })
    expect(await both()).toEqual(['x', 'x'])
    await expect(on({ options: { word: 7 } })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'options.word' }] })
    await expect(on({ points: ['workflow_execution'] })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'points[0]' }] })
    await expect(on({ agents: ['nobody'] })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'agents[0]' }] })
    await expect(turns.api.plugins.switchLifecycle(owner, { id: 'calculator', ...SwitchLifecycle.parse({}) })).rejects.toMatchObject({
      code: 'INVALID',
    })
  })

  test('a ForgeHook that is gone while it is on fails, and lets nothing pass where it was required', async () => {
    await open()
    const points = { before_message_send: { required: false } }
    const row = { workspace_id: 'default', agents: null, options: '{}', switched_by: 'local', switched_at: 1 }
    const gone = (plugin_id: string, required: boolean) =>
      turns.app.db.write((trx) =>
        trx
          .insertInto('lifecycle_switches')
          .values({ ...row, plugin_id, points: JSON.stringify({ ...points, before_message_send: { required } }) })
          .execute(),
      )
    await gone('was-here', false)
    const room = await turns.begin([await turns.agent()])
    await turns.say(room, 'x')
    expect(await hooked(room)).toEqual([[{ hook: 'was-here', outcome: 'failed' }]])
    await gone('was-needed', true)
    turns.app.lifecycle.forget('default')
    await expect(turns.say(room, 'x')).rejects.toMatchObject({ code: 'HOOK_FAILED', message: expect.stringMatching(/not there any more/) })
  })

  if (name !== 'SQLite') return

  test('one that refuses names itself and its reason, and nothing is stored; an edit and a branch are asked about as well', async () => {
    await open()
    await addCodeHook(turns, 'no-swearing', {
      before_message_send: `if (/darn/.test(input.message.content)) return { refuse: 'mind your words' }`,
    })
    const room = await turns.begin([await turns.agent()])
    const refused = {
      code: 'HOOK_REFUSED',
      message: "the ForgeHook 'no-swearing' refused the message: mind your words",
      issues: [{ path: 'content' }],
    }
    await expect(turns.say(room, 'darn it')).rejects.toMatchObject(refused)
    expect(await turns.messages(room)).toEqual([])
    const { id: messageId } = await turns.say(room, 'fine')
    for (const branch of [false, true])
      await expect(turns.api.messages.edit(owner, { messageId, content: 'darn', branch })).rejects.toMatchObject(refused)
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['fine'])
    expect((await state('no-swearing')).points).toMatchObject([{ calls: 4, refused: 3, failed: 0 }])
  })

  test('one that fails is left out and shown, whatever it does; a required one lets nothing pass', async () => {
    await open()
    const bodies = {
      thrower: `throw new Error('boom')`,
      'endless-loop': 'for (;;) {}',
      'never-answers': 'return new Promise(() => {})',
      nonsense: `return { contents: 'x' }`,
      'may-not': `return { content: 'changed all the same' }`,
      swallower: `return { content: ' ' }`,
    }
    for (const [id, before_message_send] of Object.entries(bodies)) {
      const limits = { timeout_ms: id === 'endless-loop' ? 300 : 10_000, changes: id === 'swallower' }
      await addCodeHook(turns, id, { before_message_send }, { before_message_send: limits })
    }
    const room = await turns.begin([await turns.agent()])
    expect((await turns.say(room, 'as it was')).content).toBe('as it was')
    const failed = Object.keys(bodies).toSorted()
    expect(await hooked(room)).toEqual([failed.map((hook) => ({ hook, outcome: 'failed' }))])
    const reasons = await Promise.all(failed.map(async (id) => (await state(id)).points[0]?.last_error))
    expect(reasons).toEqual([
      expect.stringMatching(/300 ms/),
      expect.stringMatching(/"changes": true/),
      expect.stringMatching(/never settles/),
      expect.stringMatching(/contents/),
      'it left nothing of the message',
      expect.stringMatching(/boom/),
    ])
    await addCodeHook(turns, 'needed', { before_message_send: `throw new Error('boom')` }, { before_message_send: { required: true } })
    await expect(turns.say(room, 'again')).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      message: expect.stringMatching(/'needed' failed at before_message_send/),
    })
    expect(await turns.messages(room)).toHaveLength(1)
  })

  test('who may not write in a conversation reaches no hook either', async () => {
    await open()
    await addServiceHook(turns, { before_message_send: {} })
    await expect(turns.say({ id: 'cnv_none' }, 'hi')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(turns.effects.arrivals).toEqual([])
  })

  test('builders neither switch hooks on nor replace or remove what is on', async () => {
    await open()
    await addCodeHook(turns, 'on', { before_message_send: '' })
    const builder = { ...owner, role: 'builder' as const, id: 'usr_b', user_id: 'usr_b' }
    await expect(turns.api.plugins.switchLifecycle(builder, { id: 'on', ...SwitchLifecycle.parse({}) })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(turns.api.plugins.remove(builder, { id: 'on' })).rejects.toMatchObject({ code: 'FORBIDDEN', message: /switched on/ })
    await turns.api.plugins.remove(owner, { id: 'on' })
    expect(await turns.app.db.read.selectFrom('lifecycle_switches').selectAll().execute()).toEqual([])
  })
})
