import { CadreError } from '@cadre/contract/errors'
import { isOver, type RunEvent, type TextDelta, type Waiting } from '@cadre/contract/run-events'
import type { CutValues } from '@cadre/contract/run-values'
import type { Run } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { fromJson } from '../storage/json.ts'
import { cutEvent } from './cut-values.ts'
import { missingRun, requireRun, toRun } from './get-run.ts'
import { readJournal } from './journal.ts'
import { findRun, isEnded, type RunRow } from './runs.store.ts'

/** How often the database is asked about a run that another process executes and does not report here. */
const pollMs = 250

/** How often a follower is asked about anew. */
const stillMs = 30_000

/** Where a follower stands: after this event, and this part of that call's text. */
type Place = { seq: number; call: number; part: number }

function readPlace(id: string | undefined): Place {
  if (id === undefined) return { seq: 0, call: 0, part: -1 }
  const match = /^(\d{1,9})(?:\.(\d{1,9})\.(\d{1,9}))?$/.exec(id)
  if (!match)
    throw new CadreError('BAD_REQUEST', `Last-Event-ID: '${id.slice(0, 50)}' is not the id of a run event`, [
      { path: 'Last-Event-ID', message: 'is not the id of a run event' },
    ])
  return { seq: Number(match[1]), call: Number(match[2] ?? 0), part: Number(match[3] ?? -1) }
}

/**
 * Every event of a run in order, from the first or after the given one, until it ends. Journal events come from the database or, when
 * the run is executed here, as they are committed; text deltas only while they are news.
 */
export async function followRun(
  app: App,
  actor: Actor,
  runId: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
  { max_value_bytes = Infinity }: CutValues = {},
): Promise<AsyncGenerator<RunEvent>> {
  const place = readPlace(lastEventId)
  await requireRun(app, actor, runId)
  return follow(app, runId, place, signal, openMailbox(app, runId, signal), { limit: max_value_bytes, still: () => requireRun(app, actor, runId) })
}

/** Every event of a run that is about to begin; the mailbox was opened before, so that no text is missed. */
export function followFromStart(app: App, runId: string, signal: AbortSignal, mailbox: Mailbox): AsyncGenerator<RunEvent> {
  return follow(app, runId, readPlace(undefined), signal, mailbox)
}

/**
 * @param options.limit values that take more bytes come cut.
 * @param options.still throws where whoever follows may not see the run any more: a role was lowered, a grant was taken back.
 */
async function* follow(
  app: App,
  runId: string,
  place: Place,
  signal: AbortSignal,
  mailbox: Mailbox,
  { limit = Infinity, still = async () => {} }: { limit?: number; still?: () => Promise<unknown> } = {},
): AsyncGenerator<RunEvent> {
  let asked = app.now()
  // The same text may be met in memory and in the mailbox.
  const seen = new WeakSet<TextDelta>()
  try {
    while (!signal.aborted) {
      if (app.now() - asked >= stillMs) {
        await still()
        asked = app.now()
      }
      const row = await findRun(app.db.read, runId)
      if (!row) return
      if (row.last_seq > place.seq) {
        for (const event of await readJournal(app, row, { max_value_bytes: limit })) {
          if (event.seq <= place.seq) continue
          place.seq = event.seq
          yield event
          if (event.type === 'run.ended') return
        }
      } else if (isOver(row.status as never)) return
      for (const delta of app.live.textsOf(runId)) {
        if (seen.has(delta) || (delta.call === place.call && delta.part <= place.part)) continue
        seen.add(delta)
        yield delta
      }
      // Until a gap says that the database knows more, what is published here is enough.
      for (let events = await mailbox.next(pollMs); events.length > 0; events = await mailbox.next(pollMs)) {
        let gap = false
        for (const event of events) {
          if (event.type === 'text.delta') {
            if (seen.has(event)) continue
            seen.add(event)
            yield event
          } else if (event.seq === place.seq + 1) {
            place.seq = event.seq
            yield limit === Infinity ? event : cutEvent(event, limit)
            if (event.type === 'run.ended') return
          } else gap ||= event.seq > place.seq + 1
        }
        if (gap) break
      }
    }
  } finally {
    mailbox.close()
  }
}

const mostWaiting = 1_000

export type Mailbox = ReturnType<typeof openMailbox>

/** What is published about a run, kept until it is asked for. `next` answers `[]` when nothing came in time or the signal was aborted. */
export function openMailbox(app: App, runId: string, signal: AbortSignal) {
  let waiting: RunEvent[] = []
  let wake: (() => void) | undefined
  const stop = app.live.listen(runId, (events) => {
    waiting.push(...events)
    // Nobody reads: what is left out, the gap in the numbers brings back from the journal.
    if (waiting.length > mostWaiting) waiting = waiting.slice(-1)
    wake?.()
  })
  const onAbort = () => {
    stop()
    wake?.()
  }
  signal.addEventListener('abort', onAbort)
  return {
    async next(ms: number): Promise<RunEvent[]> {
      if (waiting.length === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
        wake = undefined
      }
      const events = waiting
      waiting = []
      return events
    },
    close() {
      stop()
      signal.removeEventListener('abort', onAbort)
    },
  }
}

/** Waits for the end of a run that the caller has just started, at most so long; answers with the run as it is then. */
export async function awaitRun(app: App, runId: string, ms: number, signal: AbortSignal, mailbox: Mailbox): Promise<Run> {
  await awaitStandstill(app, runId, ms, signal, mailbox, false)
  const row = await findRun(app.db.read, runId)
  if (!row) throw missingRun(runId)
  return toRun(app, row)
}

/** Waits until nothing more happens in a run: it has ended, or (`waits`) waits for a budget or an approval. At most so long. */
export async function awaitStandstill(app: App, runId: string, ms: number, signal: AbortSignal, mailbox: Mailbox, waits: boolean) {
  const deadline = app.now() + ms
  const stands = async () => {
    if (!waits) return isEnded(app.db.read, runId)
    const row = await findRun(app.db.read, runId)
    return row !== undefined && (row.completed_at !== null || standsStill(row, app.now()))
  }
  try {
    let still = await stands()
    while (!still && !signal.aborted && app.now() < deadline) {
      const events = await mailbox.next(Math.min(deadline - app.now(), pollMs))
      still = events.some((event) => event.type === 'run.ended' || (waits && event.type === 'run.waiting' && isLong(event.waiting)))
      if (!still && events.length === 0 && !app.live.isExecuting(runId)) still = await stands()
    }
  } finally {
    mailbox.close()
  }
}

/** That it waits, and that nothing has woken it yet. */
export function standsStill({ waiting }: Pick<RunRow, 'waiting'>, now: number): boolean {
  const found = waiting === null ? null : (fromJson(waiting) as Waiting)
  return found !== null && isLong(found) && (found.until === null || Date.parse(found.until) > now)
}

function isLong({ for: what }: Waiting) {
  return what === 'budget' || what === 'approval'
}
