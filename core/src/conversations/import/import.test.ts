import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ImportSource } from '@cadre/contract/conversations'
import type { Actor } from '../../access/actor.ts'
import { databases } from '../../storage/test/databases.ts'
import { newRooms, type Rooms } from '../test/room-world.ts'
import { chatgpt, librechat, librechatTree, openWebui } from '../test/foreign-exports.ts'
import { placeMessages } from './chats.ts'
import { importConversations } from './import-conversations.ts'

describe.each(databases)('imports on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  beforeEach(async () => {
    rooms = newRooms(await empty())
    rooms.pass(300 * 86_400_000)
    ana = await rooms.person('Ana')
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })
  const take = (source: ImportSource, data: unknown) => importConversations(rooms.app, ana, { source, data: data as [] })
  const lines = async (id: string, branches: 'active' | 'all' = 'active') => {
    const { items } = await rooms.messages(ana, { id }, { limit: 200, branches })
    return items.map((each) => `${each.author_kind}: ${each.content}`)
  }

  test('ChatGPT: the shown branch, the others kept, tools and hidden messages left out', async () => {
    const imported = await take('chatgpt', chatgpt)
    expect(imported).toMatchObject({ skipped: 0, conversations: [{ title: 'Fusão a frio', messages: 6 }] })
    expect(imported.problems.map((each) => each.path)).toEqual(['data[1]', 'data[2]', 'chatgpt:empty'])
    const [{ id } = { id: '' }] = imported.conversations
    expect(await lines(id)).toEqual(['user: Olá', 'agent: second answer', 'user: look\n\n[image]', 'agent: ```python\nprint(1)\n```', 'agent: done'])
    expect(await lines(id, 'all')).toHaveLength(6)
    const { items } = await rooms.messages(ana, { id }, { branches: 'all' })
    const byText = (text: string) => items.find((each) => each.content === text)!
    expect(byText('first answer')).toMatchObject({
      active: false,
      parent_id: byText('Olá').id,
      metadata: { imported_from: 'chatgpt', model: 'gpt-4' },
    })
    expect(byText('done').parent_id).toBe(items.find((each) => each.content.startsWith('```'))!.id)
    expect((await rooms.list(ana)).items[0]).toMatchObject({
      kind: 'group',
      title: 'Fusão a frio',
      unread: 0,
      last_seq: 6,
      last_message: { content: 'done' },
    })
    expect(byText('Olá').created_at).toBe('2023-11-14T22:13:20.123Z')
    expect((await rooms.find(ana, 'fusao OR ola')).items).toEqual([])
    expect((await rooms.find(ana, 'ola')).items).toHaveLength(1)
    await rooms.say(ana, { id }, 'and on it goes')
    expect(await take('chatgpt', JSON.stringify(chatgpt))).toMatchObject({ conversations: [], skipped: 1 })
  })

  test('Open WebUI: trees, and old lists', async () => {
    const imported = await take('open-webui', openWebui)
    expect(imported.conversations.map((each) => [each.title, each.messages])).toEqual([
      ['Trees', 3],
      ['List', 2],
    ])
    expect(imported.problems).toEqual([{ path: 'data[2]', message: expect.stringContaining('neither history nor messages') }])
    expect(await lines(imported.conversations[0]!.id)).toEqual(['user: hi', 'agent: B'])
    expect(await lines(imported.conversations[1]!.id)).toEqual(['user: one', 'agent: two'])
    expect((await rooms.messages(ana, { id: imported.conversations[0]!.id }, { branches: 'all' })).items.at(-1)).toMatchObject({
      metadata: { model: 'Llama 3' },
    })
  })

  test('LibreChat: lists and trees', async () => {
    for (const data of [librechat, librechatTree]) {
      const imported = await take('librechat', data)
      expect(imported.problems).toEqual([])
      expect(await lines(imported.conversations[0]!.id)).toEqual(['user: question', 'agent: newer answer'])
      expect(await lines(imported.conversations[0]!.id, 'all')).toEqual(['user: question', 'agent: older answer', 'agent: newer answer'])
    }
  })

  test.each([
    ['chatgpt', '{'],
    [
      'chatgpt',
      [null, 5, 'x', [], { mapping: [] }, { mapping: { a: null, b: 1, c: { message: 3 }, d: { message: { author: null, content: null } } } }],
    ],
    ['open-webui', [{ chat: null }, { chat: { history: { messages: { a: 1 } } } }, { chat: { messages: [1, null] } }, {}]],
    ['librechat', { messages: [1, null, { text: 5 }, { messageId: 'a', children: 7 }] }],
    ['librechat', {}],
  ] as const)('%s with nothing to take over: %j', async (source, data) => {
    const attempt = take(source, data)
    if (data === '{') return expect(attempt).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'data' }] })
    const { conversations, problems } = await attempt
    expect(conversations).toEqual([])
    expect(problems.length).toBeGreaterThan(0)
  })

  test('odd texts are made storable, long ones cut, circles left out', async () => {
    const mapping = {
      a: { parent: null, message: { author: { role: 'user' }, content: { parts: ['nul\0 half\ud83d'] }, create_time: 1e30 } },
      b: { parent: 'a', message: { author: { role: 'assistant' }, content: { parts: ['x'.repeat(200_001)] }, create_time: -5 } },
      c: { parent: 'd', message: { author: { role: 'user' }, content: { parts: ['circle'] } } },
      d: { parent: 'c', message: { author: { role: 'user' }, content: { parts: ['circle'] } } },
    }
    const { conversations, problems } = await take('chatgpt', [{ title: '\0\ud800', mapping, current_node: 'nowhere' }])
    expect(conversations).toMatchObject([{ messages: 2 }])
    expect(problems.map((each) => each.message)).toEqual([expect.stringContaining('circle'), expect.stringContaining('200,000')])
    expect((await rooms.messages(ana, conversations[0]!)).items.map((each) => each.content.length)).toEqual([9, 200_000])
  })
})

test('each message comes after the one it answers, whatever the times say', () => {
  const message = (id: string, parent: string | null, at: number | null) => ({ id, parent, role: 'user' as const, content: id, at, model: null })
  const messages = [
    message('c', 'b', 1_600_000_000_000),
    message('b', 'a', null),
    message('a', null, 1_700_000_000_000),
    message('z', 'gone', 1_650_000_000_000),
  ]
  const placed = placeMessages({ id: null, title: '', at: null, messages, current: 'c' }, 1_800_000_000_000)
  expect(placed.map((each) => each.id)).toEqual(['z', 'a', 'b', 'c'])
  expect(placed.map((each) => each.active)).toEqual([false, true, true, true])
})
