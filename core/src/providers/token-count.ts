import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'

/** An image or a file: what vision models make of a picture of ordinary size. */
const partTokens = 1000
/** Cheap: a tokenizer of bytes never makes more tokens than there are bytes (prose has four in a token). */
export function surelyFits(options: LanguageModelV3CallOptions, size: number): boolean {
  const { text, parts } = textOf(options)
  return Buffer.byteLength(text) + parts * partTokens <= size
}

/** Tokens of prompt and tools by OpenAI's o200k; the tokenizers of other makers differ by a tenth or two. */
export async function countTokens(options: LanguageModelV3CallOptions): Promise<number> {
  const { text, parts } = textOf(options)
  // Far beyond every context there is no need for the exact number, and counting would take seconds.
  if (text.length > 20_000_000) return Math.round(text.length / 4) + parts * partTokens
  const { countTokens: count } = await import('gpt-tokenizer/encoding/o200k_base')
  // What looks like a control token in somebody's text is text.
  const asText = { disallowedSpecial: new Set<string>() }
  return piecesOf(text).reduce((sum, piece) => sum + count(piece, asText), 0) + parts * partTokens
}

const longRun = /[\p{L}\p{M}]{128,}|[^\s\p{L}\p{N}]{128,}|\s{128,}/gu

/** The tokenizer takes time by the square of the longest run without a boundary (20,000 letters: 0.4 s), so such runs are cut up. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  let from = 0
  for (const { 0: run, index } of text.matchAll(longRun)) {
    pieces.push(text.slice(from, index), ...(run.match(/[^]{1,128}/gu) ?? []))
    from = index + run.length
  }
  return [...pieces, text.slice(from)]
}

function textOf({ prompt, tools = [] }: LanguageModelV3CallOptions): { text: string; parts: number } {
  const texts = tools.map((tool) => JSON.stringify(tool))
  let parts = 0
  for (const { content } of prompt) {
    if (typeof content === 'string') {
      texts.push(content)
      continue
    }
    for (const part of content) {
      if (part.type === 'text' || part.type === 'reasoning') texts.push(part.text)
      else if (part.type === 'file') parts++
      else if (part.type === 'tool-call') texts.push(part.toolName, plain(part.input))
      else if (part.type === 'tool-result') texts.push('value' in part.output ? plain(part.output.value) : (part.output.reason ?? ''))
    }
  }
  return { text: texts.join('\n'), parts }
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
