import { asText, type Chat, type ChatMessage, isRecord, nearestKept, type Problem, type Reader, textOrNull, timeOf } from './chats.ts'

/**
 * `conversations.json` of ChatGPT's data export: a list of conversations, each a tree of nodes in `mapping`, with `current_node` as the
 * end of the branch that was shown. Tool calls, their results and hidden messages are left out, their place in the tree is kept.
 */
export const readChatgpt: Reader = (data) => {
  const problems: Problem[] = []
  const chats: Chat[] = []
  const list = Array.isArray(data) ? data : [data]
  for (const [i, item] of list.entries()) {
    if (!isRecord(item) || !isRecord(item.mapping)) problems.push({ path: `data[${i}]`, message: 'is no conversation of ChatGPT: it has no mapping' })
    else chats.push(chatOf(item, item.mapping))
  }
  return { chats, problems }
}

function chatOf(item: Record<string, unknown>, mapping: Record<string, unknown>): Chat {
  const nodes = new Map(Object.entries(mapping).filter((entry): entry is [string, Record<string, unknown>] => isRecord(entry[1])))
  const found = new Map<string, ChatMessage>()
  for (const [id, node] of nodes) {
    const message = isRecord(node.message) ? messageOf(id, node.message) : null
    if (message) found.set(id, message)
  }
  const kept = new Set(found.keys())
  const parentOf = (id: string) => textOrNull(nodes.get(id)?.parent)
  const current = nearestKept(textOrNull(item.current_node), kept, parentOf)
  return {
    id: textOrNull(item.conversation_id) ?? textOrNull(item.id),
    title: asText(item.title),
    at: timeOf(item.create_time),
    messages: [...found.values()].map((message) => ({ ...message, parent: nearestKept(parentOf(message.id), kept, parentOf) })),
    current,
  }
}

function messageOf(id: string, message: Record<string, unknown>): ChatMessage | null {
  const role = isRecord(message.author) ? message.author.role : null
  const metadata = isRecord(message.metadata) ? message.metadata : {}
  if ((role !== 'user' && role !== 'assistant') || metadata.is_visually_hidden_from_conversation === true) return null
  // What an assistant says to a tool is no answer to the person.
  if (role === 'assistant' && typeof message.recipient === 'string' && message.recipient !== 'all') return null
  const content = isRecord(message.content) ? contentOf(message.content) : ''
  if (content.trim() === '') return null
  return { id, parent: null, role, content, at: timeOf(message.create_time), model: textOrNull(metadata.model_slug) }
}

function contentOf({ content_type, parts, text, language }: Record<string, unknown>): string {
  if (content_type === 'thoughts' || content_type === 'reasoning_recap' || content_type === 'user_editable_context') return ''
  if (Array.isArray(parts)) return parts.map(partOf).filter(Boolean).join('\n\n')
  if (content_type === 'code') return `\`\`\`${typeof language === 'string' && language !== 'unknown' ? language : ''}\n${asText(text)}\n\`\`\``
  return asText(text)
}

function partOf(part: unknown): string {
  if (typeof part === 'string') return part
  if (!isRecord(part)) return ''
  if (typeof part.text === 'string') return part.text
  if (part.content_type === 'image_asset_pointer') return '[image]'
  return /audio|video/.test(asText(part.content_type)) ? '[recording]' : ''
}
