import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'

/** A message as far as branches care: without its text. */
export type BranchRow = {
  id: string
  seq: number
  author_kind: string
  author_id: string
  parent_id: string | null
  active: number
  metadata: string | null
}

const columns = sql`id, seq, author_kind, author_id, parent_id, active, metadata`

function inThread(conversationId: string, threadId: string | null): RawBuilder<unknown> {
  return sql`conversation_id = ${conversationId} and ${threadId === null ? sql`thread_id is null` : sql`thread_id = ${threadId}`}`
}

/** Every message of a conversation, or of one thread: where a branch begins is found from its beginning only. */
export async function selectBranches(db: Db['read'], conversationId: string, threadId: string | null): Promise<BranchRow[]> {
  const { rows } = await sql<BranchRow>`select ${columns} from messages where ${inThread(conversationId, threadId)} order by seq`.execute(db)
  return rows
}

/** The last message that is shown before this number. */
export async function selectLastShown(db: Db['read'], conversationId: string, threadId: string | null, seq: number): Promise<BranchRow | undefined> {
  const { rows } = await sql<BranchRow>`select ${columns} from messages
    where ${inThread(conversationId, threadId)} and seq < ${seq} and active = 1 order by seq desc limit 1`.execute(db)
  return rows[0]
}

/** So many in one statement: databases have a limit for the values of one. */
const atOnce = 1_000

export async function setActive(trx: Trx, ids: string[], active: boolean, now: number) {
  for (let i = 0; i < ids.length; i += atOnce)
    await sql`update messages set active = ${active ? 1 : 0}, updated_at = ${now} where id in (${sql.join(ids.slice(i, i + atOnce))})`.execute(trx)
}
