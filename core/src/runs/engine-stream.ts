import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3Content, LanguageModelV3GenerateResult } from '@ai-sdk/provider'
import type { TextDelta } from '@cadre/contract/run-events'
import { AnswerFailed } from './answer-failed.ts'
import type { Execution } from './execution.ts'

/** Text is handed on at most this often: a page cannot show more, and each event costs a write to every follower. */
const coalesceMs = 25

type Streamed = { result: LanguageModelV3GenerateResult; first_token_ms: number | null }

/** Asks the provider for a stream, publishes its text as it comes, and gives back the whole answer. */
export async function streamedAnswer(x: Execution, model: LanguageModelV3, call: number, options: LanguageModelV3CallOptions): Promise<Streamed> {
  const began = performance.now()
  const { stream } = await model.doStream(options)
  const publisher = textPublisher(x, call)
  const open = new Map<string, Extract<LanguageModelV3Content, { type: 'text' | 'reasoning' }>>()
  const content: LanguageModelV3Content[] = []
  /** Calls that are still being written. */
  const writing = new Map<string, Extract<LanguageModelV3Content, { type: 'tool-call' }>>()
  let first: number | null = null
  let failure: { error: unknown } | undefined
  let end: Pick<LanguageModelV3GenerateResult, 'finishReason' | 'usage'> | undefined
  try {
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
        case 'tool-input-start':
          writing.set(part.id, { type: 'tool-call', toolCallId: part.id, toolName: part.toolName, input: '' })
          break
        case 'tool-input-delta': {
          const call = writing.get(part.id)
          if (call) call.input += part.delta
          break
        }
        case 'tool-call':
          writing.delete(part.toolCallId)
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
  } catch (error) {
    failure ??= { error } // the caller gave it up, or the connection broke
  }
  publisher.stop()
  if (failure || !end) {
    const error = failure?.error ?? new StreamCut()
    const came = [...content, ...writing.values()]
    // Some providers count what a failed answer took, after the error.
    const isPaid = came.length > 0 || (end?.usage.inputTokens.total ?? 0) > 0
    throw isPaid ? new AnswerFailed(error, came, end?.usage) : error
  }
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
      else timer ??= setTimeout(flush, coalesceMs)
    },
    stop: flush,
  }
}
