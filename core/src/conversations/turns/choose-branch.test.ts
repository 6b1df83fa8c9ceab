import type { Message } from '@cadre/contract/messages'
import { afterEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../../storage/test/databases.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

const missing = { code: 'MESSAGE_NOT_FOUND' }

describe.each(databaseUrls)('a branch that is shown again, on $name', ({ url }) => {
  let turns: Turns
  afterEach(() => turns.close())
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))
  const contents = (messages: Message[]) => messages.map(({ content }) => content)
  const choose = (message: Message | undefined, actor = owner) => turns.api.messages.choose(actor, { messageId: message?.id ?? '' })

  test('is what everybody sees, what agents are shown and what is gone on from, back and forth', async () => {
    await open({ script: ({ messages }, count) => ({ text: `${count}: ${String(messages.at(-1)?.content)}` }) })
    const room = await turns.begin([await turns.agent()])
    await turns.say(room, 'red?')
    await turns.rest(room)
    await turns.say(room, 'why?')
    await turns.rest(room)
    const [, first] = await turns.messages(room)
    await turns.api.messages.regenerate(owner, { messageId: first?.id ?? '' })
    await turns.rest(room)
    expect(contents(await turns.messages(room))).toEqual(['red?', '3: red?'])
    const [, second] = await turns.messages(room)
    const events = turns.watch(room)

    const { shown, hidden } = await choose(first)
    expect(shown).toHaveLength(3)
    expect(hidden).toEqual([second?.id])
    expect(contents(await turns.messages(room))).toEqual(['red?', '1: red?', 'why?', '2: why?'])
    const told = new Map<string, boolean>()
    while (!(told.get(first?.id ?? '') && told.get(second?.id ?? '') === false)) {
      const event = await events.next()
      if (event.type === 'message.updated') told.set(event.message.id, event.message.active)
    }
    events.close()
    expect(await choose(first)).toEqual({ shown: [], hidden: [] })

    await turns.say(room, 'go on')
    await turns.rest(room)
    expect(
      turns.model.requests
        .at(-1)
        ?.messages.slice(1)
        .map(({ content }) => content),
    ).toEqual(['red?', '1: red?', 'why?', '2: why?', 'go on'])
    await choose(second)
    expect(contents(await turns.messages(room))).toEqual(['red?', '3: red?'])
    await turns.say(room, 'and that?')
    await turns.rest(room)
    expect(contents(await turns.messages(room))).toEqual(['red?', '3: red?', 'and that?', '5: and that?'])
    // Each end keeps what was said after it, though both branches were gone on from in turns.
    await choose(first)
    expect(contents(await turns.messages(room))).toEqual(['red?', '1: red?', 'why?', '2: why?', 'go on', '4: go on'])
  })

  test('may begin with the first message, and leaves threads alone', async () => {
    await open({ script: ({ messages }) => ({ text: `on ${String(messages.at(-1)?.content)}` }) })
    const room = await turns.begin([await turns.agent()])
    const red = await turns.say(room, 'red')
    await turns.rest(room)
    await turns.say(room, 'beside it', { thread_id: red.id })
    await turns.rest(room)
    await turns.api.messages.edit(owner, { messageId: red.id, content: 'blue', branch: true })
    await turns.rest(room)
    const [blue] = await turns.messages(room)
    await choose(red)
    expect(contents(await turns.messages(room))).toEqual(['red', 'on red'])
    await choose(blue)
    expect(contents(await turns.messages(room))).toEqual(['blue', 'on blue'])
    const thread = await turns.api.messages.list(owner, { conversationId: room.id, limit: 9, branches: 'active', thread: red.id })
    expect(contents(thread.items)).toEqual(['beside it', 'on red\n\nbeside it'])
  })

  test('stays as it is while an agent answers, where others went on, and for who may not write there', async () => {
    const gate = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 3) await gate.promise
        return { text: `answer ${count}` }
      },
    })
    const room = await turns.begin([await turns.agent()], {}, 'group')
    await turns.say(room, 'red?')
    await turns.rest(room)
    const [, first] = await turns.messages(room)
    await turns.api.messages.regenerate(owner, { messageId: first?.id ?? '' })
    await turns.rest(room)
    const events = turns.watch(room)
    const before = turns.model.requests.length
    await turns.say(room, 'hold')
    await expect(choose(first)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('stop') })
    await expect.poll(() => turns.model.requests.length).toBe(before + 1)
    await expect(choose(first)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    gate.resolve()
    await turns.rest(room)
    events.close()

    const other = { ...owner, id: 'usr_bea', user_id: 'usr_bea', role: 'admin' as const }
    await expect(choose(first, { ...other, role: 'member' })).rejects.toMatchObject(missing)
    await expect(choose(first, { ...other, role: 'owner', workspace_id: 'other' })).rejects.toMatchObject(missing)
    // Somebody who sees it without taking part.
    await expect(choose(first, other)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await turns.app.db.write(async (trx) => {
      const user = { email: null, password: null, external_issuer: null, external_subject: null, disabled_at: null }
      const at = { created_at: 1, updated_at: 1, credentials_at: 1 }
      await trx
        .insertInto('users')
        .values({ id: 'usr_bea', name: 'Bea', ...user, ...at })
        .execute()
      await trx.insertInto('memberships').values({ workspace_id: 'default', user_id: 'usr_bea', role: 'admin', created_at: 1 }).execute()
    })
    await turns.api.conversations.addParticipant(owner, { conversationId: room.id, kind: 'user', id: 'usr_bea' })
    await turns.say(room, 'me too', {}, other)
    await turns.rest(room)
    await expect(choose(first)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('others went on') })
  })

  test('may be longer than what one statement takes', async () => {
    await open({ script: () => ({ text: 'answered' }) })
    const room = await turns.begin([await turns.agent()])
    await turns.say(room, 'red?')
    await turns.rest(room)
    const [, first] = await turns.messages(room)
    const many = 7_000
    await turns.app.db.write(async (trx) => {
      const row = await trx.selectFrom('messages').selectAll().where('seq', '=', 1).executeTakeFirstOrThrow()
      const { num: _num, ...rest } = row
      const { words: _words, ...said } = rest as typeof rest & { words?: unknown }
      const rows = Array.from({ length: many }, (_, i) => ({ ...said, id: `msg_${i}`, seq: i + 3 }))
      for (let i = 0; i < many; i += 1_000)
        await trx
          .insertInto('messages')
          .values(rows.slice(i, i + 1_000))
          .execute()
      await trx
        .updateTable('conversations')
        .set({ last_seq: many + 2 })
        .where('id', '=', room.id)
        .execute()
    })
    await turns.api.messages.regenerate(owner, { messageId: first?.id ?? '' })
    await turns.rest(room)
    const { shown, hidden } = await choose(first)
    expect([shown.length, hidden.length]).toEqual([many + 1, 1])
  })
})
