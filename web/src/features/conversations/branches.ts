import type { Message } from '@cadre/contract/messages'

/** The versions of a message, the oldest first, by the id of each of them. */
export type Versions = ReadonlyMap<string, readonly Message[]>
/** Which version is looked at, by the id of the first of its group. */
export type Choices = Readonly<Record<string, string>>

/**
 * Which messages stand for the same place: answers of one agent to one message, and what somebody said anew. Where nothing was said anew
 * there is none.
 */
export function versionsOf(messages: readonly Message[]): Versions {
  const versions = new Map<string, readonly Message[]>()
  // Without a branch that is not shown there is nothing to choose: the usual case, at one look.
  if (!messages.some(({ active }) => !active)) return versions
  const groups = new Map<string, Message[]>()
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

const originOf = ({ metadata }: Message) => (typeof metadata?.branch_of === 'string' ? metadata.branch_of : '')

function keyOf({ id, author_kind, author_id, parent_id, metadata }: Message): string {
  // In what was imported every message names the one before it, also those of people.
  const isPlaced = parent_id !== null && (author_kind === 'agent' || typeof metadata?.imported_from === 'string')
  return isPlaced ? `${parent_id} ${author_id}` : id
}

/**
 * The messages to be shown: those of the branch that agents are shown, unless other versions are chosen. A version holds what was said
 * after it and before the next one was.
 */
export function shownMessages(messages: readonly Message[], versions: Versions, choices: Choices): readonly Message[] {
  const chosen = Object.entries(choices).flatMap(([first, id]) => {
    const group = versions.get(first)
    const at = group?.findIndex((version) => version.id === id) ?? -1
    const version = group?.[at]
    return group && version && !version.active ? [{ from: version.seq, start: group[0]?.seq ?? 0, end: group[at + 1]?.seq ?? Infinity }] : []
  })
  const [outer] = chosen.toSorted((a, b) => a.start - b.start)
  if (!outer) return versions.size === 0 ? messages : messages.filter(({ active }) => active)
  const before = messages.filter(({ seq, active }) => active && seq < outer.start)
  const inside = messages.filter(({ seq }) => seq >= outer.from && seq < outer.end)
  return [...before, ...(isImported(inside[0]) ? pathFrom(inside[0], messages, choices) : latest(inside, versions, choices))]
}

const isImported = (message: Message | undefined): message is Message => typeof message?.metadata?.imported_from === 'string'

/** Inside a version that is looked at nothing is active: of each group in it, the one that was chosen or else the last, with what followed it. */
function latest(messages: readonly Message[], versions: Versions, choices: Choices): Message[] {
  const shown: Message[] = []
  let end = Infinity
  let from = 0
  for (const message of messages) {
    if (message.seq >= end) break
    if (message.seq < from) continue
    const group = versions.get(message.id)?.filter(({ seq }) => seq < end && seq >= (messages[0]?.seq ?? 0)) ?? [message]
    const version = group.find(({ id }) => id === choices[versions.get(message.id)?.[0]?.id ?? '']) ?? group.at(-1) ?? message
    from = version.seq
    if (version !== message) continue
    shown.push(message)
    end = Math.min(end, group[group.indexOf(version) + 1]?.seq ?? end)
  }
  return shown
}

/** What was imported is in no order of branches, but each message names the one before it. */
function pathFrom(version: Message, messages: readonly Message[], choices: Choices): Message[] {
  const wanted = new Set(Object.values(choices))
  const path = [version]
  for (let next: Message | undefined = version; next;) {
    const after: Message[] = messages.filter(({ parent_id }) => parent_id === next?.id)
    next = after.find(({ id }) => wanted.has(id)) ?? after.at(-1)
    if (next) path.push(next)
  }
  return path
}
