import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import type { ResolvedModel } from '../providers/providers.ts'
import { toUsd } from '../usage/prices.ts'
import { tokenCounter } from './context/count-tokens.ts'
import { type Execution, sumsOf } from './execution.ts'
import { countedWith, fitCall, type FittedCall, worstInput } from './fit-call.ts'
import { requestsOf, settleAlone } from './spend-call.ts'

/**
 * Fits a conversation to the model that is about to be asked. What that left out is in the journal before it is asked, with the summary: playing the
 * run back leaves out the same and asks for no summary again.
 */
export async function fitAndRecord(
  x: Execution,
  model: ResolvedModel,
  call: number,
  options: LanguageModelV3CallOptions,
  { signal, timeout_ms }: { signal: AbortSignal; timeout_ms: number },
): Promise<FittedCall> {
  const took = { summary_calls: 0, tokens_input: 0, tokens_output: 0 }
  let micros: number | null = 0
  const fitted = await fitCall(x, model, options, async (text) => {
    const answer = await summary(x, model, text, options, { signal, timeout_ms })
    took.summary_calls++
    took.tokens_input += answer.tokens.input
    took.tokens_output += answer.tokens.output
    micros = micros === null || answer.cost_micros === null ? null : micros + answer.cost_micros
    return answer.text
  })
  // The try was given up meanwhile, and another may have begun.
  signal.throwIfAborted()
  if (!fitted.compaction) return fitted
  x.totals.tokens_input += took.tokens_input
  x.totals.tokens_output += took.tokens_output
  const record = fitted.compaction
  await x.journal.append([{ type: 'context.compacted', call, record, ...took, cost: micros === null ? null : toUsd(micros) }], sumsOf(x))
  x.compactions.push(record)
  x.app.probe('context.compacted', x.run.id)
  return fitted
}

/**
 * One summary by the model that is about to be asked. It is a part of that try: what goes wrong with it goes wrong with the try, which is made again as
 * a whole. Its price is counted at once, since it is paid even where the try fails.
 */
async function summary(
  x: Execution,
  model: ResolvedModel,
  text: string,
  { temperature }: LanguageModelV3CallOptions,
  { signal, timeout_ms }: { signal: AbortSignal; timeout_ms: number },
) {
  x.asides++
  const { max_tokens, context } = x.setup.config
  const options: LanguageModelV3CallOptions = {
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    // Some models think before they write, and that counts as well.
    maxOutputTokens: Math.min(max_tokens, Math.max(1000, 2 * context.summary_tokens)),
    ...(temperature === undefined ? {} : { temperature }),
    abortSignal: signal,
  }
  const counter = await tokenCounter(model.provider, model.model)
  const tokens = counter.count(text)
  const worst_input_tokens = worstInput(tokens, counter.exact)
  const request = {
    provider: model.provider,
    model: model.model,
    worst_input_tokens,
    counted: countedWith(counter, tokens),
    max_output_tokens: options.maxOutputTokens ?? max_tokens,
    signal,
  }
  const pay = requestsOf(x, -x.asides, timeout_ms)
  const { answer, bill } = await pay(request, async () => model.languageModel.doGenerate(options))
  await settleAlone(x, bill)
  return {
    text: answer.content.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    tokens: bill.actual.tokens,
    cost_micros: bill.cost_micros,
  }
}
