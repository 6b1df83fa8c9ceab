import { aside, type Asker } from '../usage/aside.ts'
import { BudgetRefused } from '../usage/budget-refused.ts'
import { noTokens } from '../usage/prices.ts'
import { beginSpend, type SpendApp } from '../usage/spend.ts'
import { estimateTokens, worstCount } from './estimate-tokens.ts'
import { trueTokens } from './true-tokens.ts'

export type EmbeddingTokens = { tokens: number; estimated: boolean }

/** What a provider says that the texts of a request took, or what we make of them. */
export function embeddingTokens(said: number | undefined, texts: readonly string[]): EmbeddingTokens {
  const none = { noCache: undefined, cacheRead: undefined, cacheWrite: undefined }
  const usage = { inputTokens: { total: said, ...none }, outputTokens: { total: 0, text: undefined, reasoning: undefined } }
  const { tokens, estimated } = trueTokens(usage, { input: estimatedTokens(texts), output: () => 0 })
  return { tokens: tokens.input, estimated }
}

export function estimatedTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + estimateTokens(text), 0)
}

type Place = { purpose: 'embedding' | 'test'; provider: string; model: string; longest_ms: number }

/** Holds what vectors of the texts can cost at most, as is done for each model call. Throws BudgetRefused. */
export async function beginEmbedding(app: SpendApp, asker: Asker, { purpose, ...place }: Place, texts: readonly string[]) {
  const worst = { worst_input_tokens: worstCount(estimatedTokens(texts), false) + texts.length, max_output_tokens: 0 }
  const spend = await beginSpend(app, aside(purpose, asker), { call: 1, attempt: 1, ...place, ...worst })
  if ('refused' in spend) throw new BudgetRefused(spend.refused)
  const began = performance.now()
  return {
    settle: ({ tokens, estimated }: EmbeddingTokens, status: 'ok' | 'failed' = 'ok') =>
      spend.settleAlone({ tokens: { ...noTokens, input: tokens }, estimated, duration_ms: performance.now() - began, status }),
    release: spend.release,
  }
}
