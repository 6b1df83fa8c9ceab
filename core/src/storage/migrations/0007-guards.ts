import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores all of it.
export const compatible = true

/** The head of the audit log, which only grows; which master key the database was sealed with; counters that several servers share. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const { schema } = db

  // One row. `first_seq` is the oldest entry that retention left, `first_hash` the hash of the one before it.
  await schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (is) => is.notNull())
    .addColumn('seq', 'bigint', (is) => is.notNull())
    .addColumn('hash', text, (is) => is.notNull())
    .addColumn('first_seq', 'bigint', (is) => is.notNull())
    .addColumn('first_hash', text, (is) => is.notNull())
    .addColumn('key_id', text, (is) => is.notNull())
    .addColumn('mac', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('audit_head_id', ['id'])
    .execute()
  await schema.createIndex('audit_log_workspace_id').on('audit_log').columns(['workspace_id', 'seq']).execute()
  await schema.createIndex('audit_log_actor_id').on('audit_log').columns(['actor_id', 'seq']).execute()
  await schema.createIndex('audit_log_target_id').on('audit_log').columns(['target_id', 'seq']).execute()
  await (kind === 'sqlite' ? sqliteTriggers(db) : postgresTriggers(db))

  await schema
    .createTable('key_check')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('sealed', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('key_check_id', ['id'])
    .execute()

  // The columns are those of rate-limiter-flexible. Unlogged: a count that a crash forgets costs nothing, one that waits for the disk does.
  if (kind === 'postgres') await sql`create unlogged table rate_limits (key text primary key, points integer not null, expire bigint)`.execute(db)
}

/** Entries are never changed, and deleted only below `first_seq`, which the signed head says: see audit/prune-audit.ts. */
async function sqliteTriggers(db: Kysely<unknown>) {
  await sql`create trigger audit_log_update before update on audit_log begin select raise(abort, 'audit_log: entries are never changed'); end`.execute(
    db,
  )
  await sql`create trigger audit_log_delete before delete on audit_log
    when old.seq >= coalesce((select first_seq from audit_head where id = 1), 0)
    begin select raise(abort, 'audit_log: entries are deleted by retention only'); end`.execute(db)
  await sql`create trigger audit_head_delete before delete on audit_head begin select raise(abort, 'audit_head: is never deleted'); end`.execute(db)
}

async function postgresTriggers(db: Kysely<unknown>) {
  await sql`create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and tg_table_name = 'audit_log' then
        if old.seq < coalesce((select first_seq from audit_head where id = 1), 0) then return old; end if;
      end if;
      raise exception '%: % is refused, entries are deleted by retention only', tg_table_name, lower(tg_op);
    end $$`.execute(db)
  await sql`create trigger audit_log_change before update or delete on audit_log for each row execute function refuse_audit_change()`.execute(db)
  await sql`create trigger audit_log_truncate before truncate on audit_log for each statement execute function refuse_audit_change()`.execute(db)
  await sql`create trigger audit_head_delete before delete on audit_head for each row execute function refuse_audit_change()`.execute(db)
}
