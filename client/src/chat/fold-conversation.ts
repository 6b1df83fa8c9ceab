import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Conversation } from '@cadre/contract/conversations'

const passing = new Set(['typing', 'message.delta', 'progress', 'agent.status', 'read.updated'])
/** The contract's own word for it would load zod. */
export const isStored = ({ type }: ConversationEvent) => !passing.has(type)

export function withRead(conversation: Conversation, user_id: string, last_read_seq: number): Conversation {
  const participants = conversation.participants.map((each) => (each.kind === 'user' && each.id === user_id ? { ...each, last_read_seq } : each))
  return { ...conversation, participants }
}

/** The conversation after an event; the same object where it says nothing about it. */
export function foldConversation(conversation: Conversation, event: ConversationEvent): Conversation {
  const { participants } = conversation
  const without = (kind: string, id: string) => participants.filter((each) => each.kind !== kind || each.id !== id)
  switch (event.type) {
    case 'message.created':
      return { ...conversation, last_seq: Math.max(conversation.last_seq, event.message.seq) }
    case 'participant.joined':
      return { ...conversation, participants: [...without(event.participant.kind, event.participant.id), event.participant] }
    case 'participant.left':
      return { ...conversation, participants: without(event.participant.kind, event.participant.id) }
    case 'conversation.updated':
      return { ...conversation, title: event.title, topic: event.topic, policy: event.policy }
    case 'read.updated':
      return withRead(conversation, event.user_id, event.last_read_seq)
    default:
      return conversation
  }
}
