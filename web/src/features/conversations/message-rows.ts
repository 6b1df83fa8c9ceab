import type { ChatAnswer, PendingMessage } from '@cadre/client'
import type { Message } from '@cadre/contract/messages'

export type Row =
  | { kind: 'begin'; key: string }
  | { kind: 'older'; key: string }
  | { kind: 'new'; key: string }
  | { kind: 'message'; key: string; message: Message; goesOn: boolean }
  | { kind: 'pending'; key: string; pending: PendingMessage }
  | { kind: 'answer'; key: string; answer: ChatAnswer }

/** What somebody says within this time stands under one name. */
const togetherMs = 5 * 60_000

export function messageRows(
  messages: readonly Message[],
  { hasOlder, unreadAfter, me }: { hasOlder: boolean; unreadAfter: number; me: string },
): Row[] {
  const rows: Row[] = [hasOlder ? { kind: 'older', key: 'older' } : { kind: 'begin', key: 'begin' }]
  let before: Message | undefined
  let isNew = false
  for (const message of messages) {
    const starts: boolean = !isNew && message.seq > unreadAfter && message.author_id !== me && message.deleted_at === null
    if (starts) rows.push({ kind: 'new', key: 'new' })
    isNew ||= starts
    rows.push({ kind: 'message', key: message.id, message, goesOn: !starts && goesOn(before, message) })
    before = message
  }
  return rows
}

function goesOn(before: Message | undefined, { author_kind, author_id, created_at, status, run_id }: Message): boolean {
  if (!before || before.author_kind !== author_kind || before.author_id !== author_id || status !== 'sent' || run_id !== null) return false
  return Date.parse(created_at) - Date.parse(before.created_at) < togetherMs
}

/** What is under way stands below all that was said. */
export function liveRows(pending: readonly PendingMessage[], answers: readonly ChatAnswer[], thread: string | null): Row[] {
  return [
    ...pending.filter(({ thread_id }) => thread_id === thread).map((each): Row => ({ kind: 'pending', key: each.key, pending: each })),
    ...answers.filter(({ thread_id }) => thread_id === thread).map((answer): Row => ({ kind: 'answer', key: answer.key, answer })),
  ]
}
