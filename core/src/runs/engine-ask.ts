import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import { type CallAnswer, NoAnswer } from '../providers/calls/model-calls.ts'
import { cacheKey } from '../providers/calls/response-cache.ts'
import { type Explained, explainModelError } from '../providers/explain-error.ts'
import { announceRetry } from './announce-retry.ts'
import { streamedAnswer } from './engine-stream.ts'
import type { Execution } from './execution.ts'

type Asked = { result: LanguageModelV3GenerateResult; first_token_ms: number | null }
type Candidate = { provider: string; model: string; weight: number; languageModel?: LanguageModelV3 }
/** A try that brought no answer. */
type FailedTry = { provider: string; model: string; code: string; message: string }
export type ModelAnswer = { value: Asked; retries: number; answered: { provider: string; model: string }; failed: FailedTry[] }

/**
 * Asks the run's model, or those that stand in for it, until one answers or none will. What a call already answered is the journal's; here
 * nothing is known of it, and no tool is ever called.
 */
export async function askModels(x: Execution, model: LanguageModelV3, call: number, options: LanguageModelV3CallOptions): Promise<ModelAnswer> {
  const { cache_seconds } = x.setup.config
  const own = { provider: x.run.provider ?? model.provider, model: x.run.model ?? model.modelId }
  if (cache_seconds === 0) return ask(x, { ...own, weight: 1, languageModel: model }, call, options)
  const { prompt, tools, temperature, maxOutputTokens } = options
  const key = cacheKey([own, prompt, tools, temperature, maxOutputTokens, x.run.agent_id])
  const known = x.app.cache.get(key) as LanguageModelV3GenerateResult | undefined
  if (known) return { value: { result: free(known), first_token_ms: null }, retries: 0, answered: own, failed: [] }
  const answer = await ask(x, { ...own, weight: 1, languageModel: model }, call, options)
  x.app.cache.set(key, answer.value.result, cache_seconds * 1000)
  return answer
}

// An answer that was kept costs nothing anew.
function free(result: LanguageModelV3GenerateResult): LanguageModelV3GenerateResult {
  const usage = { inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: 0, text: 0, reasoning: 0 } }
  return { ...result, usage }
}

async function ask(x: Execution, own: Candidate, call: number, options: LanguageModelV3CallOptions): Promise<ModelAnswer> {
  const { max_retries, retry_on_error, fallbacks, strategy, call_timeout_ms, timeout_ms, max_tokens } = x.setup.config
  const candidates: Candidate[] = [own, ...fallbacks]
  const failed: FailedTry[] = []
  const plan = {
    candidates,
    strategy,
    max_retries: retry_on_error ? max_retries : 0,
    timeout_ms: call_timeout_ms ?? Math.ceil(timeout_ms / candidates.length),
    tokens: Math.ceil(JSON.stringify(options.prompt).length / 4) + max_tokens,
    signal: x.control.signal,
  }
  try {
    const { value, candidate, retries }: CallAnswer<Candidate, Asked> = await x.app.calls.call(plan, {
      ask: async (candidate, signal) => askOne(x, await modelOf(x, candidate), call, { ...options, abortSignal: signal }),
      tokensOf: ({ result: { usage } }) => (usage.inputTokens.total ?? 0) + (usage.outputTokens.total ?? 0),
      explain: (error, { provider }) => explain(error, provider),
      waiting: (reason, delay) => announceRetry(x, reason, delay),
      failed: ({ provider, model }, { code, message }) => failed.push({ provider, model, code, message }),
    })
    return { value, retries, answered: { provider: candidate.provider, model: candidate.model }, failed }
  } catch (error) {
    if (error instanceof NoAnswer) throw x.control.fail(error.code, error.message)
    throw error
  }
}

async function askOne(x: Execution, model: LanguageModelV3, call: number, options: LanguageModelV3CallOptions): Promise<Asked> {
  if (x.run.mode === 'stream') return streamedAnswer(x, model, call, options)
  return { result: await model.doGenerate(options), first_token_ms: null }
}

async function modelOf(x: Execution, { provider, model, languageModel }: Candidate): Promise<LanguageModelV3> {
  return languageModel ?? (await x.app.providers.resolveModel(provider, model)).languageModel
}

function explain(error: unknown, provider: string): Explained {
  if (error instanceof CadreError) return { code: 'PROVIDER_NOT_USABLE', message: error.message, retryable: false, retry_after_ms: undefined }
  return explainModelError(error, provider)
}
