/**
 * An estimate of how many tokens a text has, for models whose tokenizer we do not have. It cuts a text as byte pair encoders do (words, groups of
 * digits, runs of punctuation) and charges each piece, or each character of a script, a rate.
 *
 * The rates were fitted to o200k on 61 texts of 44 languages, code, JSON, CSV, logs and base64 and raised by a tenth, so that the estimate is
 * rather too high: of 1,750 pieces of 4,000 characters, 98 % are between 0.87 and 1.31 times the count of o200k, all between 0.82 and 1.70.
 * Tokenizers that are poorer outside English (cl100k: twice as many for Cyrillic, four times for Indic scripts) need more than it says.
 */
export const estimateRule =
  'estimated by words, digits, punctuation and script (about 3.6 characters a token in Latin letters, 2.7 in Cyrillic, 1.1 in Chinese), no tokenizer of this model being known; 98 % of measured texts came out at 0.87 to 1.31 times the count of o200k'

/**
 * What a provider may count at most where we count so many, before how it wraps them. Where its tokenizer is known, a fiftieth is added. An estimate
 * was at least 0.82 of the count of o200k for every text that was measured, so a quarter covers that.
 */
export function worstCount(tokens: number, exact: boolean): number {
  return Math.ceil(tokens * (exact ? 1.02 : 1.25))
}

const rates = {
  word: 0.85,
  upTo12: 0.65,
  beyond12: 0.2,
  accented: 0.6,
  upper: 0.8,
  digits: 1.3,
  punctuationRun: 0.75,
  punctuation: 0.2,
  spaces: 0.2,
  spacesLong: 1 / 80,
  lines: 1.3,
}

const lower = 0
const upper = 1
const digit = 2
const space = 3
const line = 4
const punctuation = 5
const accented = 6

/** The last code unit of a script, and its rate per character. Latin letters with accents count as parts of words. */
const scripts: [number, number][] = [
  [0xbf, 0.95],
  [0x2af, 0],
  [0x2ff, 0.95],
  [0x36f, 0],
  [0x3ff, 0.44], // Greek
  [0x52f, 0.36], // Cyrillic
  [0x58f, 0.43], // Armenian
  [0x5ff, 0.5], // Hebrew
  [0x77f, 0.43], // Arabic
  [0x8ff, 0.67],
  [0x9ff, 0.46], // Devanagari, Bengali
  [0xa7f, 0.67], // Gurmukhi
  [0xd7f, 0.46], // Gujarati to Malayalam
  [0xdff, 0.67], // Sinhala
  [0xeff, 0.47], // Thai, Lao
  [0x109f, 0.67], // Tibetan, Burmese
  [0x10ff, 0.43], // Georgian
  [0x11ff, 0.78],
  [0x1dff, 0.67],
  [0x1eff, 0], // Vietnamese
  [0x1fff, 0.44],
  [0x2e7f, 0.95], // signs
  [0x303f, 0.9],
  [0x30ff, 0.71], // kana
  [0x9fff, 0.9], // Han
  [0xabff, 0.67],
  [0xd7af, 0.78], // Hangul
  [0xf8ff, 0.95], // halves of surrogate pairs: emoji and rare signs count twice
  [0xfaff, 0.9],
  [0xfdff, 0.43],
  [0xfe6f, 0.95],
  [0xfeff, 0.43],
  [0xffff, 0.9],
]

const asciiClass = new Uint8Array(128).map((_, c) => {
  if (c >= 97 && c <= 122) return lower
  if (c >= 65 && c <= 90) return upper
  if (c >= 48 && c <= 57) return digit
  if (c === 32 || c === 9) return space
  return c === 10 || c === 13 ? line : punctuation
})

/** 100,000 tokens in about 7 ms. */
export function estimateTokens(text: string): number {
  let tokens = 0
  let at = 0
  while (at < text.length) {
    const code = text.charCodeAt(at)
    const kind = classOf(code)
    if (kind === lower || kind === upper || kind === accented) {
      const end = endOfWord(text, at)
      tokens += wordTokens(text, at, end)
      at = end
      continue
    }
    if (kind < 0) {
      tokens += rateOf(code)
      at++
      continue
    }
    let end = at + 1
    while (end < text.length && classOf(text.charCodeAt(end)) === kind) end++
    tokens += runTokens(kind, end - at)
    at = end
  }
  // One space is free between words, not alone.
  return text === '' ? 0 : Math.max(1, Math.ceil(tokens))
}

function classOf(code: number): number {
  if (code < 128) return asciiClass[code] ?? punctuation
  return rateOf(code) === 0 ? accented : -1
}

function rateOf(code: number): number {
  let low = 0
  let high = scripts.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (code > (scripts[middle]?.[0] ?? 0)) low = middle + 1
    else high = middle
  }
  return scripts[low]?.[1] ?? 0.95
}

// camelCase is two words.
function endOfWord(text: string, from: number): number {
  let hasLower = classOf(text.charCodeAt(from)) === lower
  let end = from + 1
  for (; end < text.length; end++) {
    const kind = classOf(text.charCodeAt(end))
    if (kind === upper && hasLower) break
    if (kind === lower) hasLower = true
    else if (kind !== upper && kind !== accented) break
  }
  return end
}

function wordTokens(text: string, from: number, to: number): number {
  const length = to - from
  let tokens = rates.word + rates.upTo12 * Math.max(0, Math.min(length, 12) - 6) + rates.beyond12 * Math.max(0, length - 12)
  for (let at = from; at < to; at++) {
    const kind = classOf(text.charCodeAt(at))
    if (kind === accented) tokens += rates.accented
    else if (kind === upper && at > from) tokens += rates.upper
  }
  return tokens
}

function runTokens(kind: number, length: number): number {
  if (kind === digit) return rates.digits * Math.ceil(length / 3)
  if (kind === line) return rates.lines + length * rates.spacesLong
  if (kind === space) return length === 1 ? 0 : rates.spaces + length * rates.spacesLong
  return rates.punctuationRun + rates.punctuation * (length - 1)
}
