import type { Trx } from '../../storage/database.ts'
import { type MessageRow, selectMessagesById } from '../messages.store.ts'

export type ReplyPlace = { parent_id: string; thread_id: string | null; hop: number }

/** Where an answer to these messages stands; undefined where there is no such place any more. */
export async function placeOf(trx: Trx, answers: MessageRow[]): Promise<ReplyPlace | undefined> {
  const last = answers.at(-1)
  if (!last) return undefined
  if (last.thread_id !== null) {
    const [root] = await selectMessagesById(trx, [last.thread_id])
    if (!root || root.deleted_at !== null) return undefined
  }
  return { parent_id: last.id, thread_id: last.thread_id, hop: Math.max(...answers.map(({ hop }) => hop)) + 1 }
}
