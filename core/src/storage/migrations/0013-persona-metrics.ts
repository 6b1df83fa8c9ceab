import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would end runs without counting them, and answer what came with a key as if it had come without.
export const compatible = false

/** Who an agent is; the key that a message came with; how many runs ended how, and after how long; what the servers had to do. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  for (const column of ['role', 'backstory', 'goal', 'prompt_template']) await db.schema.alterTable('agents').addColumn(column, text).execute()
  await db.schema.alterTable('message_jobs').addColumn('key_id', text).execute()
  await sql`create index message_jobs_open on message_jobs (status, conversation_id) where status in ('waiting', 'responding')`.execute(db)
  // Nothing ever stood in it: docs/decisions/0020-context-is-read-anew.md.
  await db.schema.dropTable('agent_conversation_context').execute()
  await sql`create index reactions_emoji on reactions (emoji, created_at)`.execute(db)

  await db.schema
    .createTable('run_stats')
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('span', 'bigint', (is) => is.notNull())
    .addColumn('at', 'bigint', (is) => is.notNull())
    .addColumn('status', text, (is) => is.notNull())
    .addColumn('talk', 'integer', (is) => is.notNull())
    .addColumn('bin', 'integer', (is) => is.notNull())
    .addColumn('shard', 'integer', (is) => is.notNull())
    .addColumn('runs', 'bigint', (is) => is.notNull())
    .addColumn('duration_ms', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('run_stats_id', ['workspace_id', 'agent_id', 'span', 'at', 'status', 'talk', 'bin', 'shard'])
    .modifyEnd(withoutRowid)
    .execute()
  await db.schema.createIndex('run_stats_at').on('run_stats').columns(['span', 'at']).execute()
  await countEndedRuns(db)

  let machines = db.schema
    .createTable('machine_stats')
    .addColumn('at', 'bigint', (is) => is.notNull())
    .addColumn('process', text, (is) => is.notNull())
  for (const column of ['cpu', 'machine_cpu', 'event_loop_ms', 'query_ms', 'pool'])
    machines = machines.addColumn(column, 'double precision', (is) => is.notNull())
  for (const column of ['memory', 'machine_memory', 'disk_free', 'queue_depth']) machines = machines.addColumn(column, 'bigint', (is) => is.notNull())
  await machines.addPrimaryKeyConstraint('machine_stats_id', ['at', 'process']).modifyEnd(withoutRowid).execute()
}

/** As metrics/run-stats.ts counts them from now on. */
async function countEndedRuns(db: Kysely<unknown>) {
  const bounds = Array.from({ length: 73 }, (_, i) => Math.round(10 * 1.25 ** i))
  const bin = sql`case ${sql.join(
    bounds.map((bound, i) => sql.raw(`when ms <= ${bound} then ${i}`)),
    sql` `,
  )} else ${sql.raw(String(bounds.length))} end`
  for (const span of [60_000, 3_600_000, 86_400_000].map((ms) => sql.raw(String(ms))))
    await sql`insert into run_stats (workspace_id, agent_id, span, at, status, talk, bin, shard, runs, duration_ms)
      select workspace_id, agent_id, ${span}, start, status, talk, bin, 0, count(*), sum(ms)
      from (select workspace_id, agent_id, created_at - created_at % ${span} as start, status, talk, ms, ${bin} as bin
        from (select workspace_id, agent_id, created_at, status, completed_at - created_at as ms,
            case when origin like 'conversation:%' then 1 else 0 end as talk
          from runs where completed_at is not null) as ended) as placed
      group by workspace_id, agent_id, start, status, talk, bin`.execute(db)
}
