import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../access/actor.ts'
import { databases } from '../../storage/test/databases.ts'
import { deleteMessage } from '../edit-message.ts'
import { findConversation } from '../conversations.store.ts'
import { postAgentMessage } from '../post-agent-message.ts'
import { newRooms, type Rooms, user } from '../test/room-world.ts'
import { buildContext } from './context.ts'
import { selectWaiting } from './turns.store.ts'

describe.each(databases)('what an agent is shown, on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let agent: { kind: 'user' | 'agent'; id: string }
  let other: { kind: 'user' | 'agent'; id: string }
  let room: { id: string }
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana')
    bob = await rooms.person('Bob')
    agent = await rooms.agent('Helper', 'helper')
    other = await rooms.agent('Writer', 'writer')
    room = await rooms.group(ana, user(bob), agent, other)
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })
  const says = (agent_id: string, content: string, parent_id: string, more: object = {}) =>
    rooms.app.db.write(async (trx) => {
      const conversation = await findConversation(trx, ana.workspace_id, room.id)
      if (!conversation) throw new Error('the room is gone')
      return postAgentMessage(trx, rooms.app, conversation, { agent_id, content, parent_id, hop: 1, ...more })
    })
  const shown = async (limit = 20, content = '@helper last') => {
    const asked = await rooms.say(bob, room, content)
    const all = await selectWaiting(rooms.app.db.read, room.id)
    const waiting = all.filter(({ id }) => id === asked.id)
    const later = new Set(all.filter(({ id }) => id !== asked.id).map(({ id }) => id))
    const at = { conversation_id: room.id, thread_id: null, agent_id: agent.id, up_to: asked.seq }
    return buildContext(rooms.app.db.read, { ...at, waiting, later, limit, several: true })
  }

  test('its own messages as an assistant’s, all others with their names; an answer stands after what it answers', async () => {
    const first = await rooms.say(ana, room, 'one')
    await rooms.say(bob, room, 'two')
    await says(agent.id, 'to one', first.id)
    await says(other.id, 'by another', first.id)
    expect(await shown()).toEqual({
      history: [
        { role: 'user', content: 'Ana: one' },
        { role: 'assistant', content: 'to one' },
        // What another agent says is a user's to this one.
      ],
      prompt: 'Writer: by another\n\nBob: two\n\nBob: @helper last',
      messages: 5,
    })
  })

  test('what was deleted, failed, waits for another turn or came before the window is not shown', async () => {
    const first = await rooms.say(ana, room, 'one')
    const gone = await rooms.say(ana, room, 'gone')
    await deleteMessage(rooms.app, ana, gone.id)
    await says(agent.id, 'sorry', first.id, { status: 'failed' })
    await rooms.say(ana, room, '@helper waits')
    expect(await shown()).toMatchObject({ history: [], prompt: 'Ana: one\n\nBob: @helper last' })
    expect(await shown(1, '@helper alone')).toMatchObject({ prompt: 'Bob: @helper alone' })
  })

  test('what a model was told stands in for what people see', async () => {
    const first = await rooms.say(ana, room, 'one')
    await says(agent.id, 'shown', first.id, { llm: [{ role: 'assistant', content: 'told' }] })
    expect((await shown()).history).toEqual([
      { role: 'user', content: 'Ana: one' },
      { role: 'assistant', content: 'told' },
    ])
  })
})
