import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Conversation } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { ConversationPolicy } from '@cadre/contract/participants'
import { withEventMeta } from '@orpc/server'
import type { Answer } from './wire.ts'

export const at = '2026-03-05T10:15:00.000Z'
const me = { kind: 'user', id: 'usr_1', user: { id: 'usr_1', email: null, name: 'Me' }, workspace: { id: 'w', name: 'W', slug: 'w' } }

export const party = (kind: 'user' | 'agent', id: string, slug: string | null = null) => ({
  kind,
  id,
  name: id,
  slug,
  role: 'member' as const,
  joined_at: at,
  last_read_seq: 0,
  muted: false,
})

function conversation(fields: Partial<Conversation> = {}): Conversation {
  return {
    id: 'cnv_1',
    kind: 'group',
    project_id: null,
    title: null,
    topic: null,
    policy: ConversationPolicy.parse({ debounce_ms: 0 }),
    participants: [party('user', 'usr_1'), party('agent', 'agt_1', 'helper')],
    created_by: 'usr_1',
    created_at: at,
    updated_at: at,
    last_seq: 2,
    last_event: 2,
    last_message_at: at,
    last_message: null,
    unread: 0,
    ...fields,
  }
}

export function message(seq: number, fields: Partial<Message> = {}): Message {
  return {
    id: `msg_${seq}`,
    conversation_id: 'cnv_1',
    source_type: 'dm',
    source_id: 'cnv_1',
    seq,
    author_kind: 'user',
    author_id: 'usr_1',
    author_name: 'Me',
    content: `message ${seq}`,
    status: 'sent',
    thread_id: null,
    parent_id: null,
    active: true,
    run_id: null,
    hop: 0,
    replies: 0,
    pinned: false,
    reactions: [],
    mentions: [],
    attachments: [],
    metadata: null,
    created_at: at,
    updated_at: at,
    edited_at: null,
    deleted_at: null,
    ...fields,
  }
}

type Told<E = ConversationEvent> = E extends unknown ? Omit<E, 'conversation_id' | 'at'> : never

/** A room whose events come when the test says so. A stream that is cut is asked for anew. */
export function stage() {
  const log: { id: string; event: ConversationEvent }[] = []
  const streams: { push: (entry: (typeof log)[number]) => void; cut: () => void }[] = []
  const asked: (string | undefined)[] = []
  const answers: Record<string, Answer> = {
    'sessions.me': () => ({
      role: 'owner',
      scopes: null,
      agents: null,
      workspaces: [],
      permissions: { calls: [], on_agents: {}, on_rooms: {} },
      ...me,
    }),
    'conversations.get': () => conversation(),
    'conversations.agents': () => ({ items: [], next_cursor: null }),
    'messages.list': () => ({ items: [message(1), message(2)], next_cursor: null }),
    'conversations.follow': async function* ({ lastEventId, signal }) {
      asked.push(lastEventId)
      const queue = log.filter(({ event }) => event.seq > Number(lastEventId))
      let wake = Promise.withResolvers<void>()
      let isCut = false
      streams.push({
        push: (entry) => {
          queue.push(entry)
          wake.resolve()
        },
        cut: () => {
          isCut = true
          wake.resolve()
        },
      })
      signal?.addEventListener('abort', () => wake.resolve())
      while (!isCut && !signal?.aborted) {
        for (const { id, event } of queue.splice(0)) yield withEventMeta({ ...event }, { id })
        await wake.promise
        wake = Promise.withResolvers()
      }
    },
  }
  const isPassing = (event: ConversationEvent) => ['message.delta', 'typing', 'progress'].includes(event.type)
  return {
    answers,
    asked,
    /** Told to whoever listens; what is stored is told later as well. */
    tell(...events: Told[]) {
      for (const each of events) {
        const event = { conversation_id: 'cnv_1', at, ...each } as ConversationEvent
        const entry = { id: String(event.seq), event }
        if (!isPassing(event)) log.push(entry)
        streams.at(-1)?.push(entry)
      }
    },
    cut: () => streams.at(-1)?.cut(),
  }
}
