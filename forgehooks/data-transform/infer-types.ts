import { num } from '../lib/expression-number.ts'

const DOT = 46
const MINUS = 45
const ZERO = 48

/**
 * The number a text is, where the number says all that the text says. Leading zeros, a plus sign, exponents, grouping
 * and more digits than a double holds are not: those are identifiers, telephone numbers or amounts that would change.
 */
export function losslessNumber(text: string): number | undefined {
  if (!isPlain(text)) return undefined
  const value = Number(text)
  // Up to 15 digits a double gives back what it was given.
  if (text.length > 15 && (text.length > 1000 || !exact(text, value))) return undefined
  return value === 0 ? 0 : value
}

/** -?(0|[1-9]\d*)(\.\d+)? or -?\.\d+; by hand, because every cell of a table passes here. */
function isPlain(text: string): boolean {
  const end = text.length
  let at = text.charCodeAt(0) === MINUS ? 1 : 0
  const start = at
  while (at < end && isDigit(text.charCodeAt(at))) at++
  const digits = at - start
  if (digits > 1 && text.charCodeAt(start) === ZERO) return false
  if (at === end) return digits > 0
  if (text.charCodeAt(at) !== DOT) return false
  const fraction = ++at
  while (at < end && isDigit(text.charCodeAt(at))) at++
  return at === end && at > fraction
}

const isDigit = (code: number) => code >= 48 && code <= 57

function exact(text: string, value: number): boolean {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false
  return num(text).eq(num(value))
}

/** Gives the text at a place; a function, so that no list of texts has to be made for each column. */
type Texts = (place: number) => string

/**
 * The cells of a column as what the whole column is: numbers or booleans only where every cell that is not empty is one, else the texts
 * as they stand. Empty is null.
 */
export function typedColumn(texts: Texts, count: number, comma = false): unknown[] {
  const numbers = all(texts, count, comma ? (text) => losslessNumber(withPoint(text)) : losslessNumber)
  if (numbers) return numbers
  return all(texts, count, booleanOf) ?? Array.from({ length: count }, (_, place) => texts(place) || null)
}

/** Undefined as soon as one cell is none. */
function all<T>(texts: Texts, count: number, read: (text: string) => T | undefined): (T | null)[] | undefined {
  const values: (T | null)[] = []
  let some = false
  for (let place = 0; place < count; place++) {
    const text = texts(place)
    if (text === '') {
      values.push(null)
      continue
    }
    const value = read(text) ?? read(text.trim())
    if (value === undefined) return undefined
    values.push(value)
    some = true
  }
  return some ? values : undefined
}

/** 1.234,5 has a grouping sign, which no plain number has; only the decimal comma is read. */
const withPoint = (text: string) => (text.includes('.') ? text : text.replace(',', '.'))

function booleanOf(text: string): boolean | undefined {
  if (text.length > 5) return undefined
  const word = text.toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}
