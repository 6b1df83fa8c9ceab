import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../access/actor.ts'
import { databases } from '../storage/test/databases.ts'
import { uploadAttachment } from './attachments.ts'
import { getConversation } from './get-conversation.ts'
import { getMessage } from './list-messages.ts'
import { personalConversations } from './personal-part.ts'
import { react } from './reactions.ts'
import { newRooms, type Rooms, user } from './test/room-world.ts'

describe.each(databases)('what conversations keep of a person on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana')
    bob = await rooms.person('Bob')
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })

  test('is exported with files, and erased; what others said stays', async () => {
    const group = await rooms.group(ana, user(bob))
    const alone = await rooms.group(bob, await rooms.agent('Helper', 'helper'))
    await rooms.say(bob, alone, 'my secret for helper')
    const file = await uploadAttachment(rooms.app, bob, group.id, { name: 'secret.txt', content: Buffer.from('secret file').toString('base64') })
    const his = await rooms.say(bob, group, { content: 'secret words of bob', attachments: [file.id], metadata: { a: 'secret' } })
    const hers = await rooms.say(ana, group, '@bob hello')
    await react(rooms.app, bob, hers.id, '👍')
    const part = personalConversations(rooms.app)
    const ids = { user_id: bob.user_id!, actor_ids: [bob.user_id!] }
    const rows = []
    for await (const each of part.export(ids)) rows.push(each)
    expect(rows.map((each) => each.table)).toEqual([
      'conversations',
      'participants',
      'participants',
      'messages',
      'messages',
      'reactions',
      'mentions',
      'attachments',
    ])
    expect(Buffer.from(String(rows.at(-1)?.row.content), 'base64').toString()).toBe('secret file')

    await rooms.app.db.write((trx) => part.erase(trx, ids))
    await expect(getConversation(rooms.app, bob, alone.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect(await getMessage(rooms.app, ana, his.id)).toMatchObject({ content: '[erased]', attachments: [], metadata: null, seq: his.seq })
    expect(await getMessage(rooms.app, ana, hers.id)).toMatchObject({ content: '@bob hello', reactions: [], mentions: [] })
    expect((await rooms.find(ana, 'secret')).items).toEqual([])
    const { read } = rooms.app.db
    const left = [await read.selectFrom('messages').select('content').execute(), await read.selectFrom('attachment_files').select('hash').execute()]
    expect(JSON.stringify(left)).not.toContain('secret')
    expect(left[1]).toEqual([])
  })
})
