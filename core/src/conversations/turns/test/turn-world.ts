import { CreateConversation } from '@cadre/contract/conversations'
import { ListMessages, type Message, SendMessage } from '@cadre/contract/messages'
import type { ConversationPolicy } from '@cadre/contract/participants'
import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Actor } from '../../../access/actor.ts'
import { newWorld, owner, type World } from '../../../test/world.ts'

/** A whole Cadre with agents in conversations, without a debounce unless it is asked for. */
export async function newTurns(options: Parameters<typeof newWorld>[0] = {}) {
  const world = await newWorld(options)
  const opening: Promise<unknown>[] = []
  const begin = (agents: { id: string }[], policy: Partial<ConversationPolicy> = {}, kind: 'dm' | 'group' = agents.length === 1 ? 'dm' : 'group') =>
    world.api.conversations.create(
      owner,
      CreateConversation.parse({ kind, participants: agents.map(({ id }) => ({ kind: 'agent', id })), policy: { debounce_ms: 0, ...policy } }),
    )
  return {
    ...world,
    begin,
    /** When those who watch do so: text passes by, and is not told again. */
    async say(room: { id: string }, content: string, more: Partial<SendMessage> = {}, actor: Actor = owner): Promise<Message> {
      await Promise.all(opening)
      return world.api.messages.send(actor, { conversationId: room.id, ...SendMessage.parse({ content, ...more }) })
    },
    async messages(room: { id: string }, branches: 'active' | 'all' = 'active'): Promise<Message[]> {
      const { items } = await world.api.messages.list(owner, { conversationId: room.id, ...ListMessages.parse({ limit: 200, branches }) })
      return items
    },
    /** Everything that happens in a room from its first event on. */
    watch: (room: { id: string }) => watch(world, room, opening),
    /** Until nothing waits and nobody works there. */
    async rest(room: { id: string }) {
      const events = watch(world, room, opening)
      for (;;) {
        const { rows } = await world.app.db.read
          .selectFrom('message_jobs')
          .select('status')
          .where('conversation_id', '=', room.id)
          .where('status', 'in', ['waiting', 'responding'])
          .execute()
          .then((rows) => ({ rows }))
        if (rows.length === 0) break
        await events.next()
      }
      events.close()
    },
  }
}
export type Turns = Awaited<ReturnType<typeof newTurns>>

function watch(world: World, room: { id: string }, opening: Promise<unknown>[]) {
  const abort = new AbortController()
  const seen: ConversationEvent[] = []
  const stream = Promise.resolve(world.api.conversations.follow(owner, { conversationId: room.id, after: 0 }, { signal: abort.signal }))
  opening.push(stream)
  const next = async (): Promise<ConversationEvent> => {
    const { value, done } = await (await stream).next()
    if (done || !value) throw new Error('the stream of events ended')
    seen.push(value as ConversationEvent)
    return value as ConversationEvent
  }
  return {
    seen,
    next,
    async until(fits: (event: ConversationEvent) => boolean): Promise<ConversationEvent> {
      for (;;) {
        const event = await next()
        if (fits(event)) return event
      }
    },
    close: () => abort.abort(),
  }
}
