import { asText, type Chat, type ChatMessage, isRecord, nearestKept, type Problem, type Reader, textOrNull, timeOf } from './chats.ts'

/**
 * The chats export of Open WebUI: a list whose items hold a `chat` with its tree in `history.messages` and the end of the shown branch in
 * `history.currentId`; old ones only a plain list in `messages`.
 */
export const readOpenWebui: Reader = (data) => {
  const problems: Problem[] = []
  const chats: Chat[] = []
  const list = Array.isArray(data) ? data : [data]
  for (const [i, item] of list.entries()) {
    const chat = isRecord(item) ? (isRecord(item.chat) ? item.chat : item) : null
    const history = chat && isRecord(chat.history) ? chat.history : null
    if (!isRecord(item) || !chat || !(isRecord(history?.messages) || Array.isArray(chat.messages)))
      problems.push({ path: `data[${i}]`, message: 'is no chat of Open WebUI: it has neither history nor messages' })
    else chats.push(chatOf(item, chat, history))
  }
  return { chats, problems }
}

function chatOf(item: Record<string, unknown>, chat: Record<string, unknown>, history: Record<string, unknown> | null): Chat {
  const tree = history && isRecord(history.messages) ? Object.entries(history.messages) : null
  const nodes = new Map(
    (tree ?? linked(chat.messages as unknown[])).filter((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1])),
  )
  const found = [...nodes].flatMap(([id, node]) => messageOf(id, node) ?? [])
  const kept = new Set(found.map((message) => message.id))
  const parentOf = (id: string) => textOrNull(nodes.get(id)?.parentId)
  return {
    id: textOrNull(item.id) ?? textOrNull(chat.id),
    title: asText(item.title) || asText(chat.title),
    at: timeOf(item.created_at) ?? timeOf(chat.timestamp),
    messages: found.map((message) => ({ ...message, parent: nearestKept(parentOf(message.id), kept, parentOf) })),
    current: nearestKept(textOrNull(history?.currentId), kept, parentOf),
  }
}

/** A list without a tree: each answers the one before. */
function linked(messages: unknown[]): [string, unknown][] {
  return messages.map((message, i) => [String(i), isRecord(message) ? { ...message, parentId: i === 0 ? null : String(i - 1) } : message])
}

function messageOf(id: string, node: Record<string, unknown>): ChatMessage | null {
  const content = contentOf(node.content)
  if ((node.role !== 'user' && node.role !== 'assistant') || content.trim() === '') return null
  const model = textOrNull(node.modelName) ?? textOrNull(node.model)
  return { id, parent: null, role: node.role, content, at: timeOf(node.timestamp), model }
}

function contentOf(content: unknown): string {
  if (!Array.isArray(content)) return asText(content)
  return content
    .map((part) => (isRecord(part) ? (part.type === 'image_url' ? '[image]' : asText(part.text)) : asText(part)))
    .filter(Boolean)
    .join('\n\n')
}
