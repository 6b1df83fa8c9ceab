import { Decimal } from 'decimal.js'
import { answerNumber, ExpressionError, num, ONE, parseNumberText, plain, ZERO, type Precision } from './expression-number.ts'

/** What went wrong for one row. It travels like a spreadsheet's error value until IF or IFERROR leaves it out, or the result is shown. */
export class Failure {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

export type Scalar = Decimal | string | boolean | null
export type Cell = Scalar | Failure
/** A column (one cell for each row) or a single value. */
export type Value = Scalar | Cell[]

/** What the functions of a calculation may know and must note. */
export type Environment = Precision & {
  /** Milliseconds; what TODAY() and NOW() answer. */
  now: number
  /** `skip` leaves text out of sums, as spreadsheets do; `error` refuses it. */
  nonNumbers: 'error' | 'skip'
  /** How many texts were left out of sums. */
  skipped: number
  /** 200 + 10% is 220, as on a pocket calculator. */
  relativePercent: boolean
}

export function newEnvironment(options: Partial<Environment> & { now: number }): Environment {
  return { exact: true, nonNumbers: 'error', skipped: 0, relativePercent: false, ...options }
}

export const isNumber = (value: unknown): value is Decimal => value instanceof Decimal || Decimal.isDecimal(value)
export const isBlank = (value: Cell): value is null | '' => value === null || value === ''

/** JSON to cell. A nested object or list counts as the text of its JSON. */
export function cell(value: unknown): Scalar {
  if (value === null || value === undefined) return null
  if (typeof value === 'number') return Number.isFinite(value) ? num(value) : null
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}

export function toJson(value: Value, env: Environment): unknown {
  if (Array.isArray(value)) return value.map((item) => toJson(must(item), env))
  return isNumber(value) ? answerNumber(value, env.exact) : value
}

/** Takes a failure for what it is as soon as its value is really needed. */
export function must(value: Cell): Scalar {
  if (value instanceof Failure) throw new ExpressionError(value.message)
  return value
}

/** A number, or null for a blank; text is read as a number where it can be. */
export function toNumber(value: Cell): Decimal | null {
  const known = must(value)
  if (isNumber(known)) return known
  if (isBlank(known)) return null
  if (typeof known === 'boolean') return known ? ONE : ZERO
  const read = parseNumberText(known)
  if (!read) throw new ExpressionError(`"${shorten(known)}" is not a number`)
  return read
}

export function needNumber(value: Cell | undefined, name: string): Decimal {
  const number = value === undefined ? null : toNumber(value)
  if (number === null) throw new ExpressionError(`${name} is blank; a number is needed`)
  return number
}

export function needInteger(value: Cell | undefined, name: string, least: number, most: number): number {
  const number = needNumber(value, name)
  if (!number.isInteger() || number.lt(least) || number.gt(most)) {
    throw new ExpressionError(`${name} must be a whole number from ${least} to ${most}, not ${plain(number)}`)
  }
  return number.toNumber()
}

export function toText(value: Cell): string {
  const known = must(value)
  if (known === null) return ''
  if (isNumber(known)) return plain(known.precision() > 40 ? known.toSignificantDigits(40) : known)
  return typeof known === 'boolean' ? (known ? 'TRUE' : 'FALSE') : known
}

export function toBoolean(value: Cell): boolean {
  const known = must(value)
  if (typeof known === 'boolean') return known
  if (isBlank(known)) return false
  if (isNumber(known)) return !known.isZero()
  if (/^(true|yes|sim|verdadeiro)$/i.test(known)) return true
  if (/^(false|no|não|nao|falso)$/i.test(known)) return false
  throw new ExpressionError(`"${shorten(known)}" is neither true nor false`)
}

export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

const MAX_TEXT = 100_000
export function boundedText(text: string): string {
  if (text.length > MAX_TEXT) throw new ExpressionError(`the text would have ${text.length} characters; the limit is ${MAX_TEXT}`)
  return text
}

/** Every cell of the arguments in order, columns laid end to end. */
export function flat(values: Value[]): Cell[] {
  return values.length === 1 && Array.isArray(values[0]) ? values[0] : values.flat()
}

/** The numbers among the arguments. Blanks are left out; text that is no number is refused or left out, as the caller wished. */
export function numbers(values: Value[], env: Environment): Decimal[] {
  const found: Decimal[] = []
  for (const value of flat(values)) {
    if (isNumber(value)) found.push(value)
    else if (!isBlank(value)) {
      const read = typeof value === 'string' ? parseNumberText(value) : toNumber(value)
      if (read) found.push(read)
      else if (env.nonNumbers === 'skip') env.skipped++
      else throw new ExpressionError(`"${shorten(toText(value))}" is not a number; set non_numbers to "skip" to leave such values out`)
    }
  }
  return found
}

/** Applies a function of single values to columns row by row; single values are repeated. What fails, fails for its row only. */
export function mapRows(values: Value[], work: (cells: Scalar[]) => Scalar): Value {
  const length = values.find(Array.isArray)?.length
  if (length === undefined) return work(values as Scalar[])
  if (values.some((value) => Array.isArray(value) && value.length !== length))
    throw new ExpressionError('columns of different lengths cannot be combined')
  const result: Cell[] = []
  for (let row = 0; row < length; row++) {
    const cells = values.map((value) => (Array.isArray(value) ? (value[row] as Cell) : value))
    const failed = cells.find((item) => item instanceof Failure)
    result.push(failed ?? attempt(() => work(cells as Scalar[])))
  }
  return result
}

export function attempt(work: () => Scalar): Cell {
  try {
    return work()
  } catch (error) {
    if (error instanceof ExpressionError) return new Failure(error.message)
    throw error
  }
}
