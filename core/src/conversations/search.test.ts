import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import type { Actor } from '../access/actor.ts'
import { databases } from '../storage/test/databases.ts'
import { deleteMessage, editMessage } from './edit-message.ts'
import { parseQuery, snippetOf, textOfWords } from './search-words.ts'
import { newRooms, type Rooms, user } from './test/room-world.ts'

describe.each(databases)('search on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let group: { id: string }
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana')
    bob = await rooms.person('Bob')
    group = await rooms.group(ana, user(bob))
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })
  const found = async (q: string, input: Parameters<Rooms['find']>[2] = {}) =>
    (await rooms.find(ana, q, input)).items.map((item) => item.message.content).toSorted()

  test('words in any language, without case and accents', async () => {
    const texts = [
      'A reunião de amanhã: ação e coração',
      '明天的会议改到星期三',
      '東京タワーに行きました',
      'Great work 🎉👍🏽',
      'Straße und Öl',
      'Привет, Мир',
      '안녕하세요 세계',
      'ORDER-4711 costs 19,90 €',
    ]
    for (const text of texts) await rooms.say(ana, group, text)
    const expected: [string, number[]][] = [
      ['reuniao', [0]],
      ['AÇÃO', [0]],
      ['cora', [0]],
      ['会议', [1]],
      ['星期', [1]],
      ['议会', []],
      ['タワー', [2]],
      ['🎉', [3]],
      ['👍', [3]],
      ['😀', []],
      ['ol', [4]],
      ['мир', [5]],
      ['안녕', [6]],
      ['order-4711', [7]],
      ['4711 order', [7]],
      ['"4711 order"', []],
      ['"costs 19"', [7]],
      ['work -great', []],
      ['great -nothing', [3]],
      ['great work und', []],
    ]
    for (const [q, places] of expected) expect([q, await found(q)]).toEqual([q, places.map((i) => texts[i]).toSorted()])
  })

  test('only where the actor is; narrowed by conversation, author and time; the best first', async () => {
    const channel = await rooms.channel(ana)
    const mine = await rooms.group(bob, await rooms.agent('H', 'h'))
    await rooms.say(bob, mine, 'needle private')
    await rooms.say(ana, group, 'needle group')
    rooms.pass(1000)
    const before = new Date(rooms.app.now()).toISOString()
    await rooms.say(bob, channel, `needle channel ${'and other words '.repeat(50)}`)
    expect(await found('needle')).toHaveLength(2)
    expect(await found('needle', { conversation: channel.id })).toHaveLength(1)
    expect(await found('needle', { author: bob.user_id! })).toEqual([expect.stringContaining('channel')])
    expect(await found('needle', { to: before })).toEqual(['needle group'])
    expect(await found('needle', { from: before })).toEqual([expect.stringContaining('channel')])
    expect((await rooms.find(ana, 'needle')).items[0]).toMatchObject({
      message: { content: 'needle group' },
      snippet: 'needle group',
      hits: [{ start: 0, end: 6 }],
    })
    expect((await rooms.find(bob, 'private')).items).toHaveLength(1)
    await expect(rooms.find(ana, 'x', { conversation: mine.id })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    const page = await rooms.find(ana, 'needle', { limit: 1 })
    expect((await rooms.find(ana, 'needle', { limit: 1, cursor: page.next_cursor! })).items[0]?.message.id).not.toBe(page.items[0]?.message.id)
    await expect(rooms.find(ana, 'needle', { cursor: 'zzz' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('follows edits and deletions', async () => {
    const message = await rooms.say(ana, group, 'alpha')
    await editMessage(rooms.app, ana, message.id, 'beta')
    expect([await found('alpha'), await found('beta')]).toEqual([[], ['beta']])
    await deleteMessage(rooms.app, ana, message.id)
    expect(await found('beta')).toEqual([])
  })

  test('no query is an error of the database', async () => {
    await rooms.say(ana, group, 'NEAR AND OR NOT words scope')
    const hostile = [
      '"',
      '*',
      '"*',
      'NEAR(a b, 2)',
      'a AND',
      'OR',
      'NOT',
      '(',
      ')',
      'words:x',
      'scope : a',
      '-',
      '--',
      '-"',
      '^a',
      'a*b',
      "'",
      "' or 1=1 --",
      '\\',
      ':*',
      '!',
      '&',
      '|',
      '<->',
      '{a}',
      '+',
      '%',
      '_',
      '\u{1F468}\u200D',
      '\u0301',
      'ﷺ',
      '½',
      '\u202E',
    ]
    for (const q of hostile) await rooms.find(ana, q)
    expect(await found('NEAR NOT')).toHaveLength(1)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), async (q) => void (await rooms.find(ana, q))),
      { numRuns: 60 },
    )
    // What can be stored can be found by its own words.
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== '' && !text.includes('\0')),
        async (text) => {
          await rooms.say(ana, group, text)
          const [word] = textOfWords(text).split(' ')
          if (word) await rooms.find(ana, text)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('a long text of one language or many', async () => {
    for (const text of [
      '가나다라 '.repeat(40_000),
      Array.from({ length: 33_000 }, (_, i) => `w${i}`).join(' '),
      '字'.repeat(200_000),
      'x'.repeat(200_000),
    ])
      await rooms.say(ana, group, text.slice(0, 200_000))
    expect(await found('w1234')).toHaveLength(1)
    expect((await rooms.find(ana, '字')).items[0]?.hits[0]).toEqual({ start: 0, end: 1 })
  })
})

test('what a person types becomes words', () => {
  expect(parseQuery('Olá mun')).toEqual({
    all: [
      { words: ['ola'], prefix: false },
      { words: ['mun'], prefix: true },
    ],
    none: [],
  })
  expect(parseQuery('"a b" -c d ')).toEqual({
    all: [
      { words: ['a', 'b'], prefix: false },
      { words: ['d'], prefix: false },
    ],
    none: [{ words: ['c'], prefix: false }],
  })
  expect(parseQuery('-only')).toBeNull()
  expect(parseQuery('"*" ( )')).toBeNull()
})

test('a snippet is text of the message with the places of the words in it', () => {
  const content = `${'x '.repeat(300)}the Ação here 👍 ${'y '.repeat(300)}`
  const { snippet, hits } = snippetOf(content, parseQuery('acao 👍')!)
  expect(snippet.length).toBeLessThanOrEqual(240)
  expect(hits.map(({ start, end }) => snippet.slice(start, end))).toEqual(['Ação', '👍'])
  expect(snippetOf('🎉'.repeat(300), parseQuery('nothing')!).snippet.isWellFormed()).toBe(true)
})
