import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../access/actor.ts'
import { databases } from '../storage/test/databases.ts'
import { uploadAttachment } from './attachments.ts'
import { exportConversation } from './export-conversation.ts'
import { getConversation } from './get-conversation.ts'
import { pruneConversations } from './prune-conversations.ts'
import { react } from './reactions.ts'
import { newRooms, type Rooms, user } from './test/room-world.ts'
import { deleteConversation, updateConversation } from './update-conversation.ts'

const day = 86_400_000

describe.each(databases)('history on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let group: { id: string }
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana <b>')
    bob = await rooms.person('Bob')
    group = await rooms.group(ana, user(bob))
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })
  const counts = async () => {
    const { read } = rooms.app.db
    const count = async (
      table: 'messages' | 'reactions' | 'attachments' | 'attachment_files' | 'conversation_events' | 'participants' | 'conversations',
    ) =>
      Number(
        (
          await read
            .selectFrom(table)
            .select((is) => is.fn.countAll().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      )
    return {
      messages: await count('messages'),
      reactions: await count('reactions'),
      attachments: await count('attachments'),
      files: await count('attachment_files'),
    }
  }

  test('retention takes the old with all that hangs on it; numbers and what is unread stay right', async () => {
    await updateConversation(rooms.app, ana, group.id, { policy: { retention_days: 30 } })
    const kept = await rooms.group(ana, user(bob))
    await rooms.say(ana, kept, 'old, kept')
    for (let i = 0; i < 1201; i++) await rooms.say(ana, group, `old word${i}`)
    const file = await uploadAttachment(rooms.app, ana, group.id, { name: 'a', content: 'eA==' })
    const last = await rooms.say(ana, group, { content: 'last old', attachments: [file.id] })
    await react(rooms.app, bob, last.id, '👍')
    await uploadAttachment(rooms.app, ana, group.id, { name: 'never sent', content: 'eQ==' })
    rooms.pass(31 * day)
    await rooms.say(ana, group, 'young')
    await pruneConversations(rooms.app)
    expect(await counts()).toEqual({ messages: 2, reactions: 0, attachments: 0, files: 0 })
    expect((await rooms.messages(bob, group)).items.map((each) => [each.seq, each.content])).toEqual([[1203, 'young']])
    expect(await getConversation(rooms.app, bob, group.id)).toMatchObject({ unread: 1, last_seq: 1203 })
    expect((await rooms.find(ana, 'word5')).items).toEqual([])
    expect((await rooms.find(ana, 'old')).items).toHaveLength(1)
    rooms.pass(31 * day)
    await pruneConversations(rooms.app)
    expect(await getConversation(rooms.app, bob, group.id)).toMatchObject({ unread: 0, last_message: null })
  })

  test('what is left of a deleted conversation goes after a week', async () => {
    await rooms.say(ana, group, 'x')
    await deleteConversation(rooms.app, ana, group.id)
    await pruneConversations(rooms.app)
    expect((await counts()).messages).toBe(1)
    rooms.pass(8 * day)
    await pruneConversations(rooms.app)
    expect((await counts()).messages).toBe(0)
    expect(await rooms.app.db.read.selectFrom('conversation_events').selectAll().execute()).toEqual([])
  })

  test('exports hold all of it, harmless', async () => {
    await updateConversation(rooms.app, ana, group.id, { title: 'Plans </title><script>alert(1)</script>', topic: '<img src=x onerror=alert(2)>' })
    const evil = `<script>alert(3)</script> "quotes' & [link](javascript:alert(4)) ção 你好`
    const root = await rooms.say(ana, group, evil)
    await rooms.say(bob, group, { content: 'a **reply**', thread_id: root.id })
    for (let i = 0; i < 600; i++) await rooms.say(bob, group, `m${i}.`)
    const of = (format: 'html' | 'markdown' | 'json') => exportConversation(rooms.app, ana, group.id, format)
    const html = await of('html')
    expect(html).toMatchObject({ name: 'plans-title-script-alert-1-script.html', media_type: 'text/html; charset=utf-8' })
    expect(html.content).not.toMatch(/<(?!\/?(html|head|meta|title|style|body|h1|p|article|header|strong|time|div)\b|!doctype)/)
    expect(html.content).not.toContain('Ana <b>')
    expect(html.content).toContain('&#60;script&#62;alert(3)&#60;/script&#62; &#34;quotes&#39; &#38; [link]')
    expect(html.content.match(/<article/g)).toHaveLength(602)
    const markdown = (await of('markdown')).content
    expect(markdown).toContain(evil)
    expect(markdown).toMatch(/## Bob · 2023-11-14T\S+ · in a thread\n\na \*\*reply\*\*\n/)
    const json = JSON.parse((await of('json')).content)
    expect(json).toMatchObject({ format: 'cadre.conversation', version: 1, conversation: { id: group.id } })
    expect(json.messages.map((each: { seq: number }) => each.seq)).toEqual(Array.from({ length: 602 }, (_, i) => i + 1))
  })
})
