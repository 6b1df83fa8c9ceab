import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// The first schema. An older server knows none of it.
export const compatible = false

/**
 * Text compares byte by byte on both databases, so that ids sort by creation and paging agrees. Unique indexes are called
 * `<table>_<columns>`: unique-violation.ts relies on it. Every index costs each run space on disk; a run with everything that belongs to
 * it may take 6 kB.
 */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .createTable('agents')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('slug', text, (is) => is.notNull())
    .addColumn('description', text)
    .addColumn('provider', text, (is) => is.notNull())
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('system_prompt', text, (is) => is.notNull())
    .addColumn('tools', text, (is) => is.notNull())
    .addColumn('config', text, (is) => is.notNull())
    .addColumn('output_schema', text)
    .addColumn('is_public', 'integer', (is) => is.notNull())
    .addColumn('api_key_required', 'integer', (is) => is.notNull())
    .addColumn('allowed_api_keys', text, (is) => is.notNull())
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addColumn('deleted_at', 'bigint')
    .addPrimaryKeyConstraint('agents_id', ['id'])
    .execute()
  // A deleted agent gives its name and slug free.
  await sql`create unique index agents_name on agents (name) where deleted_at is null`.execute(db)
  await sql`create unique index agents_slug on agents (slug) where deleted_at is null`.execute(db)

  await schema
    .createTable('runs')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('status', text, (is) => is.notNull())
    .addColumn('mode', text, (is) => is.notNull())
    .addColumn('input', text, (is) => is.notNull())
    .addColumn('data', text)
    .addColumn('setup', text, (is) => is.notNull())
    .addColumn('output_text', text)
    .addColumn('error_code', text)
    .addColumn('error_message', text)
    .addColumn('waiting', text)
    .addColumn('provider', text)
    .addColumn('model', text)
    .addColumn('total_steps', 'integer', (is) => is.notNull())
    .addColumn('tokens_input', 'bigint', (is) => is.notNull())
    .addColumn('tokens_output', 'bigint', (is) => is.notNull())
    .addColumn('cost', 'double precision')
    .addColumn('attempts', 'integer', (is) => is.notNull())
    .addColumn('last_seq', 'integer', (is) => is.notNull())
    .addColumn('token', 'integer', (is) => is.notNull())
    .addColumn('job_id', text, (is) => is.notNull())
    .addColumn('cancel_requested_at', 'bigint')
    .addColumn('request_key', text)
    .addColumn('request_hash', text)
    .addColumn('triggered_by', text, (is) => is.notNull())
    .addColumn('ip_address', text)
    .addColumn('user_agent', text)
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('completed_at', 'bigint')
    .addPrimaryKeyConstraint('runs_id', ['id'])
    .execute()
  // Lists are newest first by id, which is by creation; "all runs" pages by the primary key. Keyless runs never clash: nulls differ.
  await schema.createIndex('runs_agent_id').on('runs').columns(['agent_id', 'id']).execute()
  await schema.createIndex('runs_status').on('runs').columns(['status', 'id']).execute()
  await schema
    .createIndex('runs_triggered_by_agent_id_request_key')
    .on('runs')
    .columns(['triggered_by', 'agent_id', 'request_key'])
    .unique()
    .execute()

  await schema
    .createTable('run_events')
    .addColumn('run_id', text, (is) => is.notNull())
    .addColumn('seq', 'integer', (is) => is.notNull())
    .addColumn('type', text, (is) => is.notNull())
    .addColumn('at', 'bigint', (is) => is.notNull())
    .addColumn('data', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('run_events_run_id_seq', ['run_id', 'seq'])
    .modifyEnd(withoutRowid) // a run's events lie side by side, and there is no second copy of the key
    .execute()

  await schema
    .createTable('blobs')
    .addColumn('hash', text, (is) => is.notNull())
    .addColumn('content', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('blobs_hash', ['hash'])
    .execute()

  await schema
    .createTable('jobs')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('data', text, (is) => is.notNull())
    .addColumn('priority', 'integer', (is) => is.notNull())
    .addColumn('status', text, (is) => is.notNull())
    .addColumn('progress', 'integer', (is) => is.notNull())
    .addColumn('attempts', 'integer', (is) => is.notNull())
    .addColumn('max_attempts', 'bigint', (is) => is.notNull())
    .addColumn('backoff_ms', 'bigint', (is) => is.notNull())
    .addColumn('run_at', 'bigint', (is) => is.notNull())
    .addColumn('worker_id', text)
    .addColumn('token', 'integer', (is) => is.notNull().defaultTo(0))
    .addColumn('result', text)
    .addColumn('failure_reason', text)
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('completed_at', 'bigint')
    .addPrimaryKeyConstraint('jobs_id', ['id'])
    .execute()
  // Each holds only the jobs in that state: a job that is done is in none of them.
  await sql`create index jobs_waiting on jobs (priority desc, run_at, id, name) where status = 'waiting'`.execute(db)
  await sql`create index jobs_delayed on jobs (run_at) where status = 'delayed'`.execute(db)
  await sql`create index jobs_active on jobs (worker_id) where status = 'active'`.execute(db)
  await sql`create index jobs_failed on jobs (id) where status = 'failed'`.execute(db)

  await schema
    .createTable('job_pauses')
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('paused_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('job_pauses_name', ['name'])
    .execute()

  await schema
    .createTable('workers')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('kind', text, (is) => is.notNull())
    .addColumn('host', text, (is) => is.notNull())
    .addColumn('pid', 'integer', (is) => is.notNull())
    .addColumn('started_at', 'bigint', (is) => is.notNull())
    .addColumn('heartbeat_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('workers_id', ['id'])
    .execute()

  await schema
    .createTable('plugins')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('manifest', text, (is) => is.notNull())
    .addColumn('registered_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('plugins_id', ['id'])
    .execute()

  await schema
    .createTable('providers')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('type', text, (is) => is.notNull())
    .addColumn('base_url', text)
    .addColumn('api_key', text)
    .addColumn('default_model', text)
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('providers_id', ['id'])
    .execute()
}
