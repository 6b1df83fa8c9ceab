import type { UsageDimension } from '@cadre/contract/usage'
import { type Selectable, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fixed } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

export type CallRow = Selectable<Tables['usage_calls']>

// Two statements of every model call, written out: Kysely builds and compiles a query in 20 µs, five times what SQLite takes to run it.

/** @returns false when this attempt is recorded already. */
export async function insertCall(trx: Trx, row: CallRow): Promise<boolean> {
  const { rows } = await fixed`
    insert into usage_calls (workspace_id, run_id, call, attempt, agent_id, user_id, key_id, provider, model, day,
      tokens_input, tokens_cached, tokens_cache_write, tokens_output, tokens_reasoning, cost_micros, duration_ms, status, estimated)
    values (${row.workspace_id}, ${row.run_id}, ${row.call}, ${row.attempt}, ${row.agent_id}, ${row.user_id}, ${row.key_id}, ${row.provider}, ${row.model}, ${row.day},
      ${row.tokens_input}, ${row.tokens_cached}, ${row.tokens_cache_write}, ${row.tokens_output}, ${row.tokens_reasoning}, ${row.cost_micros},
      ${row.duration_ms}, ${row.status}, ${row.estimated})
    on conflict (run_id, call, attempt) do nothing returning call`.execute(trx)
  return rows.length > 0
}

export async function addToDay(trx: Trx, row: CallRow, isRetry: boolean, shard: number): Promise<void> {
  await fixed`
    insert into usage_days as d (workspace_id, day, agent_id, user_id, key_id, provider, model, shard,
      calls, failed, retries, unpriced, estimated, tokens_input, tokens_cached, tokens_output, tokens_reasoning, cost_micros, duration_ms)
    values (${row.workspace_id}, ${row.day}, ${row.agent_id}, ${row.user_id}, ${row.key_id ?? ''}, ${row.provider}, ${row.model}, ${shard},
      1, ${row.status === 'failed' ? 1 : 0}, ${isRetry ? 1 : 0}, ${row.cost_micros === null ? 1 : 0}, ${row.estimated},
      ${row.tokens_input}, ${row.tokens_cached}, ${row.tokens_output}, ${row.tokens_reasoning}, ${row.cost_micros ?? 0}, ${row.duration_ms})
    on conflict (workspace_id, day, agent_id, user_id, key_id, provider, model, shard) do update set
      calls = d.calls + 1, failed = d.failed + excluded.failed, retries = d.retries + excluded.retries, unpriced = d.unpriced + excluded.unpriced,
      estimated = d.estimated + excluded.estimated,
      tokens_input = d.tokens_input + excluded.tokens_input, tokens_cached = d.tokens_cached + excluded.tokens_cached,
      tokens_output = d.tokens_output + excluded.tokens_output, tokens_reasoning = d.tokens_reasoning + excluded.tokens_reasoning,
      cost_micros = d.cost_micros + excluded.cost_micros, duration_ms = d.duration_ms + excluded.duration_ms`.execute(trx)
}

const sums = [
  'calls',
  'failed',
  'retries',
  'unpriced',
  'estimated',
  'tokens_input',
  'tokens_cached',
  'tokens_output',
  'tokens_reasoning',
  'cost_micros',
  'duration_ms',
] as const
export type Sums = Record<(typeof sums)[number], number>
export type GroupRow = Sums & Partial<Record<UsageDimension, string>>

const columns = {
  // Calls that no agent asked are kept under the name of their purpose: see aside.ts.
  purpose: sql`case when agent_id like ':%' then substr(agent_id, 2) else 'run' end`,
  agent: sql`case when agent_id like ':%' then '' else agent_id end`,
  user: sql.ref('user_id'),
  key: sql.ref('key_id'),
  provider: sql.ref('provider'),
  model: sql.ref('model'),
  day: sql.ref('day'),
  month: sql`substr(day, 1, 7)`,
}

export type UsageFilter = Partial<Record<'from' | 'to' | 'purpose' | 'agent' | 'user' | 'key' | 'provider' | 'model', string>>

/** Without dimensions: one row, of everything. Over times first, then the most expensive. */
export async function selectUsage(db: Db['read'], workspace: string, by: UsageDimension[], filter: UsageFilter, limit: number): Promise<GroupRow[]> {
  const where = [
    sql`workspace_id = ${workspace}`,
    ...(filter.from === undefined ? [] : [sql`day >= ${filter.from}`]),
    ...(filter.to === undefined ? [] : [sql`day <= ${filter.to}`]),
    ...(['purpose', 'agent', 'user', 'key', 'provider', 'model'] as const).flatMap((name) =>
      filter[name] === undefined ? [] : [sql`${columns[name]} = ${filter[name]}`],
    ),
  ]
  // The values of a column are bound where it is grouped by an expression, so groups are named by their place.
  const picked = by.map((name) => sql`${columns[name]} as ${sql.ref(name)}`)
  const places = by.map((_, i) => sql.raw(String(i + 1)))
  const times = by.flatMap((name, i) => (name === 'day' || name === 'month' ? [sql.raw(String(i + 1))] : []))
  const order = [...times, sql`cost_micros desc`, sql`tokens_input desc`, ...places]
  const { rows } = await sql<GroupRow>`
    select ${sql.join([...picked, ...sums.map((sum) => sql`coalesce(sum(${sql.ref(sum)}), 0) as ${sql.ref(sum)}`)])} from usage_days
    where ${sql.join(where, sql` and `)}
    ${by.length > 0 ? sql`group by ${sql.join(places)} order by ${sql.join(order)}` : sql``} limit ${limit}`.execute(db)
  return rows
}

export async function sumOfRun(db: Db['read'] | Trx, runId: string): Promise<{ cost_micros: number | null; unpriced: number }> {
  const { rows } = await fixed<{ cost_micros: number | null; unpriced: number | null }>`
    select sum(cost_micros) as cost_micros, sum(case when cost_micros is null then 1 else 0 end) as unpriced
    from usage_calls where run_id = ${runId}`.execute(db)
  return { cost_micros: rows[0]?.cost_micros ?? null, unpriced: rows[0]?.unpriced ?? 0 }
}

export async function selectLastAttempt(db: Db['read'], runId: string, call: number): Promise<number> {
  const { rows } = await fixed<{ last: number | null }>`
    select max(attempt) as last from usage_calls where run_id = ${runId} and call = ${call}`.execute(db)
  return rows[0]?.last ?? 0
}
