import type { Decimal } from 'decimal.js'
import { num } from '../lib/expression-number.ts'

const PLAIN = /^(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i
// Groups of three, and the Indian way: 12,34,567.
const GROUPED = /^\d{1,3}(,\d{3})+(\.\d*)?$|^\d{1,2}(,\d{2})+,\d{3}(\.\d*)?$/
const CURRENCY = /^(?:R\$|US\$|A\$|C\$|\p{Sc}|[A-Z]{3}(?=[\s\d.,]))\s*|\s*(?:\p{Sc}|(?<=[\s\d.,])[A-Z]{3})$/gu

/** A number as people write it, with the decimal sign that the caller knows of; the other sign only groups digits. */
export function looseNumber(value: number | string, decimal: '.' | ','): { number: Decimal } | { reason: string } {
  if (typeof value === 'number') return { number: num(value) }
  let text = narrowed(value)
  if (text.length > 400) return { reason: 'it is not a number' }
  let negative = false
  const bracketed = /^\((.*)\)$/.exec(text)
  if (bracketed) {
    negative = true
    text = (bracketed[1] as string).trim()
  }
  // The sign may stand before or after the currency, or at the end: -$5, $-5, 5-.
  const flip = (match: string) => {
    if (match.includes('-')) negative = !negative
    return ''
  }
  const percent = text.endsWith('%')
  if (percent) text = text.slice(0, -1).trim()
  const signs = (text.match(/^[+-]|[+-]$/g) ?? []).length
  text = text.replace(/^[+-]\s*/, flip)
  text = text.replace(CURRENCY, '')
  if (signs === 0) text = text.replace(/^[+-]\s*/, flip)
  if (signs <= 1) text = text.replace(/\s*-$/, flip)
  const other = decimal === '.' ? ',' : '.'
  const swapped = decimal === '.' ? text : text.replace(/[.,]/g, (sign) => (sign === ',' ? '.' : ','))
  const body = /^\d{1,3}([ '’]\d{3})+(\.\d*)?$/.test(swapped) ? swapped.replace(/[ '’]/g, '') : swapped
  const digits = GROUPED.test(body) ? body.replaceAll(',', '') : body
  if (!PLAIN.test(digits)) {
    const commaMeant = /^\d[\d.,]*$/.test(text) && text.includes(other)
    return { reason: commaMeant ? `it is not a number with "${decimal}" as the decimal sign` : 'it is not a number' }
  }
  const number = percent ? num(digits).div(100) : num(digits)
  return { number: negative && !number.isZero() ? number.neg() : number }
}

/** Wide digits and signs as plain ones, spaces of all kinds as one kind. Not NFKC: it makes 22 of 2². */
function narrowed(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\u00A0\u2000-\u200A\u202F\u3000]/g, ' ')
    .replaceAll('\u2212', '-')
    .trim()
}
