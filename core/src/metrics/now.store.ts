import { sql } from 'kysely'
import { clockSql, leaseMs } from '../jobs/lease-clock.ts'
import type { Db } from '../storage/database.ts'
import { firstIdAt } from '../storage/ids.ts'

// Each reads an index that holds little more than what it counts, however much there was before: metrics.test.ts asks the databases.

/** As the partial index message_jobs_open has it. */
const open = sql`status in ('waiting', 'responding')`

const one = async (db: Db['read'], query: ReturnType<typeof sql<{ n: number | null }>>) => Number((await query.execute(db)).rows[0]?.n ?? 0)

export function countQueued(db: Db['read']): Promise<number> {
  return one(db, sql`select count(*) as n from jobs where status = 'waiting'`)
}

export function countOpenConversations(db: Db['read']): Promise<number> {
  return one(db, sql`select count(distinct conversation_id) as n from message_jobs where ${open}`)
}

export function countConversationsOf(db: Db['read'], agentId: string): Promise<number> {
  return one(db, sql`select count(distinct conversation_id) as n from message_jobs where agent_id = ${agentId} and ${open}`)
}

export async function countQueuedFor(db: Db['read'], of: { workspace_id: string; agent_id: string }): Promise<number> {
  const runs = one(
    db,
    sql`select count(*) as n from runs
      where workspace_id = ${of.workspace_id} and status = 'pending' and agent_id = ${of.agent_id} and waiting is null`,
  )
  const messages = one(db, sql`select count(*) as n from message_jobs where agent_id = ${of.agent_id} and status = 'waiting'`)
  return (await runs) + (await messages)
}

export function countActiveAgents(db: Db['read']): Promise<number> {
  return one(db, sql`select count(distinct agent_id) as n from runs where workspace_id in (select workspace_id from agents) and status = 'running'`)
}

/** Ids sort by the time of their making. */
export function countMessagesSince(db: Db['read'], time: number): Promise<number> {
  return one(db, sql`select count(*) as n from messages where id >= ${firstIdAt('msg', time)}`)
}

/** In milliseconds; 0 where no worker lives. */
export function longestUptime({ kind, read }: Pick<Db, 'kind' | 'read'>): Promise<number> {
  const now = sql.raw(clockSql(kind))
  return one(read, sql`select max(${now} - started_at) as n from workers where ${now} - heartbeat_at <= ${leaseMs}`)
}

const lastJobs = 1_000

export function averageJobTime(db: Db['read']): Promise<number> {
  return one(
    db,
    sql`select avg(completed_at - started_at) as n from (
      select started_at, completed_at from jobs where status = 'completed' and started_at is not null order by id desc limit ${lastJobs}) as last`,
  )
}

export type Thumbs = { up: number; down: number }

/** With any colour of skin: that stands behind the sign. */
export async function countThumbs(db: Db['read'], agentId: string, from: number, to: number): Promise<Thumbs> {
  const count = (first: string, next: string) =>
    one(
      db,
      sql`select count(*) as n from reactions r join messages m on m.id = r.message_id
        where r.emoji >= ${first} and r.emoji < ${next} and r.created_at >= ${from} and r.created_at < ${to}
          and m.author_kind = 'agent' and m.author_id = ${agentId}`,
    )
  return { up: await count('👍', '👎'), down: await count('👎', '👏') }
}
