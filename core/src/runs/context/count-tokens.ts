import { hash } from 'node:crypto'
import { estimateRule, estimateTokens } from '../../providers/estimate-tokens.ts'

/** Counts the tokens of a text as one model does. The same text always has the same count. */
export type TokenCounter = {
  /** False: an estimate, and `rule` says how. */
  exact: boolean
  rule: string
  count: (text: string) => number
}

type Encoding = 'o200k_base' | 'cl100k_base'

/**
 * The counter for a model. OpenAI's tokenizers are known; they are found by the model's name, whoever serves it (`openai/gpt-4o` of a router,
 * `gpt-oss` of a local server). Their tables (75 MB of memory, 0.2 s) are loaded when the first such model is used.
 */
export async function tokenCounter(provider: string, model: string): Promise<TokenCounter> {
  const encoding = provider === 'builtin' ? undefined : encodingOf(model)
  if (!encoding) return estimating
  const known = counters.get(encoding)
  if (known) return known
  const counter = load(encoding)
  counters.set(encoding, counter)
  return counter
}

const counters = new Map<Encoding, Promise<TokenCounter>>()

export const estimating: TokenCounter = { exact: false, rule: estimateRule, count: estimateTokens }

/** `gpt-4o`, `ft:gpt-4o-mini:us::id`, `openai/o3`, `gpt-35-turbo` (Azure's spelling). Others are unknown to us: undefined. */
export function encodingOf(model: string): Encoding | undefined {
  const name = model.toLowerCase().replace(/^ft:/, '').replace(/^.*\//, '')
  if (/^(chat)?gpt-(4o|4\.1|4\.5|5|oss)(?![0-9])/.test(name) || /^o[134](-|:|$)/.test(name) || name.startsWith('codex-mini')) return 'o200k_base'
  if (/^gpt-(4|3\.5|35)(-|:|$)/.test(name)) return 'cl100k_base'
  return undefined
}

async function load(encoding: Encoding): Promise<TokenCounter> {
  const { countTokens, setMergeCacheSize } =
    encoding === 'o200k_base' ? await import('gpt-tokenizer/encoding/o200k_base') : await import('gpt-tokenizer/encoding/cl100k_base')
  // Its own cache holds slices of whole prompts and would keep them in memory; ours holds numbers.
  setMergeCacheSize(0)
  // What looks like a control token in somebody's text is text.
  const asText = { disallowedSpecial: new Set<string>() }
  const count = (text: string) => pieces(text).reduce((sum, piece) => sum + countTokens(piece, asText), 0)
  return { exact: true, rule: encoding, count: remembering(count) }
}

const longest = 128
const longRun = new RegExp(`[\\p{L}\\p{M}]{${longest},}|[^\\s\\p{L}\\p{N}]{${longest},}|\\s{${longest},}`, 'gu')

/**
 * The tokenizer takes time by the square of the longest run without a boundary (6,000 Chinese characters: 0.3 s). Such runs are cut up; each cut
 * can add a token, so they count up to a hundredth too high.
 */
function pieces(text: string): string[] {
  const found: string[] = []
  let from = 0
  for (const run of text.matchAll(longRun)) {
    if (run.index > from) found.push(text.slice(from, run.index))
    for (let at = 0; at < run[0].length;) {
      const end = wholeEnd(run[0], at + longest)
      found.push(run[0].slice(at, end))
      at = end
    }
    from = run.index + run[0].length
  }
  found.push(text.slice(from))
  return found
}

/** The place itself, or one further where it would part a surrogate pair. */
export function wholeEnd(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return at > 0 && code >= 0xdc00 && code <= 0xdfff ? Math.min(at + 1, text.length) : Math.min(at, text.length)
}

const mostRemembered = 20_000
const worthRemembering = 64

/** Remembers counts under the hash of a text: some 2 MB at most, however long the texts are. */
function remembering(count: (text: string) => number): (text: string) => number {
  const known = new Map<string, number>()
  return (given) => {
    const text = given.toWellFormed() // so that texts with one hash have one count
    if (text.length < worthRemembering) return count(text)
    const key = `${text.length}:${hash('sha1', text, 'base64')}`
    const before = known.get(key)
    if (before !== undefined) {
      known.delete(key)
      known.set(key, before)
      return before
    }
    const tokens = count(text)
    known.set(key, tokens)
    if (known.size > mostRemembered) known.delete(known.keys().next().value ?? '')
    return tokens
  }
}
