import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { divide, jsonNumber, num, ZERO } from '../lib/expression-number.ts'
import { compareText, decimalOf, isMissing, isNumeric, quoted, textOf } from './rows-shared.ts'

export type Op = 'count' | 'sum' | 'avg' | 'min' | 'max' | 'median' | 'first' | 'last' | 'list' | 'count_distinct'
/** A value and the row (from 1) it stands in, for messages. */
export type Found = { value: unknown; row: number }
export type AggregateOptions = { field: string; skipInvalid: boolean; at: string }

/** One aggregate over the cells of one group. Empty cells are left out; numbers are exact decimals. */
export function aggregate(op: Op, cells: Found[], options: AggregateOptions): unknown {
  const found = cells.filter(({ value }) => !isMissing(value))
  switch (op) {
    case 'count':
      return found.length
    case 'first':
      return found[0]?.value ?? null
    case 'last':
      return found.at(-1)?.value ?? null
    case 'list':
      return found.map(({ value }) => value)
    case 'count_distinct':
      return new Set(found.map(({ value }) => JSON.stringify(value))).size
    case 'min':
    case 'max':
      return extreme(op, found, options)
    case 'sum':
      return jsonNumber(sum(numbers(op, found, options)), true)
    case 'avg':
      return mean(numbers(op, found, options))
    case 'median': {
      const sorted = numbers(op, found, options).toSorted((a, b) => a.cmp(b))
      const middle = sorted.length >> 1
      return mean(sorted.length % 2 === 1 ? sorted.slice(middle, middle + 1) : sorted.slice(Math.max(middle - 1, 0), middle + 1))
    }
  }
}

export function sum(values: Decimal[]): Decimal {
  // Starts from a value and not from ZERO: the left side decides with how many digits it is added, and only these are exact.
  return values.length === 0 ? ZERO : values.reduce((total, value) => total.add(value))
}

export function mean(values: Decimal[]): number | string | null {
  if (values.length === 0) return null
  const precision = { exact: true }
  const value = divide(precision, sum(values), num(values.length))
  return jsonNumber(value, precision.exact)
}

function numbers(op: Op, found: Found[], options: AggregateOptions): Decimal[] {
  const values: Decimal[] = []
  for (const { value, row } of found) {
    const read = decimalOf(value)
    if (read) values.push(read)
    else if (!options.skipInvalid) throw notNumber(op, value, row, options)
  }
  return values
}

function notNumber(op: Op, value: unknown, row: number, { field, at }: AggregateOptions) {
  return new HookError(
    `${op} of "${field}": row ${row} has ${quoted(value)}, which is not a number. Run cast first, or set skip_invalid to leave it out`,
    at,
  )
}

/** Of numbers, the number; of texts alone (dates, names), the text. A mixture has no order that anyone could mean. */
function extreme(op: 'min' | 'max', found: Found[], options: AggregateOptions): unknown {
  const sign = op === 'min' ? 1 : -1
  if (found.some(({ value }) => isNumeric(value))) {
    const best = numbers(op, found, options).reduce((kept, value) => (sign * value.cmp(kept) < 0 ? value : kept))
    return jsonNumber(best, true)
  }
  if (found.length === 0) return null
  return found.map(({ value }) => value).reduce((kept, value) => (sign * compareText(textOf(value), textOf(kept)) < 0 ? value : kept))
}
