import type { LanguageModelV3Content, LanguageModelV3Usage } from '@ai-sdk/provider'
import { setTimeout as pause } from 'node:timers/promises'
import { trueTokens } from '../providers/true-tokens.ts'
import { BudgetRefused } from '../usage/budget-refused.ts'
import { attemptsOfOne, lastAttempt } from '../usage/record-usage.ts'
import { type Actual, beginSpend, type Refusal, type Spend, type SpendAsk } from '../usage/spend.ts'
import { announceRetry } from './announce-retry.ts'
import { AnswerFailed } from './answer-failed.ts'
import { addCost, type Execution } from './execution.ts'
import { payerOf } from './payer.ts'
import type { RunStopped } from './run-control.ts'

/** What an answer cost, to be counted with the journal row that holds it. */
export type Bill = { spend: Spend; actual: Actual; cost_micros: number | null }

/** `counted`: what we make of the prompt, and of an answer as far as it came, where the provider does not say. */
export type Request = Pick<SpendAsk, 'provider' | 'model' | 'worst_input_tokens' | 'max_output_tokens'> & {
  counted: { input: number; output: (content: readonly LanguageModelV3Content[]) => number }
  signal: AbortSignal
}
type Answer = { usage: LanguageModelV3Usage; content: readonly LanguageModelV3Content[] }

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
  return async function pay<T extends Answer>(request: Request, ask: () => Promise<T>): Promise<{ answer: T; bill: Bill }> {
    // The try before was given up, perhaps without noticing yet; what it held must not stand in the way of this one.
    await open?.release()
    attempt = (attempt ?? (await attemptsBefore(x, call))) + 1
    const { signal, counted, ...worst } = request
    const spend = await hold(x, { call, attempt, ...worst, longest_ms: timeout_ms + writeTime }, Math.min(longestWait, timeout_ms / 2), signal)
    open = spend
    const began = performance.now()
    const billOf = ({ usage, content }: Partial<Answer>, status: Actual['status']): Bill => {
      const { tokens, estimated } = trueTokens(usage, { input: counted.input, output: () => counted.output(content ?? []) })
      return { spend, actual: { tokens, estimated, duration_ms: performance.now() - began, status }, cost_micros: spend.costOf(tokens) }
    }
    let answer: T
    try {
      answer = await ask()
    } catch (error) {
      const partial = partialOf(error)
      // Of what was given up after it was sent, the provider had the prompt, and has made what it had made.
      if (partial || signal.aborted) await settleAlone(x, billOf(partial ?? {}, 'failed'))
      else await spend.release()
      throw error
    }
    if (signal.aborted) {
      // Nobody waits for it any more. It has its price all the same.
      await settleAlone(x, billOf(answer, 'failed'))
      throw signal.reason
    }
    open = undefined
    return { answer, bill: billOf(answer, 'ok') }
  }
}

/**
 * Each execution has numbers of its own: a request of one before that was given up may still be counted, late, and must not be taken for one of this.
 */
async function attemptsBefore({ app, run }: Execution, call: number): Promise<number> {
  if (run.attempts === 0) return 0
  return run.attempts * attemptsOfOne + ((await lastAttempt(app.db.read, run.id, call)) % attemptsOfOne)
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

/** What a failed request took: what came of its answer, and what its provider had counted before it failed. */
function partialOf(error: unknown): Partial<Answer> | undefined {
  return error instanceof AnswerFailed ? error : undefined
}
