import { isoMoment } from './expression-iso.ts'
import { compareNumbers, ExpressionError, parseNumberText, type Precision } from './expression-number.ts'
import { isBlank, isNumber, must, shorten, toText, type Cell, type Scalar } from './expression-value.ts'
import { hasWildcard, wildcard } from './wildcard.ts'

/** Orders two cells, or undefined when one of them is blank. Numbers before text; ISO dates by time; other text without regard to case. */
export function order(precision: Precision, a: Scalar, b: Scalar): number | undefined {
  if (isBlank(a) || isBlank(b)) return undefined
  const [left, right] = [asNumber(a), asNumber(b)]
  if (left && right) return compareNumbers(precision, left, right)
  if (typeof a === 'string' && typeof b === 'string') {
    const [from, to] = [isoMoment(a), isoMoment(b)]
    if (from !== undefined && to !== undefined) return Math.sign(from - to)
    return compareText(a, b)
  }
  throw new ExpressionError(`"${shorten(toText(a))}" and "${shorten(toText(b))}" have no order: one is a number and the other is not`)
}

const COLLATOR = new Intl.Collator('en', { sensitivity: 'accent' })

/** Without regard to case; é stands between e and f, not behind z. */
export function compareText(a: string, b: string): number {
  return a.toLowerCase() === b.toLowerCase() ? 0 : COLLATOR.compare(a, b)
}

/** Equality as in spreadsheets: text without regard to case, 5 equals "5", blank equals blank and empty text only. */
export function equal(precision: Precision, a: Scalar, b: Scalar): boolean {
  if (isBlank(a) || isBlank(b)) return isBlank(a) && isBlank(b)
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase()
  if (typeof a === 'boolean' || typeof b === 'boolean') return toText(a).toLowerCase() === toText(b).toLowerCase()
  const [left, right] = [asNumber(a), asNumber(b)]
  return left !== undefined && right !== undefined && compareNumbers(precision, left, right) === 0
}

function asNumber(value: Scalar) {
  if (isNumber(value)) return value
  return typeof value === 'string' ? parseNumberText(value) : undefined
}

/** The test that SUMIF and its kin apply: "West", 5, ">=100", "<>West", "We*". */
export function criterion(precision: Precision, wanted: Scalar): (value: Cell) => boolean {
  const [, operator = '=', operand = ''] = typeof wanted === 'string' ? (/^\s*(<=|>=|<>|!=|<|>|==?)?\s*(.*)$/s.exec(wanted) ?? []) : []
  const target: Scalar = typeof wanted === 'string' ? operand : wanted
  const matches = typeof target === 'string' && hasWildcard(target) ? textMatching(target) : (value: Scalar) => equalLoosely(precision, value, target)
  return (value) => {
    const known = must(value)
    if (operator === '=' || operator === '==') return matches(known)
    if (operator === '<>' || operator === '!=') return !matches(known)
    if (isBlank(known) || (asNumber(known) === undefined) !== (asNumber(target) === undefined)) return false
    const sign = order(precision, known, target)
    if (sign === undefined) return false
    return operator === '<' ? sign < 0 : operator === '<=' ? sign <= 0 : operator === '>' ? sign > 0 : sign >= 0
  }
}

function textMatching(pattern: string) {
  const matches = wildcard(pattern)
  return (value: Scalar) => matches(toText(value))
}

function equalLoosely(precision: Precision, value: Scalar, target: Scalar): boolean {
  if (equal(precision, value, target)) return true
  // A criterion is text even where it means a number: "=100" finds 100 and "100.00".
  const [left, right] = [asNumber(value), asNumber(target)]
  return left !== undefined && right !== undefined && left.eq(right)
}
