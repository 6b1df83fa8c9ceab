import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { divide, jsonNumber, num } from '../lib/expression-number.ts'
import { keyOfValue } from './equality.ts'
import { ExactSum } from './exact-sum.ts'
import { compare } from './rows-compare.ts'
import { decimalOf, isMissing, isNumeric, quoted, textOf } from './rows-shared.ts'
import { percentile, variance } from './statistics.ts'

/** A value and the row (from 1) it stands in, for messages. */
export type Found = { value: unknown; row: number }
export type AggregateOptions = { field: string; skipInvalid: boolean; at: string; p?: number; separator?: string; distinct?: boolean }

const OPS: Record<string, string> = {
  mean: 'avg',
  average: 'avg',
  total: 'sum',
  std: 'stddev',
  stdev: 'stddev',
  stddev_samp: 'stddev',
  var: 'variance',
  var_samp: 'variance',
  var_pop: 'variance_pop',
  stdev_pop: 'stddev_pop',
  nunique: 'count_distinct',
  distinct: 'count_distinct',
  unique_count: 'count_distinct',
  quantile: 'percentile',
  string_agg: 'concat',
  join: 'concat',
  minimum: 'min',
  maximum: 'max',
}
export const opNamed = (op: string) => OPS[op] ?? op

/** One aggregate over the cells of one group. Empty cells are left out; numbers are exact decimals. */
export function aggregate(asked: string, cells: Found[], options: AggregateOptions): unknown {
  const op = opNamed(asked)
  const filled = cells.filter(({ value }) => !isMissing(value))
  const found = options.distinct ? distinct(filled) : filled
  switch (op) {
    case 'count':
      return found.length
    case 'count_missing':
      return cells.length - filled.length
    case 'first':
      return found[0]?.value ?? null
    case 'last':
      return found.at(-1)?.value ?? null
    case 'list':
      return found.map(({ value }) => value)
    case 'concat':
      return found.length === 0 ? null : found.map(({ value }) => textOf(value)).join(options.separator ?? ', ')
    case 'count_distinct':
      return distinct(found).length
    case 'mode':
      return mode(found)
    case 'min':
    case 'max':
      return extreme(op, found, options)
    case 'sum':
      return jsonNumber(total(op, found, options).sum, true)
    case 'avg': {
      const { sum, count } = total(op, found, options)
      return count === 0 ? null : quotient(sum, count)
    }
    case 'median':
      return percentile(numbers(op, found, options), 50)
    case 'percentile': {
      if (options.p === undefined) throw new HookError('percentile needs p, from 0 to 100', options.at)
      return percentile(numbers(op, found, options), options.p)
    }
    case 'range': {
      const values = numbers(op, found, options).toSorted((a, b) => a.cmp(b))
      const [least] = values
      return least === undefined ? null : jsonNumber((values.at(-1) as Decimal).sub(least), true)
    }
    case 'variance':
    case 'variance_pop':
    case 'stddev':
    case 'stddev_pop':
      return variance(numbers(op, found, options), { root: op.startsWith('stddev'), sample: !op.endsWith('_pop') })
  }
  throw new HookError(`"${asked}" is not an aggregate that is known here`, options.at)
}

export function quotient(sum: Decimal, count: number): number | string {
  const precision = { exact: true }
  const value = divide(precision, sum, num(count))
  return jsonNumber(value, precision.exact)
}

function distinct(found: Found[]): Found[] {
  const numeric = found.some(({ value }) => typeof value === 'number')
  const seen = new Map<string | undefined, Found>()
  for (const each of found) {
    const key = keyOfValue(each.value, { numeric })
    if (!seen.has(key)) seen.set(key, each)
  }
  return [...seen.values()]
}

/** The value that stands most often; among equals the one that comes first, as MODE in a spreadsheet. */
function mode(found: Found[]): unknown {
  const numeric = found.some(({ value }) => typeof value === 'number')
  const counts = new Map<string | undefined, { value: unknown; count: number }>()
  let best: { value: unknown; count: number } | undefined
  for (const { value } of found) {
    const key = keyOfValue(value, { numeric })
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { value, count: 1 })
  }
  for (const each of counts.values()) if (!best || each.count > best.count) best = each
  return best?.value ?? null
}

function total(op: string, found: Found[], options: AggregateOptions): { sum: Decimal; count: number } {
  const sum = new ExactSum()
  let count = 0
  for (const each of found) {
    if (typeof each.value === 'number') sum.addNumber(each.value)
    else {
      const read = decimalOf(each.value)
      if (!read) {
        if (!options.skipInvalid) throw notNumber(op, each, options)
        continue
      }
      sum.addDecimal(read)
    }
    count++
  }
  return { sum: sum.value, count }
}

function numbers(op: string, found: Found[], options: AggregateOptions): Decimal[] {
  const values: Decimal[] = []
  for (const each of found) {
    const read = decimalOf(each.value)
    if (read) values.push(read)
    else if (!options.skipInvalid) throw notNumber(op, each, options)
  }
  return values
}

function notNumber(op: string, { value, row }: Found, { field, at }: AggregateOptions) {
  return new HookError(
    `${op} of "${field}": row ${row} has ${quoted(value)}, which is not a number. Run cast first, or set skip_invalid to leave it out`,
    at,
  )
}

/** Of numbers, the number; of texts alone (dates, names), the text. A mixture has no order that anyone could mean. */
function extreme(op: 'min' | 'max', found: Found[], options: AggregateOptions): unknown {
  const sign = op === 'min' ? 1 : -1
  if (found.every(({ value }) => typeof value === 'number')) {
    let best: number | null = null
    for (const { value } of found) if (best === null || sign * ((value as number) - best) < 0) best = value as number
    return best
  }
  if (found.some(({ value }) => isNumeric(value))) {
    const values = numbers(op, found, options)
    return jsonNumber(
      values.reduce((kept, value) => (sign * value.cmp(kept) < 0 ? value : kept)),
      true,
    )
  }
  const orderOf = (a: unknown, b: unknown) => compare(textOf(a), textOf(b)) ?? 0
  return found.map(({ value }) => value).reduce((kept, value) => (sign * orderOf(value, kept) < 0 ? value : kept))
}
