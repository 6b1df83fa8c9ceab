import type { Message } from '@cadre/contract/messages'
import { localTime, oneLine } from './text.ts'

export function authorOf({ author_kind, author_id, author_name }: Pick<Message, 'author_kind' | 'author_id' | 'author_name'>) {
  if (author_name !== null) return oneLine(author_name)
  return author_kind === 'system' ? 'Cadre' : author_id === 'local' ? 'you' : author_id
}

/** A message as a person reads it, of several lines. */
export function describeMessage(message: Message) {
  const marks = [
    message.edited_at === null ? '' : 'edited',
    message.status === 'sent' ? '' : message.status,
    message.pinned ? 'pinned' : '',
    message.replies === 0 ? '' : `${message.replies} in its thread`,
    ...message.reactions.map(({ emoji, by }) => `${emoji} ${by.length}`),
  ].filter(Boolean)
  const head = `${message.seq}  ${authorOf(message)}  ${localTime(message.created_at)}${marks.length ? `  (${marks.join(', ')})` : ''}`
  if (message.deleted_at !== null) return `${head}\n(deleted)`
  const files = message.attachments.map(({ name, bytes }) => `[${oneLine(name)}, ${bytes} bytes]`)
  return [head, ...(message.content === '' ? [] : [message.content]), ...files].join('\n')
}
