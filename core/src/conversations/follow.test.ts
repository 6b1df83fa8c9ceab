import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ConversationEvent, PositionedEvent } from '@cadre/contract/conversation-events'
import type { Actor } from '../access/actor.ts'
import { openDatabase } from '../storage/open-database.ts'
import { databases } from '../storage/test/databases.ts'
import { deleteMessage, editMessage } from './edit-message.ts'
import { appendEvents } from './events.ts'
import { followAll } from './follow-all.ts'
import { followConversation } from './follow-conversation.ts'
import { getConversation } from './get-conversation.ts'
import { addParticipant, removeParticipant } from './participants.ts'
import { react } from './reactions.ts'
import { markRead, tellTyping } from './read-state.ts'
import { newRooms, type Rooms, take, user } from './test/room-world.ts'
import { deleteConversation, updateConversation } from './update-conversation.ts'

describe.each(databases)('following on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let group: { id: string }
  let leaving: AbortController
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana')
    bob = await rooms.person('Bob')
    group = await rooms.group(ana, user(bob))
    leaving = new AbortController()
  })
  afterEach(async () => {
    leaving.abort()
    await rooms.close()
    expect(rooms.errors).toEqual([])
    await rooms.app.db.close()
  })
  const follow = (actor: Actor, from: { after?: number; last_event_id?: string } = {}, signal = leaving.signal) =>
    followConversation(rooms.app, actor, group.id, { ...from, signal })
  const all = (actor: Actor, last_event_id?: string, signal = leaving.signal) => followAll(rooms.app, actor, { last_event_id, signal })
  const said = (events: ConversationEvent[]) => events.map((event) => ('message' in event ? event.message.content : event.type))

  test('streams that are dropped leave neither mailboxes nor listeners behind, however they are dropped', async () => {
    const signals = Array.from({ length: 40 }, () => new AbortController())
    const open = await Promise.all(signals.map(({ signal }, i) => (i % 2 ? all(bob, undefined, signal) : follow(bob, {}, signal))))
    const waiting = open.map((events) => events.next())
    expect(rooms.app.rooms.listening).toBe(40)
    await rooms.say(ana, group, 'to all')
    await Promise.all(waiting)
    // Some while they wait for what comes next, some while their caller has not asked.
    const asked = open.slice(0, 20).map((events) => events.next())
    for (const each of signals.slice(0, 30)) each.abort()
    for (const events of open.slice(30)) await events.return(undefined)
    expect((await Promise.all(asked)).every(({ done }) => done)).toBe(true)
    expect(rooms.app.rooms.listening).toBe(0)
    expect(signals.flatMap(({ signal }) => getEventListeners(signal, 'abort'))).toEqual([])
    // Nobody listens, and whoever comes then is told what is news from there.
    const late = await follow(bob)
    await rooms.say(ana, group, 'later')
    expect(said(await take(late, 1))).toEqual(['later'])
  })

  test('from now on, each change as an event, numbered without gaps', async () => {
    const events = await follow(bob)
    const message = await rooms.say(ana, group, 'one')
    await react(rooms.app, bob, message.id, '👍')
    await editMessage(rooms.app, ana, message.id, 'two')
    await deleteMessage(rooms.app, ana, message.id)
    await updateConversation(rooms.app, ana, group.id, { title: 'T' })
    const eve = await rooms.person('Eve')
    await addParticipant(rooms.app, ana, group.id, user(eve))
    const got = await take(events, 6)
    expect(got.map((event) => event.type)).toEqual([
      'message.created',
      'reaction.added',
      'message.updated',
      'message.deleted',
      'conversation.updated',
      'participant.joined',
    ])
    expect(got.map((event) => event.seq)).toEqual([3, 4, 5, 6, 7, 8])
    expect(got[4]).toMatchObject({ title: 'T', policy: { debounce_ms: 2000 }, conversation_id: group.id })
    expect(got[5]).toMatchObject({ participant: { kind: 'user', id: eve.user_id, name: 'Eve' } })
  })

  test('after a number, by the query or by Last-Event-ID, nothing is missing; what was deleted is not told again', async () => {
    const messages = []
    for (let i = 0; i < 5; i++) messages.push(await rooms.say(ana, group, `secret ${i}`))
    await deleteMessage(rooms.app, ana, messages[2]!.id)
    const events = await take(await follow(bob, { after: 0 }), 8)
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(said(events).slice(2)).toEqual(['secret 0', 'secret 1', '', 'secret 3', 'secret 4', 'message.deleted'])
    expect((await take(await follow(bob, { after: 0, last_event_id: '6' }), 2)).map((event) => event.seq)).toEqual([7, 8])
    for (const last_event_id of ['x', '-1', '1.5', '9'.repeat(30)])
      await expect(follow(bob, { last_event_id })).rejects.toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: 'Last-Event-ID' }] })
  })

  test('many streams, many writers: each gets all of it, in order', { timeout: 120_000 }, async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => follow(bob)))
    const sending = Promise.all(Array.from({ length: 200 }, (_, i) => rooms.say(i % 2 ? ana : bob, group, `${i}`)))
    for (const events of await Promise.all(streams.map((stream) => take(stream, 200)))) {
      expect(events.map((event) => event.seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 3))
      expect(events.map((event) => event.type === 'message.created' && event.message.seq)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
    }
    await sending
  })

  test('a stream that comes back where it broke off misses nothing, whenever that is', async () => {
    const total = 120
    const sending = (async () => {
      for (let i = 0; i < total; i++) await rooms.say(ana, group, `${i}`)
    })()
    const seqs: number[] = []
    let after = 2
    while (seqs.length < total) {
      const once = new AbortController()
      const events = await follow(bob, { last_event_id: String(after) }, once.signal)
      for (const event of await take(events, Math.min(7, total - seqs.length))) seqs.push((after = event.seq))
      once.abort()
    }
    await sending
    expect(seqs.slice(0, total)).toEqual(Array.from({ length: total }, (_, i) => i + 3))
  })

  test('what does not read is not waited for, and gets all of it when it reads', async () => {
    const events = await follow(bob)
    for (let i = 0; i < 450; i++) await rooms.say(ana, group, `${i}`)
    expect((await take(events, 450)).map((event) => event.seq)).toEqual(Array.from({ length: 450 }, (_, i) => i + 3))
  })

  test('typing and reading pass by, and stand between stored events without a number of their own', async () => {
    const events = await follow(bob)
    await rooms.say(ana, group, 'x')
    expect((await take(events, 1))[0]).toMatchObject({ seq: 3 })
    const next = events.next()
    await tellTyping(rooms.app, ana, group.id)
    expect((await next).value).toMatchObject({ type: 'typing', seq: 3, by: user(ana), conversation_id: group.id })
    await markRead(rooms.app, bob, group.id, 1)
    await rooms.say(ana, group, 'y')
    expect(await take(events, 2)).toMatchObject([{ type: 'read.updated', user_id: bob.user_id, last_read_seq: 1, seq: 3 }, { seq: 4 }])
  })

  test('ends for who is removed, and for all when the conversation is deleted', async () => {
    const his = await follow(bob)
    const hers = await follow(ana)
    await removeParticipant(rooms.app, ana, group.id, user(bob))
    await rooms.say(ana, group, 'not for him')
    expect((await take(his, 9)).map((event) => event.type)).toEqual(['participant.left'])
    await deleteConversation(rooms.app, ana, group.id)
    expect(said(await take(hers, 9))).toEqual(['participant.left', 'not for him', 'conversation.deleted'])
    await expect(follow(bob)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })

  test('an aborted stream ends, and nobody is left listening', async () => {
    const events = await follow(bob)
    const next = events.next()
    leaving.abort()
    expect((await next).done).toBe(true)
    expect((await (await follow(bob)).next()).done).toBe(true)
  })

  test('what another process writes arrives, too', async () => {
    const events = await follow(bob)
    const mine = await all(bob)
    const { target } = rooms.app.db
    const other = newRooms(await openDatabase(target.kind === 'sqlite' ? { file: target.file } : { url: target.url }))
    await Promise.all(Array.from({ length: 30 }, (_, i) => (i % 2 ? other : rooms).say(ana, group, `${i}`)))
    expect((await take(events, 30)).map((event) => event.seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 3))
    expect((await take(mine, 30)).map((event) => event.seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 3))
    await other.close()
    await other.app.db.close()
  })

  test('a transaction that stays open elsewhere holds nothing up, and brings nothing old', async () => {
    const { db } = rooms.app
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const open =
      db.kind === 'sqlite'
        ? begin()
        : db.write(async (trx) => {
            await trx.insertInto('blobs').values({ hash: 'h', content: 'c' }).execute()
            begin()
            await held
          })
    await begun
    await rooms.say(ana, group, 'before')
    const [events, mine] = [await follow(bob), await all(bob)]
    for (const text of ['one', 'two']) await rooms.say(ana, group, text)
    expect(said(await take(mine, 2))).toEqual(['one', 'two'])
    expect(said(await take(events, 2))).toEqual(['one', 'two'])
    release()
    await open
    await rooms.say(ana, group, 'three')
    expect(said(await take(mine, 1))).toEqual(['three'])
  })

  test('one stream for all conversations of a person, and only those', async () => {
    const eve = await rooms.person('Eve')
    const [his, hers, foreign] = [await all(bob), await all(eve), await all({ ...eve, workspace_id: 'other' })]
    const channel = await rooms.channel(ana)
    const dm = await rooms.begin(bob, { kind: 'dm', participants: [user(ana)] })
    await rooms.say(ana, group, 'in the group')
    await rooms.say(ana, channel, 'in the channel')
    await rooms.say(ana, dm, 'for bob')
    await addParticipant(rooms.app, ana, group.id, user(eve))
    await removeParticipant(rooms.app, ana, group.id, user(eve))
    await rooms.say(ana, group, 'after eve')
    await rooms.say(ana, channel, 'the end')
    const until = async (events: AsyncGenerator<PositionedEvent>) => {
      const got = []
      for await (const event of events) {
        got.push(event)
        if ('message' in event && event.message.content === 'the end') return got
      }
      return got
    }
    expect(said(await until(hers)).filter((each) => !each.includes('joined'))).toEqual(['in the channel', 'participant.left', 'the end'])
    expect(said(await until(his)).filter((each) => !each.includes('joined'))).toEqual([
      'in the group',
      'in the channel',
      'for bob',
      'participant.left',
      'after eve',
      'the end',
    ])
    leaving.abort()
    expect((await foreign.next()).done).toBe(true)
  })

  test('that stream goes on after its last event: nothing is missing', async () => {
    const channel = await rooms.channel(ana)
    const begun = new AbortController()
    const first = await all(bob, undefined, begun.signal)
    await rooms.say(ana, group, '0')
    const [event] = await take(first, 1)
    begun.abort()
    const total = 60
    const sending = Promise.all(Array.from({ length: total }, (_, i) => rooms.say(ana, i % 2 ? group : channel, `${i + 1}`)))
    const seen = new Map<string, PositionedEvent>()
    let position = event!.position
    while (seen.size < total) {
      const once = new AbortController()
      const events = await all(bob, position, once.signal)
      for (let fresh = 0; fresh < 7 && seen.size < total;) {
        const [each] = await take(events, 1)
        const key = `${each!.conversation_id}:${each!.seq}`
        position = each!.position
        // On Postgres a transaction that is open anywhere holds the position back: what was before may come again.
        if (seen.has(key) || each!.type !== 'message.created' || said([each!])[0] === '0') continue
        seen.set(key, each!)
        fresh += 1
      }
      once.abort()
    }
    await sending
    const numbers = (id: string) => [...seen.values()].filter((each) => each.conversation_id === id).map((each) => each.seq)
    for (const id of [group.id, channel.id]) {
      expect(numbers(id)).toHaveLength(total / 2)
      expect(numbers(id)).toEqual(numbers(id).toSorted((a, b) => a - b))
    }
  })

  test('events of agents and their jobs are told as they are written', async () => {
    const events = await follow(bob)
    const job = { agent_id: 'agt_1', job_id: 'job_1', run_id: 'run_1' }
    const written = [
      { type: 'agent.responding' as const, ...job, message_ids: ['msg_1'] },
      { type: 'job.failed' as const, ...job, attempts: 3, error: { code: 'MODEL_FAILED', message: 'no answer' } },
      { type: 'job.completed' as const, ...job },
      { type: 'agent.responded' as const, agent_id: 'agt_1', message_id: 'msg_2', run_id: 'run_1' },
    ]
    await rooms.app.db.write((trx) => appendEvents(trx, group.id, rooms.app.now(), written))
    rooms.app.rooms.wake()
    expect(await take(events, 4)).toMatchObject(written)
    const delta = {
      type: 'message.delta' as const,
      conversation_id: group.id,
      message_id: 'msg_2',
      run_id: null,
      part: 0,
      kind: 'text' as const,
      text: 'Hel',
    }
    rooms.app.rooms.pass(delta)
    expect((await take(events, 1))[0]).toMatchObject({ ...delta, seq: 6 })
    expect((await getConversation(rooms.app, bob, group.id)).last_event).toBe(6)
  })
})
