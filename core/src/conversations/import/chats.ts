import { contentLimit } from '@cadre/contract/messages'

/** A conversation of another program, in the shape that all of them can be brought into. */
export type Chat = {
  /** Its id there; null where it has none. */
  id: string | null
  title: string
  at: number | null
  messages: ChatMessage[]
  /** The end of the branch that was shown last. */
  current: string | null
}
export type ChatMessage = { id: string; parent: string | null; role: 'user' | 'assistant'; content: string; at: number | null; model: string | null }
export type Problem = { path: string; message: string }
export type Reader = (data: unknown) => { chats: Chat[]; problems: Problem[] }

/** A message in its place: after its parent, and never earlier than it. */
export type PlacedMessage = ChatMessage & { time: number; active: boolean; cut: boolean }

export const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
export const asText = (value: unknown) => (typeof value === 'string' ? value : '')
export const textOrNull = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null)

/** Milliseconds of what is written in seconds, in milliseconds or as a date; null for what is no time since 1990. */
export function timeOf(value: unknown): number | null {
  const number =
    typeof value === 'number' ? value : typeof value === 'string' ? (/^\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value)) : NaN
  const ms = Math.round(number < 100_000_000_000 ? number * 1000 : number)
  return ms > 631_152_000_000 && ms < 4_102_444_800_000 ? ms : null
}

/**
 * All branches in one order, by time, each message after the one it answers. What answers something that is not there begins anew; what
 * goes round in a circle has no beginning and is left out.
 */
export function placeMessages(chat: Chat, now: number): PlacedMessage[] {
  const byId = new Map(chat.messages.map((message) => [message.id, message]))
  const children = Map.groupBy(byId.values(), (message) => (message.parent !== null && byId.has(message.parent) ? message.parent : null))
  const placed: PlacedMessage[] = []
  const stack = (children.get(null) ?? []).toReversed().map((message) => ({ message, after: chat.at ?? 0 }))
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { message, after } = next
    const time = Math.min(Math.max(message.at ?? after, after) || now, now)
    const content = clean(message.content)
    const parent = message.parent !== null && byId.has(message.parent) ? message.parent : null
    placed.push({ ...message, parent, content: content.slice(0, contentLimit), cut: content.length > contentLimit, time, active: false })
    for (const child of (children.get(message.id) ?? []).toReversed()) stack.push({ message: child, after: time })
  }
  const ordered = placed.toSorted((a, b) => a.time - b.time)
  return withActiveBranch(ordered, chat.current)
}

function withActiveBranch(ordered: PlacedMessage[], current: string | null): PlacedMessage[] {
  const byId = new Map(ordered.map((message) => [message.id, message]))
  let at = current === null ? undefined : byId.get(current)
  at ??= ordered.at(-1)
  for (; at && !at.active; at = at.parent === null ? undefined : byId.get(at.parent)) at.active = true
  return ordered
}

/** What no database keeps is taken out. */
function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/**
 * The nearest message above a node that is itself taken over.
 * @param parentOf the node above; null at the top.
 */
export function nearestKept(from: string | null, kept: ReadonlySet<string>, parentOf: (id: string) => string | null): string | null {
  const seen = new Set<string>()
  let at = from
  while (at !== null && !kept.has(at)) {
    if (seen.has(at)) return null
    seen.add(at)
    at = parentOf(at)
  }
  return at
}
