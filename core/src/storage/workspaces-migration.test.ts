import { type Kysely, sql } from 'kysely'
import { expect, test } from 'vitest'
import type { Db } from './database.ts'
import * as workspaces from './migrations/0010-workspaces.ts'
import * as estimated from './migrations/0016-estimated-usage.ts'
import { databases } from './test/databases.ts'

const tables = ['connections', 'hook_values', 'plugins', 'providers', 'model_aliases', 'model_cards', 'usage_days'] as const

/** Takes a schema back to what it was before workspaces, and puts rows of then in. */
async function before(db: Db) {
  await db.write(async (trx) => {
    const run = (text: string) => sql.raw(text).execute(trx)
    for (const index of ['agents_workspace_id_name', 'agents_workspace_id_slug', 'runs_workspace_id_status', 'runs_workspace_id_user_id'])
      await run(`drop index ${index}`)
    for (const index of ['runs_workspace_id', 'runs_waiting', 'runs_workspace_id_triggered_by_agent_id_request_key']) await run(`drop index ${index}`)
    for (const [table, columns] of Object.entries({ agents: ['workspace_id'], runs: ['workspace_id', 'user_id', 'key_id'], approvals: ['user_id'] }))
      for (const column of columns) await run(`alter table ${table} drop column ${column}`)
    for (const table of ['budgets', 'usage_calls']) await run(`alter table ${table} drop column workspace_id`)
    for (const table of tables) await run(`drop table ${table}`)
    await run('create unique index agents_name on agents (name) where deleted_at is null')
    await run('create unique index agents_slug on agents (slug) where deleted_at is null')
    await run('create index runs_status on runs (status, id)')
    await run('create unique index runs_triggered_by_agent_id_request_key on runs (triggered_by, agent_id, request_key)')
    const created = (table: string, columns: string, key: string) => run(`create table ${table} (${columns}, constraint ${table}_${key})`)
    const by = 'created_by text not null, created_at bigint not null'
    await created('connections', `name text not null, url text not null, ${by}`, 'name primary key (name)')
    await created(
      'hook_values',
      'plugin_id text not null, key text not null, value text not null, updated_at bigint not null',
      'plugin_id_key primary key (plugin_id, key)',
    )
    await created(
      'plugins',
      'id text not null, manifest text not null, registered_by text not null, created_at bigint not null, pending text',
      'id primary key (id)',
    )
    const rest = 'type text not null, base_url text, api_key text, default_model text'
    await created('providers', `id text not null, ${rest}, ${by}, options text`, 'id primary key (id)')
    await created(
      'model_aliases',
      'alias text not null, provider_type text, model text not null, updated_at bigint not null',
      'alias primary key (alias)',
    )
    await created(
      'model_cards',
      'provider_id text not null, model text not null, card text not null, measured_at bigint not null',
      'provider_id_model primary key (provider_id, model)',
    )
    const names = ['day', 'agent_id', 'user_id', 'key_id', 'provider', 'model']
    const sums = [
      'calls',
      'failed',
      'retries',
      'unpriced',
      'tokens_input',
      'tokens_cached',
      'tokens_output',
      'tokens_reasoning',
      'cost_micros',
      'duration_ms',
    ]
    const columns = [...names.map((name) => `${name} text not null`), 'shard integer not null', ...sums.map((sum) => `${sum} bigint not null`)].join(
      ', ',
    )
    await created('usage_days', columns, `${names.join('_')}_shard primary key (${names.join(', ')}, shard)`)
    await run('alter table usage_calls drop column estimated')

    await run(`insert into connections values ('shop', 'sealed', 'local', 1), ('other', 'sealed too', 'local', 2)`)
    await run(`insert into hook_values values ('notes', 'a', '"b"', 1)`)
    await run(`insert into plugins values ('notes', '{}', 'local', 1, null)`)
    await run(`insert into providers values ('lab', 'custom', 'http://x', null, 'm', 'local', 1, '{}')`)
    await run(`insert into model_aliases values ('usual', null, 'm', 1)`)
    await run(`insert into model_cards values ('lab', 'm', '{}', 1)`)
    await run(`insert into usage_days values ('2026-01-01', 'agt_1', 'local', '', 'lab', 'm', 0, 1, 0, 0, 0, 5, 0, 5, 0, 7, 9)`)
    await run(
      `insert into api_keys (id, workspace_id, user_id, name, prefix, hash, role, created_at) values ('key_1', 'default', 'usr_1', 'k', 'p', 'h', 'owner', 1)`,
    )
    for (const [id, who] of [
      ['run_1', 'key_1'],
      ['run_2', 'usr_2'],
      ['run_3', 'public'],
      ['run_4', 'key_gone'],
    ])
      await run(`insert into runs (id, agent_id, status, mode, input, setup, total_steps, tokens_input, tokens_output, attempts, last_seq, token, job_id, triggered_by, created_at)
        values ('${id}', 'agt_1', 'completed', 'generate', 'x', 'x', 0, 0, 0, 1, 1, 1, 'job', '${who}', 1)`)
  })
}

test.each(databases)('what was there before workspaces is the first one’s, on $name', async ({ empty }) => {
  const db = await empty()
  const shape = await shapeOf(db)
  await before(db)
  await db.write((trx) => workspaces.up(trx as unknown as Kysely<unknown>, db.kind))
  await db.write((trx) => estimated.up(trx as unknown as Kysely<unknown>))
  expect(await shapeOf(db)).toEqual(shape)
  for (const table of [...tables, 'runs'] as const) {
    const rows = await db.read.selectFrom(table).selectAll().execute()
    expect(rows.length, table).toBeGreaterThan(0)
    expect(new Set(rows.map(({ workspace_id }) => workspace_id)), table).toEqual(new Set(['default']))
  }
  expect(await db.read.selectFrom('connections').selectAll().orderBy('name').execute()).toMatchObject([
    { name: 'other', url: 'sealed too' },
    { name: 'shop' },
  ])
  expect(await db.read.selectFrom('usage_days').selectAll().execute()).toMatchObject([
    { agent_id: 'agt_1', calls: 1, cost_micros: 7, duration_ms: 9 },
  ])
  const runs = await db.read.selectFrom('runs').select(['id', 'user_id', 'key_id']).orderBy('id').execute()
  expect(runs.map(({ user_id, key_id }) => [user_id, key_id])).toEqual([
    ['usr_1', 'key_1'],
    ['usr_2', null],
    [null, null],
    ['key_gone', 'key_gone'],
  ])
  await db.write((trx) =>
    trx.insertInto('connections').values({ workspace_id: 'wsp_1', name: 'shop', url: 'x', created_by: 'x', created_at: 1 }).execute(),
  )
})

/** Columns and keys, in whatever order. */
async function shapeOf(db: Db) {
  const found = await db.read.introspection.getTables()
  return found
    .filter(({ name }) => [...tables, 'agents', 'runs', 'approvals', 'budgets', 'usage_calls'].includes(name as never))
    .map(({ name, columns }) => [name, columns.map((column) => `${column.name} ${column.isNullable}`).toSorted()])
    .toSorted()
}
