import { invalid } from '@cadre/contract/errors'
import type { GetUsage, Purpose, Usage, UsageGroup, UsageTotals } from '@cadre/contract/usage'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { toUsd } from './prices.ts'
import { type GroupRow, selectUsage, type Sums } from './usage.store.ts'

/** Tokens and cost of the workspace by what is asked for. Days are UTC. */
export async function getUsage(app: { db: Db }, actor: Actor, { group_by = [], limit, ...filter }: GetUsage): Promise<Usage> {
  if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to) throw invalid('to', 'is before from')
  const rows = group_by.length === 0 ? [] : await selectUsage(app.db.read, actor.workspace_id, group_by, filter, limit + 1)
  const truncated = rows.length > limit
  // Groups that are all there add up to the totals; reading a million calls twice takes twice as long.
  const all = group_by.length === 0 || truncated ? (await selectUsage(app.db.read, actor.workspace_id, [], filter, 1))[0] : undefined
  return {
    from: filter.from ?? null,
    to: filter.to ?? null,
    group_by,
    groups: rows.slice(0, limit).map(toGroup),
    totals: toTotals(all ?? added(rows)),
    truncated,
  }
}

function toGroup(row: GroupRow): UsageGroup {
  const { purpose, agent, user, key, provider, model, day, month } = row
  return {
    ...(purpose === undefined ? {} : { purpose: purpose as Purpose }),
    ...(agent === undefined ? {} : { agent: agent === '' ? null : agent }),
    user,
    ...(key === undefined ? {} : { key: key === '' ? null : key }),
    provider,
    model,
    day,
    month,
    ...toTotals(row),
  }
}

function toTotals({ cost_micros, unpriced, estimated, ...sums }: Sums): UsageTotals {
  const { calls, failed, retries, tokens_input, tokens_cached, tokens_output, tokens_reasoning, duration_ms } = sums
  return {
    calls,
    failed,
    retries,
    tokens_input,
    tokens_cached,
    tokens_output,
    tokens_reasoning,
    cost: calls > 0 && calls === unpriced ? null : toUsd(cost_micros),
    calls_unpriced: unpriced,
    calls_estimated: estimated,
    duration_ms,
  }
}

function added(rows: Sums[]): Sums {
  const totals = { ...nothing }
  for (const row of rows) for (const name of names) totals[name] += row[name]
  return totals
}

const nothing: Sums = {
  calls: 0,
  failed: 0,
  retries: 0,
  unpriced: 0,
  estimated: 0,
  tokens_input: 0,
  tokens_cached: 0,
  tokens_output: 0,
  tokens_reasoning: 0,
  cost_micros: 0,
  duration_ms: 0,
}
const names = Object.keys(nothing) as (keyof Sums)[]
