import { isPassing, type PositionedEvent } from '@cadre/contract/conversation-events'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import type { Own } from './conversations.store.ts'
import { type EventPage, inOrder, selectEventsFrom, selectPosition } from './events.store.ts'
import { showEvents } from './events.ts'
import { readEventId } from './follow-conversation.ts'
import type { Mailbox } from './mailbox.ts'
import { hasOnly, ownOf } from './seats.ts'

type FollowApp = Pick<App, 'db' | 'rooms'>
const pageRows = 1_000

/**
 * What happens in all conversations of a person, each conversation's events in order. After a reconnect nothing is missing; on Postgres
 * some that were the last before may come again, with the `seq` that they had.
 */
export async function followAll(
  app: FollowApp,
  actor: Actor,
  { last_event_id, signal }: { last_event_id?: string | undefined; signal: AbortSignal },
): Promise<AsyncGenerator<PositionedEvent>> {
  const given = readEventId(last_event_id)
  const me = ownOf(actor)
  const mailbox = await app.rooms.openPerson(me.workspace_id, me.user_id, signal)
  return follow(app, me, given, mailbox)
}

async function* follow(app: FollowApp, me: Own, given: number | undefined, mailbox: Mailbox): AsyncGenerator<PositionedEvent> {
  let place = given ?? app.rooms.position
  let reads = given !== undefined
  /** The newest that was given out of each conversation: the same event may be met in the database and in the mailbox. */
  const seen = new Map<string, number>()
  const isNews = ({ conversation_id, seq }: { conversation_id: string; seq: number }) => {
    if (seq <= (seen.get(conversation_id) ?? 0)) return false
    seen.set(conversation_id, seq)
    return true
  }
  try {
    for (;;) {
      if (reads) {
        // What is committed after this is told, too.
        const next = app.rooms.position
        const from = place
        for (let last: EventPage | undefined; ;) {
          const safe = app.db.kind === 'postgres' ? await selectPosition(app.db.read, app.db.kind) : Infinity
          const rows = await selectEventsFrom(app.db.read, app.db.kind, from, last, pageRows, me)
          const ordered = inOrder(rows)
          const events = await showEvents(app.db.read, ordered)
          const positions = app.db.kind === 'postgres' ? positionsAfter(ordered, safe) : ordered.map((row) => row.pos)
          for (const [i, event] of events.entries()) {
            place = Math.max(place, positions[i] ?? place)
            seen.set(event.conversation_id, Math.max(event.seq, seen.get(event.conversation_id) ?? 0))
            yield { ...event, position: String(place) }
          }
          last = rows.at(-1)
          if (rows.length < pageRows) break
        }
        place = Math.max(place, next)
      }
      for (reads = false; !reads;) {
        const next = await mailbox.next()
        if (!next) return
        reads = next.missed
        for (const { event, position } of next.told) {
          if (me.agents !== null && !(await hasOnly(app.db.read, event.conversation_id, me.agents))) continue
          if (isPassing(event)) yield { ...event, seq: seen.get(event.conversation_id) ?? 0, position: String(place) }
          else {
            place = Math.max(place, position)
            if (isNews(event)) yield { ...event, position: String(place) }
          }
        }
      }
    }
  } finally {
    mailbox.close()
  }
}

/** After each row the position from which nothing is missing: that of the first row still to come, and none that is not settled. */
function positionsAfter(rows: { pos: number }[], settled: number): number[] {
  const positions: number[] = []
  let next = Math.max(...rows.map((row) => row.pos))
  for (const { pos } of rows.toReversed()) {
    positions.push(Math.min(next, settled))
    next = Math.min(next, pos)
  }
  return positions.reverse()
}
