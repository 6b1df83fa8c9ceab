import type { CreateBudget, OnExceed } from '@cadre/contract/usage'
import type { BudgetRow } from './budgets.store.ts'
import type { Asked } from './counters.store.ts'
import { toMicros } from './prices.ts'
import { dayOf } from './record-usage.ts'

/** What an agent's settings allow each of its runs (`config.budget`). */
export type OwnBudget = { tokens?: number | undefined; usd?: number | undefined; on_exceed?: OnExceed | undefined }
type Link = { id: string; agent_id: string; budget?: OwnBudget | null | undefined }

/** What all runs with the same cause may spend together: one counter for each `subject`, of which no row of `budgets` knows. */
export type SharedBudget = {
  subject: string
  unit: 'tokens' | 'usd'
  limit: number
  period: 'day' | 'total'
  /** How a refusal speaks of it, the code that it has, and the request that raises it. */
  name: string
  code: string
  raise_with: string
}

/** A run, as far as budgets care. */
export type SpendRun = Link & {
  workspace_id: string
  /** Whose run it is; `public` where nobody's. */
  user_id: string
  /** The API key that was used, if any. */
  key_id?: string | null | undefined
  /** The runs that it is a part of, the nearest first: what it spends, they spend. */
  parents?: Link[] | undefined
  shared?: SharedBudget | undefined
  /** It is none: see aside.ts. */
  is_aside?: true
}

/** One counter that a call draws from, with what is needed to say why it refuses. */
export type Line = Asked & {
  unit: CreateBudget['unit']
  period: CreateBudget['period']
  scope: CreateBudget['scope'] | 'shared'
  on_exceed: OnExceed
  unknown: CreateBudget['unknown']
}

export type Worst = { tokens: number; /** Null: the price is unknown. */ cost_micros: number | null }

export const ownBudgetIds = { tokens: 'run:tokens', usd: 'run:usd' }

/** Every counter that a call of this run draws from. Budgets are those of its workspace. Without any budget there is none, and reserving costs nothing. */
export function applicable(run: SpendRun, budgets: readonly BudgetRow[], worst: Worst, now: number): Line[] {
  const chain: Link[] = run.is_aside ? [] : [run, ...(run.parents ?? [])]
  const own = chain.flatMap((link) => (link.budget ? ownLines(link, link.budget, worst) : []))
  const shared = budgets.flatMap((budget) => subjectsOf(budget, run, chain).map((subject) => storedLine(budget, subject, worst, now)))
  return [...own, ...shared, ...(run.shared ? [sharedLine(run.shared, worst, now)] : [])]
}

function sharedLine({ subject, unit, limit, period }: SharedBudget, worst: Worst, now: number): Line {
  const amounts = unit === 'tokens' ? { amount: worst.tokens, limit } : { amount: worst.cost_micros ?? 0, limit: toMicros(limit) }
  const line = { scope: 'shared' as const, on_exceed: 'fail' as const, unknown: 'count_as_zero' as const }
  return { ...line, ...amounts, budget_id: `shared:${unit}`, subject, period_key: periodKey(period, now), unit, period }
}

function ownLines({ id }: Link, budget: OwnBudget, worst: Worst): Line[] {
  const line = { subject: id, period_key: '', period: 'run' as const, scope: 'run' as const, unknown: 'count_as_zero' as const }
  const on_exceed = budget.on_exceed ?? 'fail'
  const { tokens, usd } = budget
  return [
    ...(tokens === undefined
      ? []
      : [{ ...line, on_exceed, budget_id: ownBudgetIds.tokens, unit: 'tokens' as const, amount: worst.tokens, limit: tokens }]),
    ...(usd === undefined
      ? []
      : [{ ...line, on_exceed, budget_id: ownBudgetIds.usd, unit: 'usd' as const, amount: worst.cost_micros ?? 0, limit: toMicros(usd) }]),
  ]
}

function storedLine({ id, unit, period, scope, on_exceed, unknown }: BudgetRow, subject: string, worst: Worst, now: number): Line {
  const amount = unit === 'tokens' ? worst.tokens : (worst.cost_micros ?? 0)
  return { budget_id: id, subject, period_key: periodKey(period, now), amount, limit: null, unit, period, scope, on_exceed, unknown }
}

/** Whose counters of this budget count. With period `run` each run has its own, and a sub-run counts in those above it as well. */
function subjectsOf({ scope, scope_id, period }: BudgetRow, run: SpendRun, chain: Link[]): string[] {
  const means = (id: string) => scope_id === '*' || scope_id === id
  const root = chain.at(-1)?.id
  if (scope === 'run') return chain.map(({ id }) => id).filter(means)
  if (scope === 'agent') {
    const links = chain.filter(({ agent_id }) => means(agent_id))
    return [...new Set(links.map((link) => (period === 'run' ? link.id : link.agent_id)))]
  }
  const whose = scope === 'global' ? '*' : scope === 'user' ? run.user_id : run.key_id
  if (whose === null || whose === undefined || (scope !== 'global' && !means(whose))) return []
  const subject = period === 'run' ? root : whose
  return subject === undefined ? [] : [subject]
}

export function periodKey(period: CreateBudget['period'], now: number): string {
  if (period === 'day') return dayOf(now)
  return period === 'month' ? dayOf(now).slice(0, 7) : ''
}

/** When the period that `now` is in ends; null where it never does. */
export function resetsAt(period: CreateBudget['period'], now: number): number | null {
  const at = new Date(now)
  if (period === 'day') return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate() + 1)
  return period === 'month' ? Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1) : null
}
