import type { LanguageModelV3Usage } from '@ai-sdk/provider'
import { setTimeout as pause } from 'node:timers/promises'
import type { Tokens } from '../usage/prices.ts'
import { lastAttempt } from '../usage/record-usage.ts'
import { type Actual, beginSpend, type Refusal, type Spend, type SpendAsk } from '../usage/spend.ts'
import { announceRetry } from './announce-retry.ts'
import { addCost, type Execution } from './execution.ts'
import { payerOf } from './payer.ts'
import type { RunStopped } from './run-control.ts'

/** What an answer cost, to be counted with the journal row that holds it. */
export type Bill = { spend: Spend; actual: Actual; cost_micros: number | null }

/** A budget does not let a call be made. */
export class BudgetRefused extends Error {
  override name = 'BudgetRefused'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export type Request = Pick<SpendAsk, 'provider' | 'model' | 'worst_input_tokens' | 'max_output_tokens'> & { signal: AbortSignal }

/** How long a call waits for others to give back what they hold for their worst case. */
const longestWait = 60_000
/** Beyond the time that a call has: whoever holds it may still have to write its answer down. */
const writeTime = 60_000

/**
 * The requests that one model call makes, retries and failover included: each holds its worst case in every budget before it is made, and is counted
 * on its own. They are numbered over all executions, so that none is taken for another.
 * @param call of the loop, or a negative number for what is asked beside it.
 */
export function requestsOf(x: Execution, call: number, timeout_ms: number) {
  let attempt: number | undefined
  let open: Spend | undefined
  return async function pay<T extends { usage: LanguageModelV3Usage }>(request: Request, ask: () => Promise<T>): Promise<{ answer: T; bill: Bill }> {
    // The try before was given up, perhaps without noticing yet; what it held must not stand in the way of this one.
    await open?.release()
    attempt = (attempt ?? (x.run.attempts > 0 ? await lastAttempt(x.app.db.read, x.run.id, call) : 0)) + 1
    const { signal, ...worst } = request
    const spend = await hold(x, { call, attempt, ...worst, longest_ms: timeout_ms + writeTime }, Math.min(longestWait, timeout_ms / 2), signal)
    open = spend
    const began = performance.now()
    const billOf = (usage: LanguageModelV3Usage, status: Actual['status']): Bill => {
      const tokens = tokensOf(usage)
      return { spend, actual: { tokens, duration_ms: performance.now() - began, status }, cost_micros: spend.costOf(tokens) }
    }
    let answer: T
    try {
      answer = await ask()
    } catch (error) {
      const usage = usageOf(error)
      if (usage) await settleAlone(x, billOf(usage, 'failed'))
      else await spend.release()
      throw error
    }
    if (signal.aborted) {
      // Nobody waits for it any more. It has its price all the same.
      await settleAlone(x, billOf(answer.usage, 'failed'))
      throw signal.reason
    }
    open = undefined
    return { answer, bill: billOf(answer.usage, 'ok') }
  }
}

/** Counts what is written nowhere else: a request that answered nobody, a summary. */
export async function settleAlone(x: Execution, { spend, actual, cost_micros }: Bill) {
  await spend.settleAlone(actual)
  addCost(x, cost_micros)
}

/** A run that would pass a budget fails, or waits for a raise or for the budget's next period, as its agent or the budget says. */
export function stopForBudget(x: Execution, { code, message, on_exceed, resets_at, passing, raise_with }: Refusal): RunStopped {
  if (on_exceed === 'fail') return x.control.fail(code, message)
  const until = passing ? x.app.now() + longestWait : resets_at
  const reason = `${message}. The run goes on when the budget is raised (${raise_with})`
  const waiting = { for: 'budget' as const, until: until === null ? null : new Date(until).toISOString(), reason, step: null }
  return x.control.stop({ kind: 'waiting', waiting })
}

/** Waits where others hold only for their worst case what this call needs; a budget that is spent refuses at once. */
async function hold(x: Execution, ask: SpendAsk, longest: number, signal: AbortSignal): Promise<Spend> {
  const payer = await payerOf(x)
  const until = performance.now() + longest
  for (let delay = 20; ; delay = Math.min(1000, delay * 2)) {
    const spend = await beginSpend(x.app, payer, ask)
    if (!('refused' in spend)) return spend
    const { refused } = spend
    if (!refused.passing || performance.now() > until) throw new BudgetRefused(refused)
    if (delay === 20) await announceRetry(x, refused.message, longest)
    await pause(delay * (0.5 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

export function tokensOf({ inputTokens, outputTokens }: LanguageModelV3Usage): Tokens {
  return {
    input: whole(inputTokens.total),
    cached: whole(inputTokens.cacheRead),
    cache_write: whole(inputTokens.cacheWrite),
    output: whole(outputTokens.total),
    reasoning: whole(outputTokens.reasoning),
  }
}

function whole(tokens: number | undefined): number {
  return tokens !== undefined && Number.isFinite(tokens) && tokens > 0 ? Math.round(tokens) : 0
}

/** What a failed request took, where its provider had counted before it failed. */
function usageOf(error: unknown): LanguageModelV3Usage | undefined {
  return typeof error === 'object' && error !== null ? (error as { usage?: LanguageModelV3Usage }).usage : undefined
}
