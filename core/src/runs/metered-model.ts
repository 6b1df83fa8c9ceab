import { ReadableStream as Readable } from 'node:stream/web'
import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { ResolvedModel } from '../providers/providers.ts'
import { trueTokens } from '../providers/true-tokens.ts'
import { aside, type Asker } from '../usage/aside.ts'
import { BudgetRefused } from '../usage/budget-refused.ts'
import { beginSpend, type SpendApp } from '../usage/spend.ts'
import { tokenCounter } from './context/count-tokens.ts'
import { worstInput } from './fit-call.ts'
import { answerTokens, tokensBySource } from './context/message-tokens.ts'

type Usage = Extract<LanguageModelV3StreamPart, { type: 'finish' }>['usage']

/** A model whose calls belong to no run and are held and counted all the same. Throws BudgetRefused. */
export function meteredModel(app: SpendApp, asker: Asker, { languageModel, provider, model }: ResolvedModel): LanguageModelV3 {
  const payer = aside('test', asker)
  const begin = async ({ prompt, tools, maxOutputTokens = 1000, abortSignal }: LanguageModelV3CallOptions) => {
    const counter = await tokenCounter(provider, model)
    const input = tokensBySource(counter, prompt, tools, () => false).total
    const worst_input_tokens = worstInput(input, counter.exact)
    const spend = await beginSpend(app, payer, { call: 1, attempt: 1, provider, model, worst_input_tokens, max_output_tokens: maxOutputTokens })
    if ('refused' in spend) throw new BudgetRefused(spend.refused)
    const began = performance.now()
    const count = async (status: 'ok' | 'failed', content: readonly LanguageModelV3Content[], usage?: Usage) => {
      const counted = trueTokens(usage, { input, output: () => answerTokens(counter, content) })
      await spend.settleAlone({ ...counted, duration_ms: performance.now() - began, status })
    }
    return {
      done: (content: readonly LanguageModelV3Content[], usage: Usage) => count('ok', content, usage),
      /** Of what broke off or was given up, the prompt and what came are paid for; of what was refused, nothing. */
      failed: (content: readonly LanguageModelV3Content[], usage?: Usage) =>
        content.length > 0 || abortSignal?.aborted || (usage?.inputTokens.total ?? 0) > 0 ? count('failed', content, usage) : spend.release(),
    }
  }

  async function* counting(stream: ReadableStream<LanguageModelV3StreamPart>, call: Awaited<ReturnType<typeof begin>>) {
    let text = ''
    let usage: Usage | undefined
    const came: LanguageModelV3Content[] = []
    let failed = false
    try {
      for await (const part of stream) {
        if (part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'tool-input-delta') text += part.delta
        if (part.type === 'tool-call') came.push(part)
        if (part.type === 'finish') usage = part.usage
        failed ||= part.type === 'error'
        yield part
      }
    } finally {
      const content: LanguageModelV3Content[] = text === '' ? came : [{ type: 'text', text }, ...came]
      await (usage && !failed ? call.done(content, usage) : call.failed(content, usage))
    }
  }

  return {
    specificationVersion: 'v3',
    provider: languageModel.provider,
    modelId: languageModel.modelId,
    supportedUrls: languageModel.supportedUrls,
    async doGenerate(options) {
      const call = await begin(options)
      const result = await languageModel.doGenerate(options).then(
        (found) => found,
        async (error: unknown) => {
          await call.failed([])
          throw error
        },
      )
      await call.done(result.content, result.usage)
      return result
    },
    async doStream(options) {
      const call = await begin(options)
      try {
        const result = await languageModel.doStream(options)
        return { ...result, stream: Readable.from(counting(result.stream, call)) as ReadableStream<LanguageModelV3StreamPart> }
      } catch (error) {
        await call.failed([])
        throw error
      }
    },
  }
}
