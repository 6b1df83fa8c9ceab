import { CadreError, invalid } from '@cadre/contract/errors'
import { type Budget, type CreateBudget, mostUsd, type RunBudget, type RunBudgetLevel, type UpdateBudget } from '@cadre/contract/usage'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { type OwnBudget, ownBudgetIds, periodKey, resetsAt } from './applicable.ts'
import { type BudgetRow, deleteBudgetRow, insertBudget, selectBudgets, updateBudgetRow } from './budgets.store.ts'
import { type Counter, raiseCounter, selectCounters, selectCountersOf } from './counters.store.ts'
import type { Usage } from './open-usage.ts'
import { toMicros, toUsd } from './prices.ts'

type BudgetApp = { db: Db; usage: Usage; now: () => number; newId: (prefix: string) => string }

const subjectsShown = 20

export async function listBudgets(app: BudgetApp, actor: Actor): Promise<{ items: Budget[]; next_cursor: null }> {
  const rows = await selectBudgets(app.db.read, actor.workspace_id)
  return { items: await Promise.all(rows.map((row) => present(app, row))), next_cursor: null }
}

/** @param find gives the id of what `scope_id` names, which may be a slug, and throws where the actor knows of none: a budget of nobody would never count. */
export async function createBudget(
  app: BudgetApp,
  actor: Actor,
  input: CreateBudget,
  find: (scope: Exclude<CreateBudget['scope'], 'global'>, id: string) => Promise<string>,
): Promise<Budget> {
  const { scope, unit, period, on_exceed, unknown } = input
  if (scope === 'run' && period !== 'run') throw invalid('period', `must be 'run' where the scope is 'run'`)
  if (scope === 'global' && input.scope_id !== '*') throw invalid('scope_id', `must be '*' where the scope is 'global'`)
  if (unit === 'tokens' && unknown === 'refuse') throw invalid('unknown', `goes only with unit 'usd'`)
  const scope_id = scope === 'global' || input.scope_id === '*' ? input.scope_id : await find(scope, input.scope_id)
  const at = app.now()
  const limit_amount = amountOf(unit, input.limit)
  const row = {
    workspace_id: actor.workspace_id,
    id: app.newId('bud'),
    scope,
    scope_id,
    period,
    unit,
    limit_amount,
    on_exceed,
    unknown,
    created_by: actor.id,
    created_at: at,
    updated_at: at,
  }
  await app.db.write((trx) => insertBudget(trx, row))
  app.usage.forget()
  return present(app, row)
}

/** A raise wakes the runs that wait; a lower limit counts from the next call on, and what is under way may still end. */
export async function updateBudget(app: BudgetApp, actor: Actor, id: string, change: UpdateBudget): Promise<Budget> {
  const { limit, on_exceed, unknown } = change
  const row = await app.db.write(async (trx) => {
    const before = (await selectBudgets(trx, actor.workspace_id)).find((each) => each.id === id)
    if (!before) throw missing(id)
    if (before.unit === 'tokens' && unknown === 'refuse') throw invalid('unknown', `goes only with unit 'usd'`)
    const limit_amount = limit === undefined ? before.limit_amount : amountOf(before.unit, limit)
    const words = { on_exceed: on_exceed ?? before.on_exceed, unknown: unknown ?? before.unknown }
    const after = await updateBudgetRow(trx, actor.workspace_id, id, { limit_amount, ...words, updated_at: app.now() })
    if (!after) throw missing(id)
    await app.usage.onRaised(trx, { workspace_id: actor.workspace_id, run_id: null })
    return after
  })
  app.usage.forget()
  app.usage.afterRaise()
  return present(app, row)
}

export async function deleteBudget(app: BudgetApp, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  const deleted = await app.db.write(async (trx) => {
    if (!(await deleteBudgetRow(trx, actor.workspace_id, id))) return false
    await app.usage.onRaised(trx, { workspace_id: actor.workspace_id, run_id: null })
    return true
  })
  if (!deleted) throw missing(id)
  app.usage.forget()
  app.usage.afterRaise()
  return { id, deleted: true }
}

/**
 * Sets what one run may spend instead of what its agent's settings say, and wakes it if it waits. A limit that the settings do not set
 * cannot be set here: the run was started without one.
 * @param run finds the run's budget as it was frozen when it started, and throws where the actor knows of no such run.
 */
export async function raiseRunBudget(
  app: BudgetApp,
  actor: Actor,
  runId: string,
  raised: RunBudget,
  run: (runId: string) => Promise<OwnBudget | null | undefined>,
): Promise<RunBudgetLevel> {
  const own = await run(runId)
  if (raised.tokens === undefined && raised.usd === undefined) throw invalid('body', 'give tokens, usd or both')
  for (const unit of ['tokens', 'usd'] as const)
    if (raised[unit] !== undefined && own?.[unit] === undefined) throw invalid(unit, `the agent's settings give its runs no budget in ${unit}`)
  await app.db.write(async (trx) => {
    if (raised.tokens !== undefined) await raiseCounter(trx, ownBudgetIds.tokens, runId, raised.tokens)
    if (raised.usd !== undefined) await raiseCounter(trx, ownBudgetIds.usd, runId, toMicros(raised.usd))
    await app.usage.onRaised(trx, { workspace_id: actor.workspace_id, run_id: runId })
  })
  app.usage.afterRaise()
  const counters = await selectCountersOf(app.db.read, runId, Object.values(ownBudgetIds))
  const levelIn = (unit: 'tokens' | 'usd') => {
    const set = own?.[unit]
    if (set === undefined) return null
    const counter = counters.find(({ budget_id }) => budget_id === ownBudgetIds[unit])
    const limit = counter?.raised_to ?? amountOf(unit, set)
    return { limit: shown(unit, limit), ...levelOf(unit, limit, counter) }
  }
  return { run_id: runId, tokens: levelIn('tokens'), usd: levelIn('usd') }
}

async function present(app: BudgetApp, row: BudgetRow): Promise<Budget> {
  const { id, scope, scope_id, period, unit, limit_amount, on_exceed, unknown, created_by } = row
  const now = app.now()
  const counters = await selectCounters(app.db.read, id, periodKey(period, now), subjectsShown)
  const end = resetsAt(period, now)
  return {
    id,
    scope,
    scope_id,
    period,
    unit,
    limit: shown(unit, limit_amount),
    on_exceed,
    unknown,
    ...levelOf(unit, limit_amount, counters[0]),
    resets_at: end === null ? null : new Date(end).toISOString(),
    subjects: counters.map((counter) => ({ id: counter.subject, ...levelOf(unit, limit_amount, counter) })),
    created_by,
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  }
}

type Unit = BudgetRow['unit']

function levelOf(unit: Unit, limit: number, counter: Pick<Counter, 'spent' | 'reserved'> | undefined) {
  const { spent, reserved } = counter ?? { spent: 0, reserved: 0 }
  return { spent: shown(unit, spent), reserved: shown(unit, reserved), left: shown(unit, Math.max(0, limit - spent - reserved)) }
}

function shown(unit: Unit, amount: number) {
  return unit === 'tokens' ? amount : toUsd(amount)
}

function amountOf(unit: Unit, limit: number): number {
  if (unit === 'usd' && limit > mostUsd) throw invalid('limit', `must be at most ${mostUsd} US dollars`)
  if (unit === 'usd') return toMicros(limit)
  if (!Number.isInteger(limit)) throw invalid('limit', 'must be a whole number of tokens')
  return limit
}

function missing(id: string) {
  return new CadreError('BUDGET_NOT_FOUND', `there is no budget '${id}'`)
}
