import type { LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { ContextReport } from '@cadre/contract/context'
import { CadreError } from '@cadre/contract/errors'
import { NoAnswer } from '../providers/calls/model-calls.ts'
import { cacheKey } from '../providers/calls/response-cache.ts'
import { type Explained, explainModelError } from '../providers/explain-error.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { BudgetRefused } from '../usage/budget-refused.ts'
import type { Refusal } from '../usage/spend.ts'
import { inOrderFor } from './added-input.ts'
import { announceRetry } from './announce-retry.ts'
import { ContextTooLong } from './context/context-too-long.ts'
import { streamedAnswer } from './engine-stream.ts'
import type { Execution } from './execution.ts'
import { fitAndRecord } from './fit-and-record.ts'
import type { FittedCall } from './fit-call.ts'
import { type Bill, requestsOf, stopForBudget } from './spend-call.ts'

type Result = Pick<LanguageModelV3GenerateResult, 'content' | 'finishReason'>
type Candidate = { provider: string; model: string; weight: number; resolved?: ResolvedModel }
/** A try that brought no answer. */
type FailedTry = { provider: string; model: string; code: string; message: string }
type Asked = { result: Result; first_token_ms: number | null; context: ContextReport | null; answered: { provider: string; model: string } }
type Kept = Pick<Asked, 'result' | 'answered'>
/** `bill`: what is still to be counted, with the answer. An answer that is used again has none. */
export type ModelAnswer = Asked & { retries: number; failed: FailedTry[]; bill: Bill | null }

/**
 * Asks the run's model, or those that stand in for it, until one answers or none will. What a call already answered is the journal's; here
 * nothing is known of it, and no tool is ever called.
 */
export async function askModels(x: Execution, model: ResolvedModel, call: number, options: LanguageModelV3CallOptions): Promise<ModelAnswer> {
  const { cache_seconds } = x.setup.config
  if (cache_seconds === 0) return ask(x, model, call, options)
  const own = { provider: model.provider, model: model.model }
  const { prompt, tools, temperature, maxOutputTokens } = options
  const key = cacheKey([own, prompt, tools, temperature, maxOutputTokens, x.run.agent_id])
  const known = x.app.cache.get(key) as Kept | undefined
  if (known) return { ...known, first_token_ms: null, context: null, retries: 0, failed: [], bill: null }
  const answer = await ask(x, model, call, options)
  const { result, answered } = answer
  if (isWhole(result)) x.app.cache.set(key, { result, answered } satisfies Kept, cache_seconds * 1000)
  return answer
}

// One that was cut, refused or empty is nothing to give again: the next may be better.
function isWhole({ content, finishReason: { unified } }: Result) {
  return (
    (unified === 'stop' || unified === 'tool-calls') &&
    content.some((part) => part.type === 'tool-call' || (part.type === 'text' && part.text !== ''))
  )
}

async function ask(x: Execution, own: ResolvedModel, call: number, options: LanguageModelV3CallOptions): Promise<ModelAnswer> {
  const { max_retries, retry_on_error, fallbacks, strategy, call_timeout_ms, timeout_ms, max_tokens } = x.setup.config
  const candidates: Candidate[] = [{ provider: own.provider, model: own.model, weight: 1, resolved: own }, ...fallbacks]
  const failed: FailedTry[] = []
  const tooLong = new Set<string>()
  let refusal: Refusal | undefined
  const plan = {
    workspace_id: x.run.workspace_id,
    candidates,
    strategy,
    max_retries: retry_on_error ? max_retries : 0,
    timeout_ms: call_timeout_ms ?? Math.ceil(timeout_ms / candidates.length),
    tokens: Math.ceil(JSON.stringify(options.prompt).length / 4) + max_tokens,
    signal: x.control.signal,
  }
  const pay = requestsOf(x, call, plan.timeout_ms)
  const fits = new Map<Candidate, FittedCall>()
  try {
    const { value, retries } = await x.app.calls.call<Candidate, Asked & { bill: Bill }>(plan, {
      // The conversation is fitted for the model that is asked: a smaller one that stands in gets what fits it, and is not cut by its provider; a
      // larger one is not kept short for the sake of one that may never be asked.
      async ask(candidate, signal) {
        const model = candidate.resolved ?? (await x.app.providers.resolveModel(x.run.workspace_id, candidate.provider, candidate.model))
        const fit = fits.get(candidate) ?? (await fitAndRecord(x, model, call, options, { signal, timeout_ms: plan.timeout_ms }))
        fits.set(candidate, fit)
        const { worst_input_tokens, max_output_tokens, counted, report } = fit
        const answered = { provider: model.provider, model: model.model }
        const request = { ...answered, worst_input_tokens, counted, max_output_tokens, signal }
        const { answer, bill } = await pay(request, () =>
          askOne(x, model, call, { ...fit.options, prompt: inOrderFor(model, fit.options.prompt), abortSignal: signal }),
        )
        return { result: answer.result, first_token_ms: answer.first_token_ms, context: report, answered, bill }
      },
      tokensOf: ({ bill: { actual } }) => actual.tokens.input + actual.tokens.output,
      explain: (error, { provider, model }) => {
        if (error instanceof ContextTooLong) tooLong.add(keyOf(provider, model))
        if (error instanceof BudgetRefused) refusal = error.refusal
        return explain(error, provider)
      },
      waiting: (reason, delay) => announceRetry(x, reason, delay),
      failed: ({ provider, model }, { code, message }) =>
        failed.push({ provider, model, code: tooLong.has(keyOf(provider, model)) ? 'CONTEXT_TOO_LONG' : code, message }),
    })
    return { ...value, retries, failed }
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error
    if (refusal && error.code === refusal.code) throw stopForBudget(x, refusal)
    throw x.control.fail(failed.at(-1)?.code ?? error.code, error.message)
  }
}

function keyOf(provider: string, model: string) {
  return `${provider}\n${model}`
}

async function askOne(x: Execution, model: ResolvedModel, call: number, options: LanguageModelV3CallOptions) {
  const { result, first_token_ms } =
    x.run.mode === 'stream'
      ? await streamedAnswer(x, model.languageModel, call, options)
      : { result: await model.languageModel.doGenerate(options), first_token_ms: null }
  return { result, first_token_ms, usage: result.usage, content: result.content }
}

function explain(error: unknown, provider: string): Explained {
  const plain = { retryable: false, retry_after_ms: undefined }
  if (error instanceof BudgetRefused) return { code: error.refusal.code, message: error.message, ...plain }
  // Another model may have a larger window, and one of another provider may be usable.
  if (error instanceof CadreError || error instanceof ContextTooLong) return { code: 'PROVIDER_NOT_USABLE', message: error.message, ...plain }
  return explainModelError(error, provider)
}
