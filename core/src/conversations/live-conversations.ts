import type { PassingEvent } from '@cadre/contract/conversation-events'
import type { Db } from '../storage/database.ts'
import { showEvents } from './events.ts'
import { type EventPage, type EventRowIn, inOrder, selectEventsBetween, selectEventsFrom, selectPosition, selectSnapshot } from './events.store.ts'
import { Mailbox } from './mailbox.ts'
import { selectPeopleOf } from './participants.store.ts'

/** How soon what another process wrote is told here; what this one writes is told at once. */
const everyMs = 250
const pageRows = 500

export type Audience = { workspace_id: string; people: string[] }
export type Passing<E = PassingEvent> = E extends unknown ? Omit<E, 'seq' | 'at'> : never
type LiveApp = { db: Db; now: () => number; log: { error: (context: object, message: string) => void } }

/**
 * Tells the streams that are open here what happens in conversations. The database is the one source: whoever wrote says so (`wake`), and
 * what came since the last look is read once for all streams, however many they are. Each stream gets the events of a conversation in
 * order and without a gap. While nobody listens, nothing is read.
 */
export class LiveConversations {
  readonly #app: LiveApp
  readonly #rooms = new Map<string, Set<Mailbox>>()
  /** By workspace and user. */
  readonly #people = new Map<string, Map<string, Set<Mailbox>>>()
  #listeners = 0
  #timer: NodeJS.Timeout | undefined
  #starting: Promise<void> | undefined
  #looking: Promise<void> | undefined
  #lookAgain = false
  /** From where the next look reads; undefined while nobody listens. */
  #from: number | undefined
  /** What was seen by the last look (Postgres): a transaction that is open anywhere holds `#from` back, and what was told is not told again. */
  #seen = ''
  /** Hands passing events on to another process (a worker to its server); set by whoever connects the two. */
  forward: ((event: Passing, audience: Audience | undefined) => void) | undefined
  /** The same for the word that something was committed. */
  forwardWake: (() => void) | undefined

  constructor(app: LiveApp) {
    this.#app = app
  }

  /** Something was committed. */
  wake() {
    this.forwardWake?.()
    this.#lookNow()
  }

  #lookNow() {
    if (this.#from === undefined) return
    if (this.#looking) this.#lookAgain = true
    else this.#looking = this.#look().finally(() => (this.#looking = undefined))
  }

  /** Tells what is news only now to the windows of the conversation, and to all streams of those people. */
  pass(event: Passing, audience?: Audience) {
    this.forward?.(event, audience)
    const boxes = new Set(this.#rooms.get(event.conversation_id))
    for (const person of audience?.people ?? []) for (const box of this.#people.get(audience?.workspace_id ?? '')?.get(person) ?? []) boxes.add(box)
    if (boxes.size === 0) return
    // Each stream puts in its own number.
    const told = { event: { ...event, seq: 0, at: new Date(this.#app.now()).toISOString() } as PassingEvent, position: 0 }
    for (const box of boxes) box.put(told)
  }

  /** Everything about a conversation that is committed after this. */
  openRoom(conversationId: string, signal: AbortSignal): Promise<Mailbox> {
    return this.#open(this.#rooms, conversationId, signal)
  }

  /** The same about all conversations of a person. */
  openPerson(workspaceId: string, userId: string, signal: AbortSignal): Promise<Mailbox> {
    let people = this.#people.get(workspaceId)
    if (!people) this.#people.set(workspaceId, (people = new Map()))
    return this.#open(people, userId, signal)
  }

  /** From where a stream of a person that begins now can go on later. */
  get position(): number {
    return this.#from ?? 0
  }

  /** How many streams are open. */
  get listening(): number {
    return this.#listeners
  }

  async close() {
    clearInterval(this.#timer)
    for (const boxes of [this.#rooms, ...this.#people.values()].flatMap((each) => [...each.values()])) for (const box of [...boxes]) box.close()
    await this.#starting
    await this.#looking
  }

  async #open(boxes: Map<string, Set<Mailbox>>, key: string, signal: AbortSignal): Promise<Mailbox> {
    const close = () => box.close()
    const box = new Mailbox(() => {
      signal.removeEventListener('abort', close)
      mine.delete(box)
      if (mine.size === 0 && boxes.get(key) === mine) boxes.delete(key)
      this.#listeners -= 1
      this.#restWhenAlone()
    })
    const mine = boxes.get(key) ?? new Set()
    boxes.set(key, mine.add(box))
    this.#listeners += 1
    if (signal.aborted) box.close()
    else signal.addEventListener('abort', close)
    try {
      await this.#start()
    } catch (error) {
      box.close()
      throw error
    }
    return box
  }

  async #start() {
    if (this.#from !== undefined) return
    this.#starting ??= this.#begin().finally(() => (this.#starting = undefined))
    await this.#starting
  }

  async #begin() {
    const { db } = this.#app
    if (db.kind === 'postgres') {
      const { snapshot, from } = await selectSnapshot(db.read)
      this.#seen = snapshot
      this.#from = from
    } else this.#from = await selectPosition(db.read, db.kind)
    this.#timer = setInterval(() => this.#lookNow(), everyMs).unref()
    this.#restWhenAlone()
  }

  async #readAll(page: (last: EventPage | undefined) => Promise<EventRowIn[]>): Promise<EventRowIn[]> {
    const all: EventRowIn[] = []
    for (;;) {
      const rows = await page(all.at(-1))
      all.push(...rows)
      if (rows.length < pageRows) return all
    }
  }

  #restWhenAlone() {
    if (this.#listeners > 0 || this.#looking || this.#starting) return
    clearInterval(this.#timer)
    this.#from = undefined
    this.#people.clear()
  }

  async #look() {
    try {
      do {
        this.#lookAgain = false
        await this.#tellNews()
      } while (this.#lookAgain)
    } catch (err) {
      this.#app.log.error({ err }, 'could not look for what happened in conversations')
    }
    // In the next turn, when this look is over.
    setImmediate(() => this.#restWhenAlone())
  }

  async #tellNews() {
    const { db } = this.#app
    const from = this.#from
    if (from === undefined) return
    if (db.kind === 'postgres') {
      const next = await selectSnapshot(db.read)
      const between = { since: this.#seen, until: next.snapshot }
      const rows = await this.#readAll((last) => selectEventsBetween(db.read, between, last, pageRows))
      await this.#tell(inOrder(rows), from)
      this.#seen = next.snapshot
      this.#from = next.from
    } else {
      const rows = await this.#readAll((last) => selectEventsFrom(db.read, db.kind, from, last, pageRows))
      await this.#tell(inOrder(rows), undefined)
      this.#from = rows.at(-1)?.pos ?? from
    }
  }

  async #tell(rows: EventRowIn[], position: number | undefined) {
    const concerned = rows.filter((row) => this.#rooms.has(row.conversation_id) || this.#people.has(row.workspace_id))
    if (concerned.length === 0) return
    const closed = concerned.filter((row) => row.kind !== 'channel' && this.#people.has(row.workspace_id)).map((row) => row.conversation_id)
    const members = Map.groupBy(await selectPeopleOf(this.#app.db.read, [...new Set(closed)]), (each) => each.conversation_id)
    const wanted = concerned
      .map((row) => ({ row, boxes: this.#boxesOf(row, members.get(row.conversation_id)?.map((each) => each.participant_id) ?? []) }))
      .filter(({ boxes }) => boxes.length > 0)
    const events = await showEvents(
      this.#app.db.read,
      wanted.map(({ row }) => row),
    )
    for (const [i, { row, boxes }] of wanted.entries()) {
      const event = events[i]
      if (!event) continue
      const told = { event, position: position ?? row.pos }
      for (const box of boxes) box.put(told)
    }
  }

  #boxesOf(row: EventRowIn, members: string[]): Mailbox[] {
    const boxes = [...(this.#rooms.get(row.conversation_id) ?? [])]
    const people = this.#people.get(row.workspace_id)
    if (!people) return boxes
    if (row.kind === 'channel') return [...boxes, ...[...people.values()].flatMap((each) => [...each])]
    // Who has just left is told that, too.
    const leaving = row.type === 'participant.left' ? [(JSON.parse(row.data) as { participant: { id: string } }).participant.id] : []
    return [...boxes, ...[...new Set([...members, ...leaving])].flatMap((id) => [...(people.get(id) ?? [])])]
  }
}
