import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { CompactionRecord, ContextReport } from '@cadre/contract/context'
import { worstCount } from '../providers/estimate-tokens.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { cacheKeyOptions, withCacheHints } from './context/cache-hints.ts'
import { estimating, type TokenCounter, tokenCounter } from './context/count-tokens.ts'
import { fitContext } from './context/fit-context.ts'
import { answerTokens } from './context/message-tokens.ts'
import type { Execution } from './execution.ts'
import type { Request } from './spend-call.ts'

type Counted = Request['counted']

export type FittedCall = {
  options: LanguageModelV3CallOptions
  report: ContextReport | null
  compaction: CompactionRecord | null
  /** Tokens of input that the provider may count, as far as can be known before it is asked. */
  worst_input_tokens: number
  /** What the answer may have at most. */
  max_output_tokens: number
  counted: Counted
}

/**
 * What the model is shown of a conversation: all of it, or what fits its window by the agent's policy, said in a report. Throws ContextTooLong
 * where even the least does not fit. The planner inside has no window.
 * @param summarise asks the model for a summary.
 */
export async function fitCall(
  x: Execution,
  model: ResolvedModel,
  options: LanguageModelV3CallOptions,
  summarise: (text: string) => Promise<string>,
): Promise<FittedCall> {
  if (model.type === 'builtin') {
    const tokens = roughly(options)
    const counted = countedWith(estimating, tokens)
    return { options, report: null, compaction: null, worst_input_tokens: tokens, max_output_tokens: x.setup.config.max_tokens, counted }
  }
  const max_output_tokens = answerRoom(model.context_size, x.setup.config.max_tokens)
  const policy = x.setup.config.context
  const measured = x.measured?.provider === model.provider && x.measured.model === model.model ? x.measured : null
  const counter = await tokenCounter(model.provider, model.model)
  const { prompt, tools, report, compaction } = await fitContext({
    prompt: options.prompt,
    tools: options.tools,
    budget: { context_size: model.context_size, max_output: max_output_tokens },
    policy,
    counter,
    past: x.compactions,
    summarise,
    stepOf: (callId) => stepOf(x, callId),
    measured,
  })
  const hinted = policy.cache_hints ? withCacheHints(prompt, model.type, { more_calls: (tools ?? []).length > 0, model: model.model }) : prompt
  const keyed = policy.cache_hints ? cacheKeyOptions(model.type, x.run.agent_id) : {}
  const providerOptions = { ...options.providerOptions, ...keyed }
  const fitted: LanguageModelV3CallOptions = { ...options, prompt: hinted, maxOutputTokens: max_output_tokens, providerOptions }
  if (tools) fitted.tools = tools
  else delete fitted.tools
  const counted = countedWith(counter, report.tokens.total)
  return { options: fitted, report, compaction, worst_input_tokens: worstOf(report, measured), max_output_tokens, counted }
}

/** `max_tokens` is what an answer may have, not what a small window must have room for beside the prompt: half of it is the prompt's. */
function answerRoom(contextSize: number | null, maxTokens: number): number {
  return contextSize === null ? maxTokens : Math.min(maxTokens, Math.max(1, Math.floor(contextSize / 2)))
}

/** Where the provider counted more for the last call than we did, in proportion. */
function worstOf({ tokens: { total }, exact }: ContextReport, measured: Execution['measured']): number {
  const scale = measured && measured.counted > 0 ? Math.max(1, measured.actual / measured.counted) : 1
  return worstInput(total * scale, exact)
}

/** Of a prompt, with how its messages are wrapped. */
export const worstInput = (tokens: number, exact: boolean) => worstCount(tokens, exact) + 32

/** What we make of a call, where its provider does not say. */
export function countedWith(counter: TokenCounter, input: number): Counted {
  return { input, output: (content) => answerTokens(counter, content) }
}

// As the planner counts.
function roughly({ prompt, tools }: LanguageModelV3CallOptions): number {
  return Math.ceil(JSON.stringify(prompt).length / 4) + Math.ceil(JSON.stringify(tools ?? '').length / 4)
}

/** The ids are ours: see toResult in engine-model.ts. */
function stepOf(x: Execution, callId: string): number | null {
  const [, call, index] = /^call_(\d+)_(\d+)$/.exec(callId) ?? []
  const batch = x.batches.get(Number(call))
  return batch ? batch.first + Number(index) : null
}
