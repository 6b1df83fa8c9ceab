import type { Message } from './messages.ts'

/** What must be known of a message in order to find its place among branches. */
export type Leaf = Pick<Message, 'id' | 'seq' | 'author_kind' | 'author_id' | 'parent_id' | 'active' | 'metadata'>
/** The versions of a message, the oldest first, by the id of each of them. */
export type Versions<M extends Leaf = Leaf> = ReadonlyMap<string, readonly M[]>
/** Which version is looked at, by the id of the first of its group. */
export type Choices = Readonly<Record<string, string>>

/**
 * Which messages stand for the same place: answers of one agent to one message, and what somebody said anew. Where nothing was said anew
 * there is none. They are those of a conversation, or of one thread, by their numbers.
 */
export function versionsOf<M extends Leaf>(messages: readonly M[]): Versions<M> {
  const versions = new Map<string, readonly M[]>()
  // Without a branch that is not shown there is nothing to choose: the usual case, at one look.
  if (!messages.some(({ active }) => !active)) return versions
  const groups = new Map<string, M[]>()
  const keys = new Map<string, string>()
  for (const message of messages) {
    const key = keys.get(originOf(message)) ?? keyOf(message)
    keys.set(message.id, key)
    const group = groups.get(key)
    if (group) group.push(message)
    else groups.set(key, [message])
  }
  for (const group of groups.values())
    if (group.length > 1 && group.some(({ active }) => !active)) for (const { id } of group) versions.set(id, group)
  return versions
}

const originOf = ({ metadata }: Leaf) => (typeof metadata?.branch_of === 'string' ? metadata.branch_of : '')
const isImported = ({ metadata }: Leaf) => typeof metadata?.imported_from === 'string'

function keyOf(message: Leaf): string {
  const { id, author_kind, author_id, parent_id } = message
  // In what was imported every message names the one before it, also those of people.
  const isPlaced = parent_id !== null && (author_kind === 'agent' || isImported(message))
  return isPlaced ? `${parent_id} ${author_id}` : id
}

/** At the end of a branch that is shown again: what has a number above `seq` was said after this message. A later `event` takes the place of an earlier one. */
export type WentOn = { seq: number; event: number }

export function wentOnOf({ metadata }: Leaf): WentOn[] {
  const marks: unknown = metadata?.went_on
  if (!Array.isArray(marks)) return []
  return marks.filter((mark): mark is WentOn => Number.isInteger(mark?.seq) && Number.isInteger(mark?.event))
}

/** By the id of each message, the one that it was said after; null at the beginning of what is known. */
function placesOf<M extends Leaf>(messages: readonly M[], versions: Versions<M>): Map<string, string | null> {
  const marks = messages
    .flatMap((message) => wentOnOf(message).map((mark) => ({ ...mark, id: message.id })))
    .toSorted((a, b) => a.seq - b.seq || a.event - b.event)
  const places = new Map<string, string | null>()
  const known = new Map(messages.map((message) => [message.id, message]))
  let end: string | null = null
  let next = 0
  for (const message of messages) {
    for (let mark = marks[next]; mark && mark.seq < message.seq; mark = marks[++next]) end = mark.id
    const first = versions.get(message.id)?.[0]
    const after: string | null = isImported(message) ? message.parent_id : first && first !== message ? (places.get(first.id) ?? null) : end
    places.set(message.id, after)
    // All branches of what was imported were there at once: it goes on from the one that is shown.
    const isElsewhere = isImported(message) && !message.active && end !== null && known.get(end)?.active
    if (!isElsewhere) end = message.id
  }
  return places
}

/**
 * The messages to be shown: those of the branch that agents are shown, unless other versions are chosen. After a version comes what was
 * said after it.
 */
export function shownMessages<M extends Leaf>(messages: readonly M[], versions: Versions<M>, choices: Choices): readonly M[] {
  const chosen = Object.entries(choices).flatMap(([first, id]) => {
    const group = versions.get(first)
    const version = group?.find((each) => each.id === id)
    return group && version && !version.active ? [{ version, start: group[0]?.seq ?? 0 }] : []
  })
  const [outer] = chosen.toSorted((a, b) => a.start - b.start)
  if (!outer) return versions.size === 0 ? messages : messages.filter(({ active }) => active)
  const before = messages.filter(({ seq, active }) => active && seq < outer.start)
  return [...before, ...pathFrom(outer.version, messages, placesOf(messages, versions), choices)]
}

/** From a message on: of several that follow, the one that is shown or was chosen, or else the last. */
function pathFrom<M extends Leaf>(from: M, messages: readonly M[], places: ReadonlyMap<string, string | null>, choices: Choices): M[] {
  const wanted = new Set(Object.values(choices))
  const following = Map.groupBy(messages, ({ id }) => places.get(id) ?? null)
  const path = [from]
  for (let next: M | undefined = from; next;) {
    const { id, seq } = next
    // A sender may write anything into the metadata: what came earlier cannot follow.
    const after: readonly M[] = following.get(id)?.filter((each) => each.seq > seq) ?? []
    next = after.find(({ id }) => wanted.has(id)) ?? after.find(({ active }) => active) ?? after.at(-1)
    if (next) path.push(next)
  }
  return path
}

/** The whole branch that a message stands in, as far as its messages are given: what led to it, itself, what was said after it. */
export function branchWith<M extends Leaf>(messages: readonly M[], id: string): M[] {
  const known = new Map(messages.map((message) => [message.id, message]))
  const message = known.get(id)
  if (!message) return []
  const places = placesOf(messages, versionsOf(messages))
  const above: M[] = []
  for (let at = known.get(places.get(id) ?? ''); at && at.seq < (above[0] ?? message).seq; at = known.get(places.get(at.id) ?? '')) above.unshift(at)
  return [...above, ...pathFrom(message, messages, places, {})]
}
