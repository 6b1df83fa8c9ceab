import { type ConversationEvent, isPassing } from '@cadre/contract/conversation-events'
import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { selectEvents } from './events.store.ts'
import { showEvents } from './events.ts'
import type { Mailbox } from './mailbox.ts'
import { requireSeat } from './seats.ts'

type FollowApp = Pick<App, 'db' | 'rooms'>
const pageRows = 200

export function readEventId(id: string | undefined): number | undefined {
  if (id === undefined) return undefined
  if (!/^\d{1,15}$/.test(id))
    throw new CadreError('BAD_REQUEST', `Last-Event-ID: '${id.slice(0, 50)}' is not the id of an event`, [
      { path: 'Last-Event-ID', message: 'is not the id of an event' },
    ])
  return Number(id)
}

/** Every event of a conversation in order, from now on or after the given one, until the actor leaves it or it is deleted. */
export async function followConversation(
  app: FollowApp,
  actor: Actor,
  conversationId: string,
  { after, last_event_id, signal }: { after?: number | undefined; last_event_id?: string | undefined; signal: AbortSignal },
): Promise<AsyncGenerator<ConversationEvent>> {
  const given = readEventId(last_event_id) ?? after
  const { conversation } = await requireSeat(app.db.read, actor, conversationId, 'see')
  const mailbox = await app.rooms.openRoom(conversationId, signal)
  return follow(app, actor, conversationId, given ?? conversation.last_event, mailbox)
}

async function* follow(app: FollowApp, actor: Actor, conversationId: string, after: number, mailbox: Mailbox): AsyncGenerator<ConversationEvent> {
  let place = after
  try {
    for (;;) {
      for (let rows = await selectEvents(app.db.read, conversationId, place, pageRows); rows.length > 0;) {
        for (const event of await showEvents(app.db.read, rows)) {
          place = event.seq
          yield event
          if (await endsHere(app, actor, event)) return
        }
        rows = await selectEvents(app.db.read, conversationId, place, pageRows)
      }
      // Until a gap says that the database knows more, what is told here is enough.
      for (let gap = false; !gap;) {
        const next = await mailbox.next()
        if (!next) return
        gap = next.missed
        for (const { event } of next.told) {
          if (isPassing(event)) yield { ...event, seq: place }
          else if (event.seq > place + 1) gap = true
          else if (event.seq > place) {
            place = event.seq
            yield event
            if (await endsHere(app, actor, event)) return
          }
          if (gap) break
        }
      }
    }
  } finally {
    mailbox.close()
  }
}

/** Whether the actor is no longer one of those who may see what comes. */
async function endsHere(app: FollowApp, actor: Actor, event: ConversationEvent): Promise<boolean> {
  if (event.type === 'conversation.deleted') return true
  if (event.type !== 'participant.left' || event.participant.id !== actor.user_id) return false
  return requireSeat(app.db.read, actor, event.conversation_id, 'see').then(
    () => false,
    (error: unknown) => {
      if (error instanceof CadreError) return true
      throw error
    },
  )
}
