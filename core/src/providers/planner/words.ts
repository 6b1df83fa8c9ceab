/** Lower case without accents: `Região` and `regiao` are the same word to the planner. */
export function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

/** A rough singular. It only has to treat both sides of a comparison alike, so a wrong stem does no harm. */
export function stem(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (word.length > 4 && /(ss|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  if (word.length > 3 && word.endsWith('s') && !/(ss|us|is)$/.test(word)) return word.slice(0, -1)
  return word
}

/** `orderDate`, `order_date` and `Order Dates` are all ['order', 'date']. */
export function words(text: string): string[] {
  const parts = text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
  return parts.filter(Boolean).map((part) => stem(plain(part)))
}

/** Stems an English verb's endings too, for comparing instructions with tool names and descriptions. */
export function root(word: string): string {
  const base = stem(word)
  if (base.length > 5 && base.endsWith('ing')) return base.slice(0, -3).replace(/(.)\1$/, '$1')
  if (base.length > 4 && base.endsWith('ed')) return base.slice(0, -2).replace(/(.)\1$/, '$1')
  if (base.length > 4 && base.endsWith('e')) return base.slice(0, -1)
  return base
}

export function snake(text: string): string {
  return text
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1_$2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('_')
    .toLowerCase()
}

const NUMBER_WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve']

/** `three` -> 3, `1,200.50` -> 1200.5, `$5k` -> 5000, `1.5 million` -> 1500000; undefined for anything else. */
export function numberIn(text: string): number | undefined {
  const trimmed = plain(text).trim()
  const word = NUMBER_WORDS.indexOf(trimmed)
  if (word >= 0) return word
  const match = /^[$€£]?\s*(-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s*(k|thousand|m|million|bn|billion)?\s*[$€£]?$/.exec(trimmed)
  if (!match?.[1]) return undefined
  const scale = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6, bn: 1e9, billion: 1e9 }[match[2] ?? ''] ?? 1
  return Number(match[1].replaceAll(',', '')) * scale
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isRows(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord)
}

export function listOf(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
