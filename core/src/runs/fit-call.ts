import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { CompactionRecord, ContextReport } from '@cadre/contract/context'
import type { ResolvedModel } from '../providers/providers.ts'
import { cacheKeyOptions, withCacheHints } from './context/cache-hints.ts'
import { tokenCounter } from './context/count-tokens.ts'
import { fitContext } from './context/fit-context.ts'
import type { Execution } from './execution.ts'

export type FittedCall = {
  options: LanguageModelV3CallOptions
  report: ContextReport | null
  compaction: CompactionRecord | null
  /** Tokens of input that the provider may count, as far as can be known before it is asked. */
  worst_input_tokens: number
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
  if (model.type === 'builtin') return { options, report: null, compaction: null, worst_input_tokens: roughly(options) }
  const policy = x.setup.config.context
  const measured = x.measured?.provider === model.provider && x.measured.model === model.model ? x.measured : null
  const { prompt, tools, report, compaction } = await fitContext({
    prompt: options.prompt,
    tools: options.tools,
    budget: { context_size: model.context_size, max_output: x.setup.config.max_tokens },
    policy,
    counter: await tokenCounter(model.provider, model.model),
    past: x.compactions,
    summarise,
    stepOf: (callId) => stepOf(x, callId),
    measured,
  })
  const hinted = policy.cache_hints ? withCacheHints(prompt, model.type, { more_calls: (tools ?? []).length > 0, model: model.model }) : prompt
  const keyed = policy.cache_hints ? cacheKeyOptions(model.type, x.run.agent_id) : {}
  const fitted: LanguageModelV3CallOptions = { ...options, prompt: hinted, providerOptions: { ...options.providerOptions, ...keyed } }
  if (tools) fitted.tools = tools
  else delete fitted.tools
  return { options: fitted, report, compaction, worst_input_tokens: worstOf(report, measured) }
}

/**
 * Where the tokenizer is known, a fiftieth is added for how a provider wraps messages. An estimate was at least 0.82 of the count of o200k for every
 * text that was measured, so a quarter covers that; where the provider counted more for the last call, in proportion.
 */
function worstOf({ tokens: { total }, exact }: ContextReport, measured: Execution['measured']): number {
  const scale = measured && measured.counted > 0 ? Math.max(1, measured.actual / measured.counted) : 1
  return Math.ceil(total * (exact ? 1.02 : 1.25) * scale) + 32
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
