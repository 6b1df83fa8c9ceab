import type { LanguageModelV3Usage } from '@ai-sdk/provider'
import type { Tokens } from '../usage/prices.ts'

/** `estimated`: at least one of the numbers is ours. */
export type TrueTokens = { tokens: Tokens; estimated: boolean }
/** What we count of a call by ourselves; of its answer as far as it came. */
export type OwnCount = { input: number; output: () => number }

/**
 * A provider's tokenizer, its wrapping of messages and thoughts that it does not show may make more of a call than we count, but not ten times
 * as much and a hundred thousand beside.
 */
const mostOf = (own: number) => 100_000 + 10 * own

/**
 * The tokens of a call as its provider counted them. What it does not say, or what cannot be (none for a prompt or an answer that was there, less than
 * none, absurdly many), is worked out of its total where that makes sense, and else counted by us: a call is never taken for free by mistake.
 */
export function trueTokens(usage: LanguageModelV3Usage | undefined, own: OwnCount): TrueTokens {
  const said = (value: unknown, ours: () => number): number | undefined => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined
    if (value === 0) return ours() === 0 ? 0 : undefined
    return value <= mostOf(0) || value <= mostOf(ours()) ? Math.round(value) : undefined
  }
  const input = said(usage?.inputTokens.total, () => own.input)
  const output = said(usage?.outputTokens.total, own.output)
  if (input !== undefined && output !== undefined) return { tokens: withParts(usage, input, withThoughts(usage, input, output)), estimated: false }
  const total = said(totalOf(usage), () => own.input + own.output())
  if (total !== undefined) {
    if (input !== undefined && input < total) return { tokens: withParts(usage, input, total - input), estimated: false }
    if (output !== undefined && output < total) return { tokens: withParts(usage, total - output, output), estimated: false }
    // Its sum is right, only how it parts is ours.
    if (input === undefined && output === undefined) {
      const ours = own.input + own.output()
      const prompt = total >= ours ? own.input : Math.round((total * own.input) / ours)
      return { tokens: withParts(usage, prompt, total - prompt), estimated: true }
    }
  }
  return { tokens: withParts(usage, input ?? own.input, output ?? own.output()), estimated: true }
}

function withParts(usage: LanguageModelV3Usage | undefined, input: number, output: number): Tokens {
  const cached = part(usage?.inputTokens.cacheRead, input)
  return {
    input,
    cached,
    cache_write: part(usage?.inputTokens.cacheWrite, input - cached),
    output,
    reasoning: part(usage?.outputTokens.reasoning, output),
  }
}

function part(value: unknown, whole: number): number {
  return typeof value === 'number' && value > 0 ? Math.round(Math.min(value, whole)) : 0
}

/** Some (xAI) count thoughts beside the answer; their total says so. */
function withThoughts(usage: LanguageModelV3Usage | undefined, input: number, output: number): number {
  const thoughts = usage?.outputTokens.reasoning ?? 0
  return thoughts > 0 && totalOf(usage) === input + output + thoughts ? output + thoughts : output
}

/** By the names that OpenAI and its likes, Bedrock and Google have for it. */
function totalOf(usage: LanguageModelV3Usage | undefined): unknown {
  const raw = usage?.raw
  return raw?.['total_tokens'] ?? raw?.['totalTokens'] ?? raw?.['totalTokenCount']
}
