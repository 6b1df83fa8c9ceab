import type { LanguageModelV3Content, LanguageModelV3Usage } from '@ai-sdk/provider'

/** An answer that failed in the middle, with what it took all the same: what came of it is paid for. */
export class AnswerFailed extends Error {
  override name = 'AnswerFailed'
  readonly content: readonly LanguageModelV3Content[]
  readonly usage: LanguageModelV3Usage | undefined
  constructor(cause: unknown, content: readonly LanguageModelV3Content[], usage: LanguageModelV3Usage | undefined) {
    super(cause instanceof Error ? cause.message : 'the answer failed in the middle', { cause })
    this.content = content
    this.usage = usage
  }
}
