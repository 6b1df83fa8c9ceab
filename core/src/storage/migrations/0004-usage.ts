import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores these tables; what it calls meanwhile is not counted.
export const compatible = true

/**
 * What model calls cost, and the limits on it. Money is whole micro-dollars, prices are micro-dollars per million tokens: no sum ever
 * rounds. A row of usage_calls takes some 150 bytes of a run's 6 kB, so it has no second index: groups come from usage_days.
 */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .createTable('usage_calls')
    .addColumn('run_id', text, (is) => is.notNull())
    .addColumn('call', 'integer', (is) => is.notNull())
    .addColumn('attempt', 'integer', (is) => is.notNull())
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('key_id', text)
    .addColumn('provider', text, (is) => is.notNull())
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('day', text, (is) => is.notNull())
    .addColumn('tokens_input', 'integer', (is) => is.notNull())
    .addColumn('tokens_cached', 'integer', (is) => is.notNull())
    .addColumn('tokens_cache_write', 'integer', (is) => is.notNull())
    .addColumn('tokens_output', 'integer', (is) => is.notNull())
    .addColumn('tokens_reasoning', 'integer', (is) => is.notNull())
    .addColumn('cost_micros', 'bigint')
    .addColumn('duration_ms', 'integer', (is) => is.notNull())
    .addColumn('status', text, (is) => is.notNull())
    .addPrimaryKeyConstraint('usage_calls_run_id_call_attempt', ['run_id', 'call', 'attempt'])
    .modifyEnd(withoutRowid)
    .execute()

  // Sums of usage_calls. The shard keeps runs of one agent from waiting for each other's row on Postgres; readers add the shards up.
  let days = schema
    .createTable('usage_days')
    .addColumn('day', text, (is) => is.notNull())
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('user_id', text, (is) => is.notNull())
    .addColumn('key_id', text, (is) => is.notNull())
    .addColumn('provider', text, (is) => is.notNull())
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('shard', 'integer', (is) => is.notNull())
  for (const sum of sums) days = days.addColumn(sum, 'bigint', (is) => is.notNull())
  await days
    .addPrimaryKeyConstraint('usage_days_day_agent_id_user_id_key_id_provider_model_shard', [
      'day',
      'agent_id',
      'user_id',
      'key_id',
      'provider',
      'model',
      'shard',
    ])
    .modifyEnd(withoutRowid)
    .execute()

  await schema
    .createTable('prices')
    .addColumn('provider', text, (is) => is.notNull())
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('input', 'bigint', (is) => is.notNull())
    .addColumn('cached_input', 'bigint')
    .addColumn('cache_write', 'bigint')
    .addColumn('output', 'bigint', (is) => is.notNull())
    .addColumn('reasoning', 'bigint')
    .addColumn('updated_by', text, (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('prices_provider_model', ['provider', 'model'])
    .execute()

  await schema
    .createTable('budgets')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('scope', text, (is) => is.notNull())
    .addColumn('scope_id', text, (is) => is.notNull())
    .addColumn('period', text, (is) => is.notNull())
    .addColumn('unit', text, (is) => is.notNull())
    .addColumn('limit_amount', 'bigint', (is) => is.notNull())
    .addColumn('on_exceed', text, (is) => is.notNull())
    .addColumn('unknown', text, (is) => is.notNull())
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('budgets_id', ['id'])
    .execute()

  // A new period is a new row: nothing has to be set back at midnight.
  await schema
    .createTable('budget_counters')
    .addColumn('budget_id', text, (is) => is.notNull())
    .addColumn('subject', text, (is) => is.notNull())
    .addColumn('period_key', text, (is) => is.notNull())
    .addColumn('spent', 'bigint', (is) => is.notNull())
    .addColumn('reserved', 'bigint', (is) => is.notNull())
    .addColumn('raised_to', 'bigint')
    .addPrimaryKeyConstraint('budget_counters_budget_id_subject_period_key', ['budget_id', 'subject', 'period_key'])
    .modifyEnd(withoutRowid)
    .execute()

  await schema
    .createTable('budget_reservations')
    .addColumn('id', text, (is) => is.notNull())
    .addColumn('run_id', text, (is) => is.notNull())
    .addColumn('lines', text, (is) => is.notNull())
    .addColumn('expires_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('budget_reservations_id', ['id'])
    .execute()
  await schema.createIndex('budget_reservations_run_id').on('budget_reservations').columns(['run_id']).execute()
}

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
