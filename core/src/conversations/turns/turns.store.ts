import { sql } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { fixed } from '../../storage/prepared.ts'
import type { MessageRow } from '../messages.store.ts'

// The links between messages, the jobs that answer them and the runs that do. A row is `waiting` until a run takes it (its agent is ''
// while nobody is chosen), `responding` while that works, then `answered`, `failed`, `stopped`; `passed`: nobody had to answer.

/** What asks for an answer, with its message. */
export type WaitingRow = MessageRow & { job_id: string; agent_id: string; key_id: string | null; since: number }

const columns = sql`m.num, m.id, m.conversation_id, m.seq, m.author_kind, m.author_id, m.content, m.status, m.thread_id, m.parent_id, m.active, m.run_id,
  m.hop, m.metadata, m.client_key, m.created_at, m.updated_at, m.edited_at, m.deleted_at, c.kind as conversation_kind`

export async function findRoom(db: Db['read'], id: string): Promise<ConversationRow | undefined> {
  return (await fixed<ConversationRow>`select * from conversations where id = ${id} and deleted_at is null`.execute(db)).rows[0]
}

/**
 * The same, held to the end of the transaction: whoever decides something about the turns of a conversation does so alone. On SQLite nobody
 * else writes anyway.
 */
export async function lockRoom(trx: Trx, kind: Db['kind'], id: string): Promise<ConversationRow | undefined> {
  if (kind === 'sqlite') return findRoom(trx, id)
  return (await fixed<ConversationRow>`select * from conversations where id = ${id} and deleted_at is null for update`.execute(trx)).rows[0]
}

export async function findDeleted(db: Db['read'], id: string): Promise<{ workspace_id: string } | undefined> {
  const { rows } = await sql<{ workspace_id: string }>`select workspace_id from conversations where id = ${id} and deleted_at is not null`.execute(db)
  return rows[0]
}

/** In the order of the messages. */
export async function selectWaiting(db: Db['read'], conversationId: string): Promise<WaitingRow[]> {
  const { rows } = await fixed<WaitingRow>`select ${columns}, j.job_id, j.agent_id, j.key_id, j.created_at as since
    from message_jobs j join messages m on m.id = j.message_id join conversations c on c.id = m.conversation_id
    where j.conversation_id = ${conversationId} and j.status = 'waiting' order by m.seq, j.created_at, j.agent_id limit 1000`.execute(db)
  return rows
}

/** Whether anything waits there, or anybody answers. */
export async function isOpen(trx: Trx, conversationId: string): Promise<boolean> {
  const { rows } = await fixed`select 1 as one from message_jobs
    where conversation_id = ${conversationId} and status in ('waiting', 'responding') limit 1`.execute(trx)
  return rows.length > 0
}

/** What somebody waits for, at a glance: the job that will look, and since when. */
export async function findAhead(trx: Trx, conversationId: string): Promise<{ job_id: string; since: number } | undefined> {
  const { rows } = await fixed<{ job_id: string; since: number }>`select job_id, created_at as since from message_jobs
    where conversation_id = ${conversationId} and status = 'waiting' order by created_at limit 1`.execute(trx)
  return rows[0]
}

export type WaitingLink = { message_id: string; conversation_id: string; agent_id: string; job_id: string; key_id: string | null; now: number }

export async function insertWaiting(trx: Trx, { now, ...link }: WaitingLink) {
  const { message_id, conversation_id, agent_id, job_id, key_id } = link
  await fixed`insert into message_jobs (message_id, conversation_id, agent_id, job_id, key_id, status, created_at, updated_at)
    values (${message_id}, ${conversation_id}, ${agent_id}, ${job_id}, ${key_id}, 'waiting', ${now}, ${now})`.execute(trx)
}

/** Another job will look at everything that waits in a conversation. */
export async function giveToJob(trx: Trx, conversationId: string, jobId: string, now: number) {
  await fixed`update message_jobs set job_id = ${jobId}, updated_at = ${now} where conversation_id = ${conversationId} and status = 'waiting'`.execute(
    trx,
  )
}

type Taken = { conversation_id: string; message_ids: string[]; agent_id: string }

/** Whoever was not chosen yet, or this agent was. @returns how many rows there were. */
export async function takeWaiting(
  trx: Trx,
  { conversation_id, message_ids, agent_id }: Taken,
  to: { agent_id: string; job_id: string; run_id: string | null; status: string; now: number },
): Promise<number> {
  if (message_ids.length === 0) return 0
  const { rows } = await sql`update message_jobs
    set agent_id = ${to.agent_id}, job_id = ${to.job_id}, run_id = ${to.run_id}, status = ${to.status}, updated_at = ${to.now}
    where conversation_id = ${conversation_id} and status = 'waiting' and agent_id in ('', ${agent_id}) and message_id in (${sql.join(message_ids)})
    returning message_id`.execute(trx)
  return rows.length
}

/** Everything that waits there. @returns how many. */
export async function dropWaiting(trx: Trx, conversationId: string, status: string, now: number): Promise<number> {
  const { rows } = await sql`update message_jobs set status = ${status}, updated_at = ${now}
    where conversation_id = ${conversationId} and status = 'waiting' returning message_id`.execute(trx)
  return rows.length
}

export type Responding = { run_id: string; agent_id: string; job_id: string; since: number }

/** The runs that answer in a conversation now. */
export async function selectResponding(db: Db['read'], conversationId: string): Promise<Responding[]> {
  const { rows } = await fixed<Responding>`select run_id, agent_id, job_id, min(updated_at) as since from message_jobs
    where conversation_id = ${conversationId} and status = 'responding' group by run_id, agent_id, job_id`.execute(db)
  return rows
}

/** Lets nobody else decide about the places of an agent until the transaction ends. On SQLite nobody else writes anyway. */
export async function lockPlaces(trx: Trx, kind: Db['kind'], agentId: string) {
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(hashtextextended(${agentId}, 0))`.execute(trx)
}

/** Whether an agent answers in so many runs, or more, somewhere. One run may answer several messages. */
export async function respondsIn(db: Db['read'], agentId: string, runs: number): Promise<boolean> {
  // Many conversations ask this at once: counting messages is cheap, and it mostly says that there is room.
  const messages = await fixed`select 1 as one from message_jobs
    where agent_id = ${agentId} and status = 'responding' limit 1 offset ${runs - 1}`.execute(db)
  if (messages.rows.length === 0) return false
  const { rows } = await sql<{ n: number }>`select count(*) as n from (
    select distinct run_id from message_jobs where agent_id = ${agentId} and status = 'responding' limit ${runs}) as responding`.execute(db)
  return Number(rows[0]?.n ?? 0) >= runs
}

/** Where this agent is waited for longest. */
export async function findWaitingFor(trx: Trx, agentId: string): Promise<{ job_id: string } | undefined> {
  const { rows } = await fixed<{ job_id: string }>`select job_id from message_jobs
    where agent_id = ${agentId} and status = 'waiting' order by created_at limit 1`.execute(trx)
  return rows[0]
}

export async function selectOfRun(trx: Trx, runId: string, status = 'responding'): Promise<(MessageRow & { job_id: string; agent_id: string })[]> {
  const { rows } = await fixed<MessageRow & { job_id: string; agent_id: string }>`select ${columns}, j.job_id, j.agent_id
    from message_jobs j join messages m on m.id = j.message_id join conversations c on c.id = m.conversation_id
    where j.run_id = ${runId} and j.status = ${status} order by m.seq`.execute(trx)
  return rows
}

export async function endLinks(trx: Trx, runId: string, status: string, now: number) {
  await fixed`update message_jobs set status = ${status}, updated_at = ${now} where run_id = ${runId} and status = 'responding'`.execute(trx)
}

/** The newest that were said, in the conversation itself or in one thread with its root; the oldest of them first. */
export async function selectSaid(
  db: Db['read'],
  of: { conversation_id: string; thread_id: string | null; up_to: number; limit: number },
): Promise<MessageRow[]> {
  const where = of.thread_id === null ? sql`m.thread_id is null` : sql`(m.thread_id = ${of.thread_id} or m.id = ${of.thread_id})`
  const { rows } = await sql<MessageRow>`select ${columns} from messages m join conversations c on c.id = m.conversation_id
    where m.conversation_id = ${of.conversation_id} and ${where} and m.seq <= ${of.up_to}
      and m.active = 1 and m.deleted_at is null and m.status in ('sent', 'stopped')
    order by m.seq desc limit ${of.limit}`.execute(db)
  return rows.reverse()
}

/** Whether a message of an agent is shown whose key begins so. */
export async function isShownWithKey(trx: Trx, conversationId: string, key: string): Promise<boolean> {
  const agents = sql`select participant_id from participants where conversation_id = ${conversationId} and kind = 'agent'`
  const { rows } =
    await sql`select 1 as one from messages where conversation_id = ${conversationId} and author_kind = 'agent' and author_id in (${agents})
    and client_key >= ${key} and client_key < ${`${key}~`} and active = 1 and deleted_at is null limit 1`.execute(trx)
  return rows.length > 0
}

/** Who spoke last, the newest first. */
export async function selectSpeakers(db: Db['read'], conversationId: string, limit: number): Promise<{ kind: string; id: string; seq: number }[]> {
  const { rows } = await fixed<{ kind: string; id: string; seq: number }>`select author_kind as kind, author_id as id, seq from messages
    where conversation_id = ${conversationId} and active = 1 order by seq desc limit ${limit}`.execute(db)
  return rows
}

export async function selectAttached(db: Db['read'], messageIds: string[]): Promise<{ message_id: string; name: string }[]> {
  if (messageIds.length === 0) return []
  const { rows } = await sql<{ message_id: string; name: string }>`select message_id, name from attachments
    where message_id in (${sql.join(messageIds)}) order by id`.execute(db)
  return rows
}

export async function selectLlmMessages(db: Db['read'], messageIds: string[]): Promise<{ message_id: string; role: string; content: string }[]> {
  if (messageIds.length === 0) return []
  const query = db.selectFrom('llm_messages').select(['message_id', 'role', 'content']).where('message_id', 'in', messageIds)
  return query.orderBy('id').execute()
}

/** Another branch is shown from here on: this message and all after it are not. @returns which they were. */
export async function hideFrom(trx: Trx, of: { conversation_id: string; thread_id: string | null; seq: number; now: number }) {
  const where = of.thread_id === null ? sql`thread_id is null` : sql`thread_id = ${of.thread_id}`
  const { rows } = await sql<{ id: string; seq: number }>`update messages set active = 0, updated_at = ${of.now}
    where conversation_id = ${of.conversation_id} and ${where} and seq >= ${of.seq} and active = 1 returning id, seq`.execute(trx)
  return rows.toSorted((a, b) => a.seq - b.seq)
}

export async function countLater(
  trx: Trx,
  of: { conversation_id: string; thread_id: string | null; seq: number; author_id: string },
): Promise<number> {
  const where = of.thread_id === null ? sql`thread_id is null` : sql`thread_id = ${of.thread_id}`
  const { rows } = await sql<{ n: number }>`select count(*) as n from messages where conversation_id = ${of.conversation_id} and ${where}
    and seq > ${of.seq} and active = 1 and deleted_at is null and author_kind = 'user' and author_id <> ${of.author_id}`.execute(trx)
  return Number(rows[0]?.n ?? 0)
}
