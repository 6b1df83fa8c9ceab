import type { JournalEvent } from '@cadre/contract/run-events'
import type { ReadRun } from '@cadre/contract/run-values'
import type { Db, Trx } from '../storage/database.ts'
import { decodeEvents, encodeEvent, type NewEvent } from './journal-codec.ts'
import { releaseRun } from '../usage/reserve.ts'
import type { LiveRuns } from './live-runs.ts'
import { appendEvents, insertEvents, type RunPatch, type RunRow, selectEvents, takeRun } from './runs.store.ts'

/** The run is over or a newer lease holds it: whoever meets this stops at once and writes nothing more. */
export class StaleLease extends Error {
  override name = 'StaleLease'
}

/** A run is played again, and what is recorded of it ends here. */
export class JournalEnds extends Error {
  override name = 'JournalEnds'
}

/** What is heard of a run that is played again: where it is not what it was, and that its journal ends. */
export type ReplayListener = { differs: (message: string) => void; ends: () => void }

type Also = (trx: Trx) => Promise<unknown>
type Deferred = { event: NewEvent; at: number; also: Also | undefined }
type JournalApp = { db: Db; live: LiveRuns; now: () => number }

/**
 * The journal of one run under one lease: the only way to write about a run that is executed. Each append is durable when its promise
 * settles, is refused when the lease is stale, and reaches every follower after it is stored.
 */
export class Journal {
  readonly #app: JournalApp
  readonly runId: string
  readonly token: number
  /** What earlier executions left, empty at the first. */
  readonly past: readonly JournalEvent[]
  #lastSeq: number
  readonly #deferred: Deferred[] = []
  /** Of what was deferred and could not be written any more. */
  readonly #lost: Also[] = []
  #replay: ReplayListener | undefined

  private constructor(app: JournalApp, runId: string, token: number, past: readonly JournalEvent[], lastSeq: number) {
    this.#app = app
    this.#lastSeq = lastSeq
    this.runId = runId
    this.token = token
    this.past = past
  }

  /** Takes the run; undefined when it is over or a newer lease holds it. */
  static async open(app: JournalApp, run: RunRow, lease: { token: number; provider: string; model: string }): Promise<Journal | undefined> {
    const past = run.last_seq === 0 ? [] : await readJournal(app, run)
    const at = app.now()
    const started: NewEvent = { type: 'run.started', attempt: run.attempts + 1, provider: lease.provider, model: lease.model }
    const taken = await app.db.write(async (trx) => {
      const row = await takeRun(trx, { id: run.id, now: at, ...lease })
      if (row) await insertEvents(trx, run.id, row.last_seq, [await encodeEvent(trx, started, at)])
      // Whoever had it before is gone, and its calls with it.
      if (row && run.attempts > 0) await releaseRun(trx, run.id)
      return row
    })
    if (!taken) return undefined
    app.live.publish(run.id, [numbered(started, taken.last_seq, at)])
    return new Journal(app, run.id, lease.token, past, taken.last_seq)
  }

  /**
   * For a run that is only played again: nothing is written, and nothing can be asked for that is not recorded.
   */
  static replaying(app: JournalApp, run: RunRow, past: readonly JournalEvent[], listener: ReplayListener): Journal {
    const journal = new Journal(app, run.id, run.token, past, run.last_seq)
    journal.#replay = listener
    return journal
  }

  /** Before anything is asked for that is not recorded. @throws JournalEnds where the run is only played again. */
  mayGoOn(what: string) {
    if (!this.#replay) return
    this.#replay.ends()
    throw new JournalEnds(`${what} is not recorded`)
  }

  get lastSeq() {
    return this.#lastSeq
  }

  /** The journal of a run that was stored as taken, with its first event. */
  static begun(app: JournalApp, run: RunRow, started: JournalEvent): Journal {
    app.live.publish(run.id, [started])
    return new Journal(app, run.id, run.token, [], run.last_seq)
  }

  /**
   * Keeps an event for the next append. For what nothing follows from before that: the last answer of a run commits with its end.
   * @param also commits with it; where the event cannot be written any more, alone when the journal is closed.
   */
  defer(event: NewEvent, also?: Also) {
    this.#deferred.push({ event, at: this.#app.now(), also })
  }

  get hasDeferred() {
    return this.#deferred.length > 0
  }

  /** Puts other words in the place of the answer that waits for the next append, if one does; what the model said, its thoughts included, is kept nowhere. */
  rewordLast(text: string) {
    const last = this.#deferred.findLast(({ event }) => event.type === 'model.completed')
    if (last?.event.type === 'model.completed') last.event = { ...last.event, content: text === '' ? [] : [{ type: 'text', text }] }
  }

  /** Keeps nothing of what waits for the next append but what goes with it: another execution asks again. */
  dropDeferred() {
    this.#lost.push(...this.#deferred.splice(0).flatMap(({ also }) => also ?? []))
  }

  /** @param also further writes that commit with the events, such as the completion of the job. */
  async append(events: NewEvent[], patch: RunPatch = {}, also?: Also): Promise<void> {
    if (this.#replay) return this.#hear(events, this.#replay)
    const at = this.#app.now()
    const deferred = this.#deferred.splice(0)
    const all = [...deferred, ...events.map((event) => ({ event, at }))]
    const alsos = [...deferred.map((each) => each.also), also].filter((each) => each !== undefined)
    const first = await this.#app.db.write(async (trx) => {
      const rows = []
      for (const { event, at } of all) rows.push(await encodeEvent(trx, event, at))
      const seq = await appendEvents(trx, this.runId, this.token, rows, patch)
      if (seq !== undefined) for (const each of alsos) await each(trx)
      return seq
    })
    if (first === undefined) this.#lost.push(...deferred.map((each) => each.also).filter((each) => each !== undefined))
    if (first === undefined) throw new StaleLease(`run ${this.runId} is over or taken up elsewhere`)
    this.#lastSeq = Math.max(this.#lastSeq, first + all.length - 1)
    this.#app.live.publish(
      this.runId,
      all.map(({ event, at }, i) => numbered(event, first + i, at)),
    )
  }

  #hear(events: NewEvent[], { differs }: ReplayListener) {
    for (const event of events) {
      if (event.type === 'run.warning') differs(event.message)
      else this.mayGoOn(event.type)
    }
  }

  /** After the last append: what was deferred and is not written happened all the same. */
  async close(): Promise<void> {
    const left = [...this.#lost.splice(0), ...this.#deferred.splice(0).map((each) => each.also)].filter((each) => each !== undefined)
    for (const each of left) await this.#app.db.write((trx) => each(trx))
  }
}

/** Whole; or so many of its first events, with large values cut. */
export async function readJournal(app: { db: Db }, run: RunRow, { max_value_bytes, max_events }: ReadRun = {}): Promise<JournalEvent[]> {
  return decodeEvents(app.db.read, run, await selectEvents(app.db.read, run.id, max_events), max_value_bytes)
}

export function numbered(event: NewEvent, seq: number, at: number): JournalEvent {
  return { ...event, seq, at: new Date(at).toISOString() } as JournalEvent
}
