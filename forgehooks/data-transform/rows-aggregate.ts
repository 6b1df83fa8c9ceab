import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { jsonNumber } from '../lib/expression-number.ts'
import { keyMaker } from './equality.ts'
import { ExactSum } from './exact-sum.ts'
import { compare } from './rows-compare.ts'
import { decimalOf, isMissing, isNumeric, quoted, textOf } from './rows-shared.ts'
import { percentile, range, variance } from './statistics.ts'

/** Some cells of a column, by their places in it (from 0), which messages tell as rows (from 1). */
export type Found = { cells: readonly unknown[]; places: readonly number[] }
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
export function aggregate(asked: string, given: Found, options: AggregateOptions): unknown {
  const op = opNamed(asked)
  const { cells } = given
  // Sums pass over empty cells themselves: no list of the others is made for them.
  const isSum = op === 'sum' || op === 'avg'
  const places = isSum && !options.distinct ? given.places : filledPlaces(cells, given.places)
  const found = options.distinct ? { cells, places: distinct({ cells, places }) } : { cells, places }
  const value = (place: number | undefined) => (place === undefined ? null : cells[place])
  switch (op) {
    case 'count':
      return found.places.length
    case 'count_missing':
      return given.places.length - places.length
    case 'first':
      return value(found.places[0])
    case 'last':
      return value(found.places.at(-1))
    case 'list':
      return found.places.map(value)
    case 'concat':
      return found.places.length === 0 ? null : found.places.map((place) => textOf(cells[place])).join(options.separator ?? ', ')
    case 'count_distinct':
      return distinct(found).length
    case 'mode':
      return mode(found)
    case 'min':
    case 'max':
      return extreme(op, found, options)
    case 'sum':
      return totalOf(op, found, options).sum.total
    case 'avg': {
      const { sum, count } = totalOf(op, found, options)
      return count === 0 ? null : sum.over(count)
    }
    case 'median':
      return percentile(ordered(op, found, options), 50)
    case 'percentile': {
      if (options.p === undefined) throw new HookError('percentile needs p, from 0 to 100', options.at)
      return percentile(ordered(op, found, options), options.p)
    }
    case 'range':
      return range(ordered(op, found, options))
    case 'variance':
    case 'variance_pop':
    case 'stddev':
    case 'stddev_pop':
      return variance(numbers(op, found, options), { root: op.startsWith('stddev'), sample: !op.endsWith('_pop') })
  }
  throw new HookError(`"${asked}" is not an aggregate that is known here`, options.at)
}

export function filledPlaces(cells: readonly unknown[], places: readonly number[]): number[] {
  return places.filter((place) => !isMissing(cells[place]))
}

const hasNumber = ({ cells, places }: Found) => places.some((place) => typeof cells[place] === 'number')
const hasOnlyNumbers = ({ cells, places }: Found) => places.every((place) => typeof cells[place] === 'number')

/** The first of each value. */
function distinct(found: Found): number[] {
  const keyOf = keyMaker({ numeric: hasNumber(found) })
  const seen = new Set<string | undefined>()
  return found.places.filter((place) => {
    const before = seen.size
    return seen.add(keyOf(found.cells[place])).size > before
  })
}

/** The value that stands most often; among equals the one that comes first, as MODE in a spreadsheet. */
function mode(found: Found): unknown {
  const keyOf = keyMaker({ numeric: hasNumber(found) })
  const counts = new Map<string | undefined, { value: unknown; count: number }>()
  let best: { value: unknown; count: number } | undefined
  for (const place of found.places) {
    const value = found.cells[place]
    const key = keyOf(value)
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { value, count: 1 })
  }
  for (const each of counts.values()) if (!best || each.count > best.count) best = each
  return best?.value ?? null
}

function totalOf(op: string, { cells, places }: Found, options: AggregateOptions): { sum: ExactSum; count: number } {
  const sum = new ExactSum()
  let count = 0
  for (const place of places) {
    const value = cells[place]
    if (typeof value === 'number') sum.addNumber(value)
    else {
      if (isMissing(value)) continue
      const read = decimalOf(value)
      if (!read) {
        if (!options.skipInvalid) throw notNumber(op, value, place, options)
        continue
      }
      sum.addDecimal(read)
    }
    count++
  }
  return { sum, count }
}

function numbers(op: string, { cells, places }: Found, options: AggregateOptions): Decimal[] {
  const values: Decimal[] = []
  for (const place of places) {
    const read = decimalOf(cells[place])
    if (read) values.push(read)
    else if (!options.skipInvalid) throw notNumber(op, cells[place], place, options)
  }
  return values
}

/** From the least on. Doubles have the order of the decimals that they are written as. */
function ordered(op: string, found: Found, options: AggregateOptions): Float64Array | Decimal[] {
  if (hasOnlyNumbers(found)) return Float64Array.from(found.places, (place) => found.cells[place] as number).sort()
  return numbers(op, found, options).sort((a, b) => a.cmp(b))
}

function notNumber(op: string, value: unknown, place: number, { field, at }: AggregateOptions) {
  return new HookError(
    `${op} of "${field}": row ${place + 1} has ${quoted(value)}, which is not a number. Run cast first, or set skip_invalid to leave it out`,
    at,
  )
}

/** Of numbers, the number; of texts alone (dates, names), the text. A mixture has no order that anyone could mean. */
function extreme(op: 'min' | 'max', found: Found, options: AggregateOptions): unknown {
  const sign = op === 'min' ? 1 : -1
  const values = found.places.map((place) => found.cells[place])
  if (hasOnlyNumbers(found)) {
    let best: number | null = null
    for (const value of values) if (best === null || sign * ((value as number) - best) < 0) best = value as number
    return best
  }
  if (values.some(isNumeric)) {
    return jsonNumber(
      numbers(op, found, options).reduce((kept, value) => (sign * value.cmp(kept) < 0 ? value : kept)),
      true,
    )
  }
  const orderOf = (a: unknown, b: unknown) => compare(textOf(a), textOf(b)) ?? 0
  return values.reduce((kept, value) => (sign * orderOf(value, kept) < 0 ? value : kept))
}
