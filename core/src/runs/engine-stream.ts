import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { TextDelta } from '@cadre/contract/run-events'
import type { Execution } from './execution.ts'

/** Text is handed on at most this often: a page cannot show more, and each event costs a write to every follower. */
const coalesceMs = 25
/** Where many runs speak at once, all together hand on this much, so that what they say leaves time for their ends. */
const mostPerSecond = 4_000

type Streamed = { result: LanguageModelV3GenerateResult; first_token_ms: number | null }

/** Asks the provider for a stream, publishes its text as it comes, and gives back the whole answer. */
export async function streamedAnswer(x: Execution, model: LanguageModelV3, call: number, options: LanguageModelV3CallOptions): Promise<Streamed> {
  const began = performance.now()
  const { stream } = await model.doStream(options)
  const publisher = textPublisher(x, call)
  const open = new Map<string, Extract<LanguageModelV3Content, { type: 'text' | 'reasoning' }>>()
  const content: LanguageModelV3Content[] = []
  let first: number | null = null
  let failure: { error: unknown } | undefined
  let end: Pick<LanguageModelV3GenerateResult, 'finishReason' | 'usage'> | undefined
  for await (const part of stream) {
    switch (part.type) {
      case 'text-start':
      case 'reasoning-start': {
        const block = { type: part.type === 'text-start' ? ('text' as const) : ('reasoning' as const), text: '' }
        open.set(part.id, block)
        content.push(block)
        break
      }
      case 'text-delta':
      case 'reasoning-delta': {
        const block = open.get(part.id)
        if (!block) break
        block.text += part.delta
        if (first === null) x.app.probe('model.first-token', x.run.id)
        first ??= Math.round(performance.now() - began)
        publisher.add(block.type, part.delta)
        break
      }
      case 'text-end':
      case 'reasoning-end': {
        const block = open.get(part.id)
        if (block && part.providerMetadata) block.providerMetadata = part.providerMetadata
        break
      }
      case 'tool-call':
        content.push(part)
        break
      case 'error':
        failure ??= { error: part.error }
        break
      case 'finish':
        end = { finishReason: part.finishReason, usage: part.usage }
        break
    }
  }
  publisher.stop()
  // Some providers count what a failed answer took, after the error.
  if (failure) throw end?.usage.inputTokens.total === undefined ? failure.error : new AnswerFailed(failure.error, end.usage)
  if (!end) throw new StreamCut()
  return { result: { content, warnings: [], ...end }, first_token_ms: first }
}

/** The provider closed the stream before its finish part: what came is not an answer. Passes for a network error, which it mostly is. */
export class StreamCut extends Error {
  override name = 'StreamCut'
  readonly isRetryable = true
  constructor() {
    super('the stream ended before the answer was complete')
  }
}

/** An answer that failed in the middle, with what it took all the same. */
class AnswerFailed extends Error {
  override name = 'AnswerFailed'
  readonly usage: LanguageModelV3GenerateResult['usage']
  constructor(cause: unknown, usage: LanguageModelV3GenerateResult['usage']) {
    super(cause instanceof Error ? cause.message : 'the answer failed in the middle', { cause })
    this.usage = usage
  }
}

function textPublisher(x: Execution, call: number) {
  let part = 0
  let kind: TextDelta['kind'] = 'text'
  let text = ''
  let timer: NodeJS.Timeout | undefined
  const flush = () => {
    clearTimeout(timer)
    timer = undefined
    if (text === '') return
    if (!x.quiet) x.app.live.publish(x.run.id, [{ type: 'text.delta', seq: x.journal.lastSeq, call, part: part++, kind, text }])
    text = ''
  }
  return {
    add(newKind: TextDelta['kind'], delta: string) {
      if (newKind !== kind) flush()
      kind = newKind
      text += delta
      if (part === 0) flush() // the first token goes out at once
      else timer ??= setTimeout(flush, Math.max(coalesceMs, (1000 * x.app.live.speaking) / mostPerSecond))
    },
    stop: flush,
  }
}
