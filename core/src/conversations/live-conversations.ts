import type { PassingEvent } from '@cadre/contract/conversation-events'
import type { Db } from '../storage/database.ts'
import { showEvents } from './events.ts'
import { type EventRowIn, inOrder, selectEventsFrom, selectPosition } from './events.store.ts'
import { Mailbox } from './mailbox.ts'
import { selectPeopleOf } from './participants.store.ts'

/** How soon what another process wrote is told here; what this one writes is told at once. */
const everyMs = 250
const pageRows = 500

export type Audience = { workspace_id: string; people: string[] }
export type Passing<E = PassingEvent> = E extends unknown ? Omit<E, 'seq' | 'at'> : never
type LiveApp = { db: Db; now: () => number; log: { error: (context: object, message: string) => void } }

const keyOf = (row: EventRowIn) => `${row.conversation_id}:${row.seq}`

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
  /** What was told of what the next look will meet again (Postgres), with its position. */
  readonly #told = new Map<string, number>()
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
    const from = await selectPosition(db.read, db.kind)
    // A transaction that is open somewhere holds the position back: what is there already is no news.
    if (db.kind === 'postgres') for (const row of await this.#readFrom(from)) this.#told.set(keyOf(row), row.pos)
    this.#from = from
    this.#timer = setInterval(() => this.#lookNow(), everyMs).unref()
    this.#restWhenAlone()
  }

  async #readFrom(from: number): Promise<EventRowIn[]> {
    const { db } = this.#app
    const all: EventRowIn[] = []
    for (;;) {
      const rows = await selectEventsFrom(db.read, db.kind, from, all.at(-1), pageRows)
      all.push(...rows)
      if (rows.length < pageRows) return all
    }
  }

  #restWhenAlone() {
    if (this.#listeners > 0 || this.#looking || this.#starting) return
    clearInterval(this.#timer)
    this.#from = undefined
    this.#told.clear()
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
    // Before the rows: whatever is written by a transaction that is over at this point is seen below.
    const next = db.kind === 'postgres' ? await selectPosition(db.read, db.kind) : undefined
    const rows = await this.#readFrom(from)
    const news = rows.filter((row) => !this.#told.has(keyOf(row)))
    await this.#tell(inOrder(news), next === undefined ? undefined : from)
    if (next !== undefined) for (const row of news) this.#told.set(keyOf(row), row.pos)
    this.#from = next ?? rows.at(-1)?.pos ?? from
    for (const [key, pos] of this.#told) if (pos < this.#from) this.#told.delete(key)
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
