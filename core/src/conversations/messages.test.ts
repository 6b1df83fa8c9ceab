import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import { systemActor } from '../access/actor.ts'
import { databases } from '../storage/test/databases.ts'
import { downloadAttachment, uploadAttachment } from './attachments.ts'
import { deleteMessage, editMessage } from './edit-message.ts'
import { findConversation } from './conversations.store.ts'
import { exportConversation } from './export-conversation.ts'
import { getMessage, listPins } from './list-messages.ts'
import { finishMessage, postAgentMessage } from './post-agent-message.ts'
import { pin, react, unpin, unreact } from './reactions.ts'
import { newRooms, type Rooms, user } from './test/room-world.ts'

describe.each(databases)('messages on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let group: { id: string }
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana Souza')
    bob = await rooms.person('Bob')
    group = await rooms.group(ana, user(bob), await rooms.agent('Data Cleaner', 'data-cleaner'))
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })
  const texts = ({ items }: { items: Message[] }) => items.map((message) => message.content)

  test('what is sent is what is stored', async () => {
    const content = ' <b>"Olá"</b>\r\n\ttab 你好 👩‍👩‍👧 \u202Ertl\u0001 '
    const message = await rooms.say(ana, group, { content, metadata: { a: [1, null] } })
    expect(message).toMatchObject({
      source_type: 'dm',
      source_id: group.id,
      conversation_id: group.id,
      seq: 1,
      author_kind: 'user',
      author_id: ana.user_id,
      author_name: 'Ana Souza',
      content,
      status: 'sent',
      hop: 0,
      metadata: { a: [1, null] },
      active: true,
    })
    expect(await getMessage(rooms.app, bob, message.id)).toEqual(message)
    expect((await rooms.say(systemActor, group, 'note')).author_kind).toBe('system')
    for (const content of ['', ' \n\t'])
      await expect(rooms.say(ana, group, { content })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'content' }] })
  })

  test('the same message sent again, also at once, is stored once; a key is its author’s own', async () => {
    const sent = await Promise.all(Array.from({ length: 10 }, () => rooms.say(ana, group, { content: 'once', client_key: 'k' })))
    expect(new Set(sent.map((message) => message.id)).size).toBe(1)
    await rooms.say(bob, group, { content: 'mine', client_key: 'k' })
    expect(texts(await rooms.messages(ana, group))).toEqual(['once', 'mine'])
  })

  test('numbers have no gaps, whoever sends at once', async () => {
    await Promise.all(Array.from({ length: 200 }, (_, i) => rooms.say(i % 2 ? ana : bob, group, `m${i}`)))
    const { items } = await rooms.messages(ana, group, { limit: 200 })
    expect(items.map((message) => message.seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    const events = await rooms.app.db.read
      .selectFrom('conversation_events')
      .select('seq')
      .where('conversation_id', '=', group.id)
      .orderBy('seq')
      .execute()
    expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 203 }, (_, i) => i + 1))
  })

  test('pages go back and forth, the newest last', async () => {
    for (let i = 1; i <= 7; i++) await rooms.say(ana, group, `${i}`)
    const newest = await rooms.messages(ana, group, { limit: 3 })
    expect(texts(newest)).toEqual(['5', '6', '7'])
    const before = await rooms.messages(ana, group, { limit: 3, cursor: newest.next_cursor! })
    expect(texts(before)).toEqual(['2', '3', '4'])
    const first = await rooms.messages(ana, group, { limit: 3, cursor: before.next_cursor! })
    expect([texts(first), first.next_cursor]).toEqual([['1'], null])
    const after = await rooms.messages(ana, group, { limit: 2, after: 2 })
    expect(texts(after)).toEqual(['3', '4'])
    expect(texts(await rooms.messages(ana, group, { limit: 9, cursor: after.next_cursor! }))).toEqual(['5', '6', '7'])
    expect(texts(await rooms.messages(ana, group, { before: 3 }))).toEqual(['1', '2'])
    await expect(rooms.messages(ana, group, { before: 1, after: 2 })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(rooms.messages(ana, group, { cursor: 'bm8' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('replies stand in the thread of their root', async () => {
    const root = await rooms.say(ana, group, 'root')
    const reply = await rooms.say(bob, group, { content: 'reply', thread_id: root.id })
    expect((await rooms.say(ana, group, { content: 'deeper', thread_id: reply.id })).thread_id).toBe(root.id)
    expect(texts(await rooms.messages(ana, group))).toEqual(['root'])
    expect(texts(await rooms.messages(ana, group, { thread: root.id }))).toEqual(['reply', 'deeper'])
    expect((await getMessage(rooms.app, ana, root.id)).replies).toBe(2)
    const other = await rooms.group(ana, user(bob))
    await expect(rooms.say(ana, other, { content: 'x', thread_id: root.id })).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
      issues: [{ path: 'thread_id' }],
    })
    await expect(rooms.say(ana, other, { content: 'x', parent_id: 'msg_no' })).rejects.toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
      issues: [{ path: 'parent_id' }],
    })
  })

  test('who is named with @ is mentioned', async () => {
    const named = async (content: string) => (await rooms.say(ana, group, content)).mentions.map(({ id }) => id)
    const agent = (await rooms.messages(ana, group), (await rooms.say(bob, group, '@data-cleaner')).mentions[0]!.id)
    expect(await named('hi @BOB, and @Data Cleaner!')).toEqual(expect.arrayContaining([bob.user_id, agent]))
    expect(await named('@ana souza: me')).toEqual([ana.user_id])
    expect(await named('@ana-souza')).toEqual([ana.user_id])
    expect(await named('mail bob@bob.example, @bobby, @data-cleaners, @')).toEqual([])
    const message = await rooms.say(ana, group, '@bob')
    expect((await editMessage(rooms.app, ana, message.id, 'nobody')).mentions).toEqual([])
  })

  test('edits and deletions: by whom, and what is left', async () => {
    const message = await rooms.say(ana, group, 'frist')
    await expect(editMessage(rooms.app, bob, message.id, 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(editMessage(rooms.app, ana, message.id, ' ')).rejects.toMatchObject({ code: 'INVALID' })
    expect(await editMessage(rooms.app, ana, message.id, 'first')).toMatchObject({ content: 'first', edited_at: expect.any(String) })
    const his = await rooms.say(bob, group, 'secret words')
    await react(rooms.app, ana, his.id, '👍')
    await pin(rooms.app, ana, his.id)
    await expect(deleteMessage(rooms.app, bob, message.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await deleteMessage(rooms.app, ana, his.id) // she began the group
    const gone = await getMessage(rooms.app, bob, his.id)
    expect(gone).toMatchObject({ content: '', deleted_at: expect.any(String), reactions: [], pinned: false, metadata: null })
    const attempts = [
      () => editMessage(rooms.app, bob, his.id, 'x'),
      () => deleteMessage(rooms.app, bob, his.id),
      () => react(rooms.app, bob, his.id, 'x'),
    ]
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    const everywhere = [
      await rooms.messages(ana, group, { branches: 'all' }),
      await rooms.find(ana, 'secret'),
      await listPins(rooms.app, ana, group.id),
      await rooms.list(ana),
      ...(await Promise.all((['markdown', 'html', 'json'] as const).map((format) => exportConversation(rooms.app, ana, group.id, format)))),
    ]
    expect(JSON.stringify(everywhere)).not.toContain('secret')
  })

  test('reactions and pins, once each', async () => {
    const message = await rooms.say(ana, group, 'x')
    await react(rooms.app, ana, message.id, '🎉')
    await react(rooms.app, ana, message.id, '🎉')
    rooms.pass(1)
    expect((await react(rooms.app, bob, message.id, '🎉')).reactions).toEqual([{ emoji: '🎉', by: [user(ana), user(bob)] }])
    expect((await unreact(rooms.app, ana, message.id, '🎉')).reactions).toEqual([{ emoji: '🎉', by: [user(bob)] }])
    for (let i = 0; i < 49; i++) await react(rooms.app, bob, message.id, `e${i}`)
    await expect(react(rooms.app, bob, message.id, 'more')).rejects.toMatchObject({ code: 'INVALID' })
    expect((await pin(rooms.app, bob, message.id)).pinned).toBe(true)
    await pin(rooms.app, ana, message.id)
    expect((await listPins(rooms.app, ana, group.id)).items).toHaveLength(1)
    expect((await unpin(rooms.app, ana, message.id)).pinned).toBe(false)
  })

  test('attachments: found out by their content, seen with their message only', async () => {
    const upload = (bytes: Buffer, name: string, by = ana) => uploadAttachment(rooms.app, by, group.id, { name, content: bytes.toString('base64') })
    const page = await upload(Buffer.from('<script>alert(1)</script>'), 'page.png')
    expect(page).toMatchObject({ name: 'page.png', media_type: 'text/plain; charset=utf-8', bytes: 25 })
    const image = await upload(Buffer.from('89504e470d0a1a0a00ff', 'hex'), 'Ação.html')
    expect(image.media_type).toBe('image/png')
    await expect(downloadAttachment(rooms.app, bob, page.id)).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })
    const message = await rooms.say(ana, group, { attachments: [page.id, image.id] })
    expect(message.attachments.map((each) => each.name)).toEqual(['page.png', 'Ação.html'])
    const file = await downloadAttachment(rooms.app, bob, image.id)
    expect([file.name, file.type, Buffer.from(await file.arrayBuffer()).toString('hex')]).toEqual(['Ação.html', 'image/png', '89504e470d0a1a0a00ff'])
    await expect(rooms.say(ana, group, { attachments: [page.id] })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'attachments' }] })
    const his = await upload(Buffer.from('his'), 'his.txt', bob)
    await expect(rooms.say(ana, group, { content: 'x', attachments: [his.id] })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(uploadAttachment(rooms.app, ana, group.id, { name: 'x', content: 'a*b=' })).rejects.toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'content' }],
    })
    await expect(downloadAttachment(rooms.app, await rooms.person('Eve'), image.id)).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })
    await deleteMessage(rooms.app, ana, message.id)
    await expect(downloadAttachment(rooms.app, ana, image.id)).rejects.toMatchObject({ code: 'ATTACHMENT_NOT_FOUND' })
    expect((await rooms.messages(ana, group)).items.map((each) => each.seq)).toEqual([1])
  })

  test('what an agent says is stored once for its run, with what its model is shown, and can be finished later', async () => {
    const { db } = rooms.app
    const conversation = (await findConversation(db.read, 'default', group.id))!
    const [agent] = (await rooms.list(ana)).items[0]!.participants.filter((each) => each.kind === 'agent')
    const llm = [{ role: 'assistant' as const, content: { text: 'hi @bob' } }]
    const post = () =>
      db.write((trx) =>
        postAgentMessage(trx, rooms.app, conversation, {
          agent_id: agent!.id,
          content: '',
          status: 'streaming',
          run_id: 'run_1',
          client_key: 'run_1',
          hop: 1,
          llm,
        }),
      )
    const { row } = await post()
    expect((await post()).isNew).toBe(false)
    expect(await db.read.selectFrom('llm_messages').selectAll().execute()).toMatchObject([
      { message_id: row.id, role: 'assistant', content: '{"text":"hi @bob"}' },
    ])
    await db.write((trx) => finishMessage(trx, rooms.app, row, { content: 'hi @bob', status: 'sent' }))
    expect(await getMessage(rooms.app, bob, row.id)).toMatchObject({
      content: 'hi @bob',
      status: 'sent',
      author_kind: 'agent',
      author_name: 'Data Cleaner',
      hop: 1,
      run_id: 'run_1',
      mentions: [user(bob)],
    })
    expect((await rooms.find(bob, 'hi')).items.map((each) => each.message.id)).toEqual([row.id])
  })
})
