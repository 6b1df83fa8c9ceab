import type { OnExceed } from '@cadre/contract/usage'
import type { Db, Trx } from '../storage/database.ts'
import { applicable, type Line, resetsAt, type SpendRun } from './applicable.ts'
import type { Usage } from './open-usage.ts'
import { costOf, toUsd, type Tokens, worstCostOf } from './prices.ts'
import { recordAside, recordUsage, shardsOn } from './record-usage.ts'
import { type RefusedBy, reserve } from './reserve.ts'
import { settle } from './settle.ts'

export type SpendApp = { db: Db; usage: Usage; now: () => number }
export type SpendAsk = {
  /** Which call of the run this is, and which request for it, counted over all executions; together they name what is counted once. */
  call: number
  attempt: number
  provider: string
  model: string
  worst_input_tokens: number
  max_output_tokens: number
  /** How long the call can take at most. Longer than that after a crash, nothing is held for it any more. An hour where left out. */
  longest_ms?: number
}
export type Actual = { tokens: Tokens; /** Counted here, at least in part. */ estimated: boolean; duration_ms: number; status: 'ok' | 'failed' }

export type Refusal = {
  /** `BUDGET_EXCEEDED`, or that of a shared budget. */
  code: string
  message: string
  /** Whether the run is to fail, or to wait for a raise or for `resets_at`. */
  on_exceed: OnExceed
  /** Milliseconds; null where only a raise helps. */
  resets_at: number | null
  /** Null: a budget that counts for this run only, from its agent's settings. */
  budget_id: string | null
  /** What is in the way is only held by calls under way: it fits when they took less than their worst case. */
  passing: boolean
  /** The request that raises it. */
  raise_with: string
}

export type Spend = {
  /** Micro-dollars that a call with so many tokens costs; null where the price is unknown. */
  costOf: (tokens: Tokens) => number | null
  /**
   * Counts the call and turns what it held into what it spent, in the transaction that writes its journal row. Safe to repeat.
   * @returns micro-dollars; null where the price is unknown.
   */
  settle: (trx: Trx, actual: Actual) => Promise<number | null>
  /** The same in a transaction of its own: for a call that was answered after its run had ended. */
  settleAlone: (actual: Actual) => Promise<number | null>
  /** Frees what is still held when the call spent nothing. After `settle` it does nothing. */
  release: () => Promise<void>
}

const anHour = 3_600_000

/** Before each request to a model, retries included: holds its worst case, or says which budget refuses. */
export async function beginSpend(app: SpendApp, run: SpendRun, ask: SpendAsk): Promise<Spend | { refused: Refusal }> {
  const { price } = await app.usage.priceOf(run.workspace_id, ask.provider, ask.model)
  const worst = {
    tokens: ask.worst_input_tokens + ask.max_output_tokens,
    cost_micros: price && worstCostOf(price, ask.worst_input_tokens, ask.max_output_tokens),
  }
  const now = app.now()
  const lines = applicable(run, await app.usage.budgets(run.workspace_id), worst, now)
  const strict = price ? undefined : lines.find((line) => line.unit === 'usd' && line.unknown === 'refuse')
  if (strict) return { refused: refusal(run, strict, unknownPrice(run, ask, strict), now, false) }
  const reservation = await reserve(app.db, run.id, lines, now, now + (ask.longest_ms ?? anHour))
  if (reservation && 'refused' in reservation) {
    const { line, full } = reservation.refused
    return { refused: refusal(run, line, tooLittle(run, reservation.refused, now), now, full.spent + line.amount <= full.limit) }
  }
  let open = reservation !== null
  let counted = false
  const settleIn = async (trx: Trx, { tokens, estimated, duration_ms, status }: Actual) => {
    const cost_micros = price && costOf(price, tokens)
    const row = {
      workspace_id: run.workspace_id,
      run_id: run.id,
      call: ask.call,
      attempt: ask.attempt,
      agent_id: run.agent_id,
      user_id: run.user_id,
      key_id: run.key_id ?? null,
      provider: ask.provider,
      model: ask.model,
      at: now,
      tokens_input: tokens.input,
      tokens_cached: tokens.cached,
      tokens_cache_write: tokens.cache_write,
      tokens_output: tokens.output,
      tokens_reasoning: tokens.reasoning,
      cost_micros,
      duration_ms: Math.round(duration_ms),
      status,
      estimated: estimated ? 1 : 0,
    }
    const isNew = run.is_aside ? !counted : await recordUsage(trx, row, shardsOn(app.db.kind))
    if (run.is_aside && isNew) await recordAside(trx, row)
    counted = true
    await settle(trx, reservation, lines, isNew ? { tokens: tokens.input + tokens.output, cost_micros } : null)
    return cost_micros
  }
  return {
    costOf: (tokens) => price && costOf(price, tokens),
    settle: settleIn,
    settleAlone: (actual) => app.db.write((trx) => settleIn(trx, actual)),
    async release() {
      if (!open) return
      open = false
      await app.db.write((trx) => settle(trx, reservation, lines, null))
    },
  }
}

// What an agent says of its runs goes before what a budget says of everyone's.
function refusal(run: SpendRun, line: Line, message: string, now: number, passing: boolean): Refusal {
  const shared = line.scope === 'shared' ? run.shared : undefined
  return {
    code: shared?.code ?? 'BUDGET_EXCEEDED',
    message,
    // Others wait for a run that waits for what all of them share.
    on_exceed: shared ? 'fail' : (run.budget?.on_exceed ?? line.on_exceed),
    resets_at: resetsAt(line.period, now),
    budget_id: line.limit === null ? line.budget_id : null,
    passing,
    raise_with: shared?.raise_with ?? (line.limit === null ? `PATCH /api/v1/budgets/${line.budget_id}` : `PUT /api/v1/runs/${line.subject}/budget`),
  }
}

function tooLittle(run: SpendRun, { line, full }: RefusedBy, now: number): string {
  const amount = (value: number) =>
    line.unit === 'tokens'
      ? `${value} tokens`
      : `$${toUsd(value)
          .toFixed(6)
          .replace(/(\.\d\d\d*?)0+$/, '$1')}`
  const left = amount(Math.max(0, full.limit - full.spent - full.reserved))
  const held = full.reserved > 0 ? `, ${amount(full.reserved)} reserved by calls under way` : ''
  const reset = resetsAt(line.period, now)
  const anew = reset === null ? '' : `; it begins anew at ${new Date(reset).toISOString()}`
  return `${nameOf(run, line)} has ${left} left of ${amount(full.limit)} (${amount(full.spent)} spent${held}); this model call may take up to ${amount(line.amount)}${anew}`
}

function unknownPrice(run: SpendRun, { provider, model }: SpendAsk, line: Line): string {
  return `the price of '${model}' at '${provider}' is unknown, and ${nameOf(run, line)} refuses such calls; set it with PUT /api/v1/prices/${encodeURIComponent(provider)}/${encodeURIComponent(model)}`
}

function nameOf({ shared }: SpendRun, { limit, budget_id, scope, subject, period }: Line): string {
  if (scope === 'shared' && shared) return shared.name
  if (limit !== null) return `the budget of run '${subject}'`
  const whose = subject === '*' ? 'everyone' : period === 'run' && scope !== 'run' ? `run '${subject}'` : `${scope} '${subject}'`
  return `budget '${budget_id}' (${whose}, ${period === 'run' || period === 'total' ? period : `per ${period}`})`
}
