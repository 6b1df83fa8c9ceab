import { Decimal } from 'decimal.js'

/** Why an expression cannot be read or worked out, in words for its writer. A hook turns it into a HookError that names its own field. */
export class ExpressionError extends Error {
  override name = 'ExpressionError'
  /** The error value that a cell shows for it. */
  readonly code: string
  constructor(message: string, code = '#NUM!') {
    super(message)
    this.code = code
  }
}

/** What a calculation notes on its way: `exact` turns false at the first rounding. */
export type Precision = { exact: boolean }

/** Numbers that cannot be exact (1/3, a square root) carry this many significant digits. */
export const WORKING_DIGITS = 64
/** Exact results may be this long; beyond it they are rounded (fractions) or refused (size). */
export const MAX_DIGITS = 1000

export const Work = Decimal.clone({ precision: WORKING_DIGITS, rounding: Decimal.ROUND_HALF_UP, toExpNeg: -30, toExpPos: 40 })
// Two numbers within the bounds never need more digits than this for their sum or product, so both are exact.
const Exact = Decimal.clone({ precision: 4 * MAX_DIGITS + 10, rounding: Decimal.ROUND_HALF_UP })

export const ZERO = new Work(0)
export const ONE = new Work(1)

export function num(value: number | string | Decimal): Decimal {
  return new Work(value)
}

/** Checks the bounds on the way out of every operation. */
export function bounded(precision: Precision, value: Decimal): Decimal {
  if (!value.isFinite()) throw new ExpressionError(value.isNaN() ? 'the result is not a number' : 'the result is infinite')
  if (value.isZero()) return ZERO
  if (Math.abs(value.e) > MAX_DIGITS) {
    throw new ExpressionError(`the result is too ${value.e > 0 ? 'large' : 'close to zero'} (about 10^${value.e}); the limit is ${MAX_DIGITS} digits`)
  }
  if (value.precision() <= MAX_DIGITS) return new Work(value)
  precision.exact = false
  return new Work(value).toSignificantDigits(WORKING_DIGITS)
}

// A limb of decimal.js holds 7 digits; eight limbs fit the working precision, so nothing is rounded.
const small = (a: Decimal, b: Decimal) => a.d.length + b.d.length <= 8

export function add(precision: Precision, a: Decimal, b: Decimal): Decimal {
  const close = small(a, b) && Math.abs(a.e) < 28 && Math.abs(b.e) < 28
  return bounded(precision, close ? Work.add(a, b) : Exact.add(a, b))
}

export function multiply(precision: Precision, a: Decimal, b: Decimal): Decimal {
  return bounded(precision, small(a, b) ? Work.mul(a, b) : Exact.mul(a, b))
}

export function divide(precision: Precision, a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) throw new ExpressionError('division by zero', '#DIV/0!')
  const quotient = Work.div(a, b)
  if (!Exact.mul(quotient, b).eq(a)) precision.exact = false
  return bounded(precision, quotient)
}

/** The remainder has the sign of the divisor, as MOD in spreadsheets. */
export function modulo(precision: Precision, a: Decimal, b: Decimal): Decimal {
  if (b.isZero()) throw new ExpressionError('division by zero (remainder)', '#DIV/0!')
  const rest = Exact.mod(a, b)
  return bounded(precision, !rest.isZero() && rest.isNegative() !== b.isNegative() ? Exact.add(rest, b) : rest)
}

export function power(precision: Precision, base: Decimal, exponent: Decimal): Decimal {
  if (base.isZero()) {
    if (exponent.isNegative() && !exponent.isZero()) throw new ExpressionError('division by zero (zero to a negative power)', '#DIV/0!')
    if (exponent.isZero()) return ONE
    return ZERO
  }
  if (base.abs().eq(1) && exponent.isInteger()) return exponent.mod(2).isZero() ? ONE : base
  const size = Work.log10(base.abs()).mul(exponent)
  if (size.abs().gt(MAX_DIGITS))
    throw new ExpressionError(`a power with about 10^${size.toFixed(0)} is too ${size.isPositive() ? 'large' : 'close to zero'}`)
  if (!exponent.isInteger()) {
    if (base.isNegative()) throw new ExpressionError('a negative number to a fractional power has no real result')
    return exponent.eq('0.5') ? squareRoot(precision, base) : rounded(precision, Work.pow(base, exponent))
  }
  const times = exponent.abs()
  if (!base.isInteger() && times.mul(base.precision()).gt(MAX_DIGITS)) return rounded(precision, Work.pow(base, exponent))
  const whole = Exact.pow(base, times)
  return exponent.isNegative() ? divide(precision, ONE, bounded(precision, whole)) : bounded(precision, whole)
}

export function squareRoot(precision: Precision, value: Decimal): Decimal {
  if (value.isNegative() && !value.isZero()) throw new ExpressionError('the square root of a negative number is not a real number')
  const root = Work.sqrt(value)
  if (!Exact.mul(root, root).eq(value)) precision.exact = false
  return bounded(precision, root)
}

export function factorial(precision: Precision, value: Decimal): Decimal {
  if (!value.isInteger() || value.isNegative()) throw new ExpressionError(`factorial needs a whole number of 0 or more, not ${plain(value)}`)
  if (value.gt(449)) throw new ExpressionError(`the factorial of ${plain(value)} is too large; the limit is 449! (${MAX_DIGITS} digits)`)
  let product = 1n
  for (let factor = 2n; factor <= BigInt(value.toFixed()); factor++) product *= factor
  return bounded(precision, new Work(product.toString()))
}

/** For results of functions whose last digits are rounded by nature (sin, ln, a fractional power). */
export function rounded(precision: Precision, value: Decimal): Decimal {
  precision.exact = false
  if (value.isFinite() && value.abs().lt('1e-60')) return ZERO
  return bounded(precision, value)
}

/** -1, 0 or 1. After a rounding the last working digits say nothing, so they are left out: (1/3)*3 = 1. */
export function compareNumbers(precision: Precision, a: Decimal, b: Decimal): number {
  return precision.exact ? a.cmp(b) : a.toSignificantDigits(50).cmp(b.toSignificantDigits(50))
}

export function plain(value: Decimal): string {
  return Math.abs(value.e) <= 40 ? value.toFixed() : value.toString()
}

/** The exact decimal text, or 40 digits of a value that was rounded on the way. */
export function numberText(value: Decimal, exact: boolean): string {
  if (exact) return value.toFixed()
  const shown = value.toSignificantDigits(40)
  return Math.abs(shown.e) <= 60 ? shown.toFixed() : shown.toString()
}

/** A JSON number where it says the same as the decimal (or as near as a rounded value can be), else its decimal text. */
export function jsonNumber(value: Decimal, exact: boolean): number | string {
  // No minus before a zero: JSON would drop it and the two would differ.
  if (value.isZero()) return 0
  const shown = exact ? value : value.toSignificantDigits(40)
  const nearest = shown.toNumber()
  const faithful = Number.isFinite(nearest) && (nearest !== 0 || shown.isZero())
  if (faithful && (!exact || new Work(nearest).eq(shown))) return nearest
  return numberText(value, exact)
}

/**
 * What a hook answers: a JSON number, except for numbers beyond 2^53 of which JSON would lose digits (decimal text). A fraction
 * such as 1.05^10 is a number even where JSON holds only 17 of its digits; `isWhole` tells, and the full text stands beside it.
 */
export function answerNumber(value: Decimal, exact: boolean): number | string {
  const known = jsonNumber(value, exact)
  return typeof known === 'string' && value.abs().lt(Number.MAX_SAFE_INTEGER) && value.abs().gt('1e-300') ? value.toNumber() : known
}

/**
 * Snaps 0.999...9 (64 digits) to 1 before its digits are cut, so that INT(1/3*3) is 1. What is known to be exact stays: only
 * fractions as long as the working digits can have been rounded on their way.
 */
export function snapped(value: Decimal, precision?: Precision): Decimal {
  const digits = value.precision()
  if (precision?.exact || digits < WORKING_DIGITS - 4 || value.isInteger()) return value
  // Without a word on exactness: what was rounded and then multiplied has some digits more, but not many.
  if (!precision && digits > WORKING_DIGITS + 36) return value
  return value.toSignificantDigits(50)
}

const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i
const GROUPED_COMMA = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/
const GROUPED_DOT = /^[+-]?\d{1,3}(\.\d{3})+,\d+$|^[+-]?\d{1,3}(\.\d{3}){2,}$/
const DECIMAL_COMMA = /^[+-]?\d+,(\d{1,2}|\d{4,})$/

/**
 * A number as people and files write it, or undefined. Currency signs, percent and accounting brackets are read;
 * `1,500` is fifteen hundred, `12,5` and `1.500,00` are decimal commas, `1.500` is one and a half.
 */
export function parseNumberText(text: string): Decimal | undefined {
  let body = text.trim()
  if (body.length === 0 || body.length > 1100) return undefined
  if (PLAIN.test(body)) return withinBounds(body)
  let negative = false
  if (/^\(.*\)$/.test(body)) {
    negative = true
    body = body.slice(1, -1).trim()
  }
  body = body.replace(/^([+-]?)\s*(?:R\$|US\$|[$€£¥])\s*/, '$1').replace(/\s*[€£¥$]$/, '')
  const percent = /\s*%$/.test(body)
  if (percent) body = body.replace(/\s*%$/, '')
  if (GROUPED_COMMA.test(body)) body = body.replaceAll(',', '')
  else if (GROUPED_DOT.test(body)) body = body.replaceAll('.', '').replace(',', '.')
  else if (DECIMAL_COMMA.test(body)) body = body.replace(',', '.')
  else if (!PLAIN.test(body)) return undefined
  const value = withinBounds(body)
  if (value === undefined) return undefined
  const scaled = percent ? Exact.mul(value, '0.01') : value
  return new Work(negative ? scaled.neg() : scaled)
}

function withinBounds(text: string): Decimal | undefined {
  const value = new Work(text)
  return value.isFinite() && (value.isZero() || Math.abs(value.e) <= MAX_DIGITS) && value.precision() <= MAX_DIGITS ? value : undefined
}
