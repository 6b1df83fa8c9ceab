import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Message } from '@cadre/contract/messages'

type Party = Message['mentions'][number]
const same = (a: Party, b: Party) => a.kind === b.kind && a.id === b.id

/** With this message in its place, instead of what was known of it. */
export function withMessage(messages: Message[], message: Message): Message[] {
  const at = messages.findIndex(({ id }) => id === message.id)
  if (at >= 0) return messages.with(at, message)
  const before = messages.findLastIndex(({ seq }) => seq < message.seq)
  return messages.toSpliced(before + 1, 0, message)
}

/**
 * The messages of a conversation (`thread` is null) or of one thread after an event. Those that did not change are the same objects; the
 * list is the same where nothing did. Events that were applied before change nothing.
 * @param hasOlder there are messages before the first: what is older than that one is not taken in.
 */
export function foldMessages(messages: Message[], thread: string | null, hasOlder: boolean, event: ConversationEvent): Message[] {
  const change = (id: string, to: (message: Message) => Message) => {
    const at = messages.findIndex((message) => message.id === id)
    const before = messages[at]
    return before ? messages.with(at, to(before)) : messages
  }
  switch (event.type) {
    case 'message.created':
    case 'message.updated': {
      const { message } = event
      if (message.thread_id === thread) {
        const isOlder = hasOlder && message.seq < (messages[0]?.seq ?? 0)
        return isOlder ? messages : withMessage(messages, message)
      }
      if (event.type === 'message.created' && message.thread_id !== null && thread === null)
        return change(message.thread_id, (root) => ({ ...root, replies: root.replies + 1 }))
      return messages
    }
    case 'message.deleted':
      return change(event.message_id, (message) => ({ ...message, content: '', deleted_at: event.at, reactions: [], attachments: [], pinned: false }))
    case 'reaction.added':
      return change(event.message_id, (message) => ({ ...message, reactions: withReaction(message.reactions, event.emoji, event.by) }))
    case 'reaction.removed':
      return change(event.message_id, (message) => ({ ...message, reactions: withoutReaction(message.reactions, event.emoji, event.by) }))
    case 'message.pinned':
    case 'message.unpinned':
      return change(event.message_id, (message) => ({ ...message, pinned: event.type === 'message.pinned' }))
    default:
      return messages
  }
}

function withReaction(reactions: Message['reactions'], emoji: string, by: Party): Message['reactions'] {
  const others = withoutReaction(reactions, emoji, by)
  if (!others.some((each) => each.emoji === emoji)) return [...others, { emoji, by: [by] }]
  return others.map((each) => (each.emoji === emoji ? { emoji, by: [...each.by, by] } : each))
}

function withoutReaction(reactions: Message['reactions'], emoji: string, by: Party): Message['reactions'] {
  return reactions
    .map((each) => (each.emoji === emoji ? { emoji, by: each.by.filter((one) => !same(one, by)) } : each))
    .filter((each) => each.by.length > 0)
}
