import { asText, type Chat, type ChatMessage, isRecord, nearestKept, type Problem, type Reader, textOrNull, timeOf } from './chats.ts'

/**
 * A conversation that LibreChat exported as JSON: `messages` as a list whose items name their `parentMessageId`, or, where it was
 * exported "recursive", as a tree with `children` (in older versions under `messagesTree`).
 */
export const readLibrechat: Reader = (data) => {
  const problems: Problem[] = []
  const chats: Chat[] = []
  const list = Array.isArray(data) ? data : [data]
  for (const [i, item] of list.entries()) {
    const messages = isRecord(item) ? (item.messages ?? item.messagesTree) : null
    if (!isRecord(item) || !(Array.isArray(messages) || isRecord(messages)))
      problems.push({ path: `data[${i}]`, message: 'is no conversation of LibreChat: it has no messages' })
    else chats.push(chatOf(item, Array.isArray(messages) ? messages : [messages]))
  }
  return { chats, problems }
}

type Node = { message: Record<string, unknown>; parent: string | null }

function chatOf(item: Record<string, unknown>, roots: unknown[]): Chat {
  const nodes = new Map<string, Node>()
  const stack = roots.toReversed().map((message) => ({ message, above: null as string | null }))
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { message, above } = next
    if (!isRecord(message)) continue
    const id = textOrNull(message.messageId) ?? `place-${nodes.size}`
    if (nodes.has(id)) continue
    nodes.set(id, { message, parent: above ?? textOrNull(message.parentMessageId) })
    if (Array.isArray(message.children)) for (const child of message.children.toReversed()) stack.push({ message: child, above: id })
  }
  const found = [...nodes].flatMap(([id, { message }]) => messageOf(id, message) ?? [])
  const kept = new Set(found.map((message) => message.id))
  const parentOf = (id: string) => nodes.get(id)?.parent ?? null
  return {
    id: textOrNull(item.conversationId),
    title: asText(item.title),
    at: timeOf(item.createdAt),
    messages: found.map((message) => ({ ...message, parent: nearestKept(parentOf(message.id), kept, parentOf) })),
    current: null,
  }
}

function messageOf(id: string, message: Record<string, unknown>): ChatMessage | null {
  const content = asText(message.text) || contentOf(message.content)
  if (content.trim() === '' || message.error === true) return null
  const isUser = message.isCreatedByUser === true || (message.isCreatedByUser === undefined && /^user$/i.test(asText(message.sender)))
  const model = isUser ? null : (textOrNull(message.model) ?? textOrNull(message.sender))
  return { id, parent: null, role: isUser ? 'user' : 'assistant', content, at: timeOf(message.createdAt), model }
}

/** The parts of an answer: its text, without what it thought and which tools it called. */
function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return asText(content)
  return content
    .map((part) => {
      if (!isRecord(part) || part.type !== 'text') return ''
      return isRecord(part.text) ? asText(part.text.value) : asText(part.text)
    })
    .filter(Boolean)
    .join('\n\n')
}
