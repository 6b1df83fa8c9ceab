import type { Decimal } from 'decimal.js'
import { ExpressionError, num, ONE, parseNumberText, ZERO } from '../../lib/expression-number.ts'
import { readDateText } from '../../lib/expression-serial.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { heightOf, widthOf, type Area } from './reference.ts'

const MEANING: Record<string, string> = {
  '#DIV/0!': 'division by zero',
  '#N/A': 'nothing was found',
  '#NAME?': 'a name or function is unknown',
  '#NULL!': 'the ranges do not meet',
  '#NUM!': 'the number cannot be worked out',
  '#REF!': 'a reference leads nowhere',
  '#SPILL!': 'the formula gives several values and a cell holds one',
  '#VALUE!': 'a value is of the wrong kind',
}
export const isErrorCode = (text: string): boolean => Object.hasOwn(MEANING, text)

/** What a cell shows in place of a value. Thrown where one value is wanted, carried where cells are looked at one by one. */
export class SheetError extends Error {
  override name = 'SheetError'
  readonly code: string
  constructor(code: string, message?: string) {
    super(message ?? MEANING[code] ?? 'the formula has no value')
    this.code = code
  }
}

export type Scalar = Decimal | string | boolean | null | SheetError
type Size = { height: number; width: number }
/** A block of cells. Of A:A only the rows in use are in `rows`, while height says 1048576; what is worked out from it keeps that size. */
export class Grid {
  readonly rows: Scalar[][]
  readonly area: Area | undefined
  readonly height: number
  readonly width: number
  constructor(rows: Scalar[][], area?: Area, size?: Size) {
    this.rows = rows
    this.area = area
    this.height = area ? heightOf(area) : (size?.height ?? rows.length)
    this.width = area ? widthOf(area) : (size?.width ?? rows[0]?.length ?? 0)
  }
  at(row: number, col: number): Scalar {
    return this.rows[row]?.[col] ?? null
  }
}
export type Value = Scalar | Grid

export const MAX_TEXT = 32_767
export const isBlank = (value: unknown): value is null | undefined => value === null || value === undefined

/** Errors of the arithmetic become errors of cells; anything else is a defect or the end of the call, and goes on. */
export function toError(error: unknown): SheetError {
  if (error instanceof SheetError) return error
  if (error instanceof ExpressionError) return new SheetError(error.code, error.message)
  throw error
}

export function attempt<T extends Value>(work: () => T): T | SheetError {
  try {
    return work()
  } catch (error) {
    return toError(error)
  }
}

/** One value: a block of one cell is that cell, a larger one is refused where one value is wanted. */
export function single(value: Value | undefined): Scalar {
  if (!(value instanceof Grid)) return value ?? null
  if (value.height !== 1 || value.width !== 1) throw new SheetError('#VALUE!', 'one value is wanted here, not a range')
  return value.at(0, 0)
}

/** The bounds of numbers in a spreadsheet, about 1.8E308. */
export function limited(value: Decimal): Decimal {
  if (!value.isFinite() || value.e >= 308) throw new SheetError('#NUM!', 'the number is too large')
  return value.e < -307 ? ZERO : value
}

/** Text as a number, the way a cell would read it when typed: 1,234.50, $20, 15%, 1e3, 1 1/2, a date or a time. */
export function readNumber(text: string): Decimal | undefined {
  const body = text.trim()
  if (body.length > 400) return undefined
  // Decimal commas and dotted thousands belong to other languages: Excel in English does not read them.
  const isForeign = /,\d{1,2}$|,\d{4,}|\d,\d{1,2}\D|^[^,]*\d\.\d+[.,]\d/.test(body)
  if (!isForeign) {
    const number = parseNumberText(body)
    if (number) return number
  }
  const mixed = /^([+-]?)(\d{1,15}) (\d{1,5})\/(\d{1,5})$/.exec(body)
  if (mixed && Number(mixed[4]) > 0) {
    const size = num(mixed[2] as string).plus(num(mixed[3] as string).div(mixed[4] as string))
    return mixed[1] === '-' ? size.neg() : size
  }
  const date = readDateText(body)
  if (!date) return undefined
  return num(date.day ?? 0).plus(num(date.time ?? 0).div(86_400_000))
}

const ISO_DAY = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?Z?)?$/

/**
 * A cell that says 2024-03-05 holds a date, as if it had been typed: it counts in MAX and COUNT, and compares with dates by its
 * serial number. With text it is the text that it is.
 */
export function dateSerial(value: Scalar): Decimal | undefined {
  return typeof value === 'string' && value.length <= 29 && ISO_DAY.test(value) ? readNumber(value) : undefined
}

/** The number in a cell, if it holds one or a date. */
export const cellNumber = (value: Scalar): Decimal | undefined => (isNumber(value) ? value : dateSerial(value))

export function toNumber(value: Value | undefined): Decimal {
  const one = single(value)
  if (isNumber(one)) return one
  if (one instanceof SheetError) throw one
  if (one === null) return ZERO
  if (typeof one === 'boolean') return one ? ONE : ZERO
  const read = readNumber(one)
  if (!read) throw new SheetError('#VALUE!', `"${one.length > 40 ? `${one.slice(0, 37)}...` : one}" is not a number`)
  return read
}

/** A whole number with the rest cut off, as spreadsheets take places and counts. */
export function toWhole(value: Value | undefined): number {
  const whole = toNumber(value).toSignificantDigits(50).trunc()
  if (whole.abs().gt(Number.MAX_SAFE_INTEGER)) throw new SheetError('#NUM!', 'the number is too large')
  return whole.toNumber()
}

export function toText(value: Value | undefined): string {
  const one = single(value)
  if (one instanceof SheetError) throw one
  if (one === null) return ''
  if (typeof one === 'boolean') return one ? 'TRUE' : 'FALSE'
  return isNumber(one) ? numberText(one) : one
}

/** Fifteen digits, as a number shows when it is joined to text; whole numbers keep all of theirs. */
function numberText(value: Decimal): string {
  const shown = value.isInteger() && value.abs().lt('1e21') ? value : value.toSignificantDigits(15)
  const plain = shown.toFixed()
  if (plain.length <= 21) return plain
  const [digits = '', power = ''] = shown.toSignificantDigits(15).toExponential().split('e')
  return `${digits}E${power.replace(/^([+-])(\d)$/, '$10$2')}`
}

export function toBoolean(value: Value | undefined): boolean {
  const one = single(value)
  if (one instanceof SheetError) throw one
  if (typeof one === 'boolean') return one
  if (one === null) return false
  if (isNumber(one)) return !one.isZero()
  if (/^(true|false)$/i.test(one)) return one.toLowerCase() === 'true'
  throw new SheetError('#VALUE!', `"${one.slice(0, 40)}" is neither true nor false`)
}

export function boundedText(text: string): string {
  if (text.length > MAX_TEXT) throw new SheetError('#VALUE!', `the text would have ${text.length} characters; a cell holds ${MAX_TEXT}`)
  return text
}

const rank = (value: Scalar) => (isNumber(value) ? 0 : typeof value === 'string' ? 1 : 2)

/** Numbers before text before FALSE and TRUE; text without regard to case; a blank is whatever zero the other side has. */
export function compare(a: Scalar, b: Scalar): number {
  if (a instanceof SheetError) throw a
  if (b instanceof SheetError) throw b
  const left = (isNumber(b) ? dateSerial(a) : undefined) ?? a ?? zeroLike(b)
  const right = (isNumber(a) ? dateSerial(b) : undefined) ?? b ?? zeroLike(a)
  if (rank(left) !== rank(right)) return rank(left) - rank(right)
  if (isNumber(left)) return compareNumbers(left, right as Decimal)
  if (typeof left === 'string') return compareText(left, right as string)
  return Number(left) - Number(right)
}

const zeroLike = (other: Scalar): Scalar => (typeof other === 'string' ? '' : typeof other === 'boolean' ? false : ZERO)

/** Rounding on the way (1/3*3) must not make equal numbers differ. */
export const compareNumbers = (a: Decimal, b: Decimal): number =>
  a.isInteger() && b.isInteger() ? a.cmp(b) : a.toSignificantDigits(30).cmp(b.toSignificantDigits(30))

const COLLATOR = new Intl.Collator('en', { sensitivity: 'accent' })

/** Without regard to case; é stands between e and f, not behind z. */
export function compareText(a: string, b: string): number {
  return a.toLowerCase() === b.toLowerCase() ? 0 : COLLATOR.compare(a, b)
}
