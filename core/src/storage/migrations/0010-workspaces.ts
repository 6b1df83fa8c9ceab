import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would show every workspace everything: it must not go on beside a newer one.
export const compatible = false

/** Everything belongs to a workspace. What was there before them belongs to the first. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  await agentsAndRuns(db, kind)
  await keyedAnew(db, kind)
  for (const table of ['budgets', 'usage_calls']) await addWorkspace(db, kind, table)
  await usageDays(db, kind)
}

async function agentsAndRuns(db: Kysely<unknown>, kind: Kind) {
  for (const table of ['agents', 'runs']) await addWorkspace(db, kind, table)
  for (const index of ['agents_name', 'agents_slug', 'runs_status', 'runs_triggered_by_agent_id_request_key']) {
    await db.schema.dropIndex(index).execute()
  }
  await sql`create unique index agents_workspace_id_name on agents (workspace_id, name) where deleted_at is null`.execute(db)
  await sql`create unique index agents_workspace_id_slug on agents (workspace_id, slug) where deleted_at is null`.execute(db)

  const text = textOf(kind)
  for (const [table, column] of [
    ['runs', 'user_id'],
    ['runs', 'key_id'],
    ['approvals', 'user_id'],
  ] as const)
    await db.schema.alterTable(table).addColumn(column, text).execute()
  await sql`update runs set key_id = triggered_by where triggered_by like 'key\\_%' escape '\\'`.execute(db)
  await sql`update runs set user_id = coalesce((select user_id from api_keys where api_keys.id = runs.triggered_by), triggered_by)
    where triggered_by not in ('public', 'system')`.execute(db)
  await sql`update approvals set user_id = (select user_id from runs where runs.id = approvals.run_id)`.execute(db)
  // Most runs wait for nothing and have no request key: they are in neither of the last two.
  await sql`create index runs_workspace_id_status on runs (workspace_id, status, id)`.execute(db)
  await sql`create index runs_workspace_id_user_id on runs (workspace_id, user_id, id)`.execute(db)
  await sql`create index runs_workspace_id on runs (workspace_id, id)`.execute(db)
  await sql`create index runs_waiting on runs (workspace_id) where waiting is not null`.execute(db)
  await sql`create unique index runs_workspace_id_triggered_by_agent_id_request_key
    on runs (workspace_id, triggered_by, agent_id, request_key) where request_key is not null`.execute(db)
}

/** Tables whose rows people name themselves: each workspace has names of its own. */
async function keyedAnew(db: Kysely<unknown>, kind: Kind) {
  await rekey(db, kind, 'connections', ['name'])
  await rekey(db, kind, 'plugins', ['id'])
  await rekey(db, kind, 'hook_values', ['plugin_id', 'key'])
  await rekey(db, kind, 'providers', ['id'])
  await rekey(db, kind, 'model_aliases', ['alias'])
  await rekey(db, kind, 'model_cards', ['provider_id', 'model'])
}

// Postgres keeps no more than 63 characters of a name, so the key of usage_days does not name its columns.
async function usageDays(db: Kysely<unknown>, kind: Kind) {
  const before = ['day', 'agent_id', 'user_id', 'key_id', 'provider', 'model', 'shard']
  await rekey(db, kind, 'usage_days', before, { from: 'usage_days_day_agent_id_user_id_key_id_provider_model_shard', to: 'usage_days_key' })
}

const textOf = (kind: Kind) => (kind === 'postgres' ? sql`text collate "C"` : sql`text`)

async function addWorkspace(db: Kysely<unknown>, kind: Kind, table: string) {
  await sql`alter table ${sql.table(table)} add column workspace_id ${textOf(kind)} not null default 'default'`.execute(db)
  // SQLite keeps the default; the type of the table has none, so nothing is written without its workspace.
  if (kind === 'postgres') await sql`alter table ${sql.table(table)} alter column workspace_id drop default`.execute(db)
}

type Names = { from: string; to: string }

/** Puts the workspace in front of a primary key. SQLite cannot change one: the table is written anew. */
async function rekey(
  db: Kysely<unknown>,
  kind: Kind,
  table: string,
  key: string[],
  { from, to }: Names = { from: `${table}_${key.join('_')}`, to: `${table}_workspace_id_${key.join('_')}` },
) {
  const columns = sql.join(['workspace_id', ...key].map((column) => sql.ref(column)))
  if (kind === 'postgres') {
    await addWorkspace(db, kind, table)
    await sql`alter table ${sql.table(table)} drop constraint ${sql.ref(from)}`.execute(db)
    await sql`alter table ${sql.table(table)} add constraint ${sql.ref(to)} primary key (${columns})`.execute(db)
    return
  }
  const { rows } = await sql<{ name: string; type: string; notnull: number }>`select name, type, "notnull" from pragma_table_info(${table})`.execute(
    db,
  )
  const names = sql.join(rows.map(({ name }) => sql.ref(name)))
  const lines = rows.map(({ name, type, notnull }) => sql`${sql.ref(name)} ${sql.raw(type)}${sql.raw(notnull ? ' not null' : '')}`)
  const old = `${table}_before`
  const withoutRowid = sql.raw(table === 'usage_days' ? ' without rowid' : '')
  await sql`alter table ${sql.table(table)} rename to ${sql.table(old)}`.execute(db)
  await sql`create table ${sql.table(table)} ("workspace_id" text not null, ${sql.join(lines)},
    constraint ${sql.ref(to)} primary key (${columns}))${withoutRowid}`.execute(db)
  await sql`insert into ${sql.table(table)} (workspace_id, ${names}) select 'default', ${names} from ${sql.table(old)}`.execute(db)
  await sql`drop table ${sql.table(old)}`.execute(db)
}
