import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import type { ProviderType } from '@cadre/contract/providers'
import { countTokens, surelyFits } from './token-count.ts'

/** A failed call with what its reason alone does not tell: whose model it was, for advice that helps. */
export class ModelCallFailed extends Error {
  override name = 'ModelCallFailed'
  readonly provider_type: ProviderType
  readonly model: string
  constructor(guard: Pick<Guard, 'type' | 'model'>, cause: unknown) {
    super(messageOf(cause), { cause })
    this.provider_type = guard.type
    this.model = guard.model
  }
}

/** The prompt is not sent: the server would cut it without a word. */
export class ContextTooLong extends Error {
  override name = 'ContextTooLong'
  readonly tokens: number
  readonly context_size: number
  constructor(tokens: number, contextSize: number) {
    super(`the prompt has about ${tokens} tokens and the context holds ${contextSize}`)
    this.tokens = tokens
    this.context_size = contextSize
  }
}

type Guard = { type: ProviderType; model: string; contextSize: () => Promise<number | null> }

/** Refuses a prompt that does not fit, takes no half answer for a whole one, and names the model in every failure. */
export function guardedModel(model: LanguageModelV3, guard: Guard): LanguageModelV3 {
  const failed = (error: unknown, options: LanguageModelV3CallOptions) => (options.abortSignal?.aborted ? error : new ModelCallFailed(guard, error))
  const guarded = async <T>(options: LanguageModelV3CallOptions, call: () => PromiseLike<T>): Promise<T> => {
    try {
      await refuseTooLong(options, guard)
      return await call()
    } catch (error) {
      throw failed(error, options)
    }
  }
  return {
    specificationVersion: 'v3',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => guarded(options, () => model.doGenerate(options)),
    async doStream(options) {
      const { stream, ...rest } = await guarded(options, () => model.doStream(options))
      return { ...rest, stream: stream.pipeThrough(wholeOnly((error) => failed(error, options))) }
    },
  }
}

async function refuseTooLong(options: LanguageModelV3CallOptions, { contextSize }: Guard) {
  const size = await contextSize()
  if (size === null || surelyFits(options, size)) return
  const tokens = await countTokens(options)
  if (tokens > size) throw new ContextTooLong(tokens, size)
}

// A server that closes the connection politely in mid-answer passes for one that had no more to say: what is missing is its reason to stop.
function wholeOnly(failed: (error: unknown) => unknown): TransformStream<LanguageModelV3StreamPart, LanguageModelV3StreamPart> {
  let over = false
  return new TransformStream({
    transform(part, controller) {
      if (over) {
        // What a failed answer took is told after its error, if at all.
        if (part.type === 'finish') controller.enqueue(part)
        return
      }
      over = part.type === 'finish' || part.type === 'error'
      if (part.type === 'error') {
        controller.enqueue({ type: 'error', error: failed(saysCut(part.error) ? new CutShort() : part.error) })
        return
      }
      if (part.type === 'finish' && part.finishReason.unified === 'other' && part.finishReason.raw === undefined)
        controller.enqueue({ type: 'error', error: failed(new CutShort()) })
      controller.enqueue(part)
    },
    flush(controller) {
      if (!over) controller.enqueue({ type: 'error', error: failed(new CutShort()) })
    },
  })
}

// @ai-sdk/openai-compatible 2.0.87 notices by itself.
function saysCut(error: unknown) {
  return error instanceof Error && /ended without a finish reason/.test(error.message)
}

/** Passes for a network error, which it mostly is. */
class CutShort extends Error {
  override name = 'StreamCut'
  readonly isRetryable = true
  constructor() {
    super('the stream ended before the answer was complete')
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : JSON.stringify(cause)
}
