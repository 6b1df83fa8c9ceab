import type { Decimal } from 'decimal.js'
import { compareText, equal } from './expression-compare.ts'
import { isoMoment } from './expression-iso.ts'
import { columns, named, type FunctionTable } from './expression-function.ts'
import { add, divide, ExpressionError, multiply, num, ONE, parseNumberText, squareRoot, ZERO, type Precision } from './expression-number.ts'
import {
  boundedText,
  flat,
  isBlank,
  isNumber,
  must,
  needInteger,
  needNumber,
  numbers,
  shorten,
  toNumber,
  toText,
  type Environment,
  type Scalar,
  type Value,
} from './expression-value.ts'

export function sum(list: Decimal[], env: Precision): Decimal {
  return list.reduce((total, value) => add(env, total, value), ZERO)
}

/** Null for no numbers: the mean of nothing is unknown, not zero. */
export function mean(list: Decimal[], env: Precision): Decimal | null {
  return list.length === 0 ? null : divide(env, sum(list, env), num(list.length))
}

const sorted = (list: Decimal[]) => list.toSorted((a, b) => a.cmp(b))

/** Between the neighbours in proportion, as PERCENTILE.INC; part runs from 0 to 1. */
export function percentile(list: Decimal[], part: Decimal, env: Precision): Decimal | null {
  if (part.lt(0) || part.gt(1)) throw new ExpressionError('the percentile must be between 0 and 1 (0.9 or 90%)')
  if (list.length === 0) return null
  const inOrder = sorted(list)
  const at = multiply(env, part, num(list.length - 1))
  const below = at.floor().toNumber()
  const low = inOrder[below] as Decimal
  const high = inOrder[Math.min(below + 1, list.length - 1)] as Decimal
  return add(env, low, multiply(env, add(env, high, low.neg()), at.minus(below)))
}

/** Sum of squared deviations, by n·Σx² − (Σx)², which is exact where the numbers are. */
export function variance(list: Decimal[], kind: 'sample' | 'population', env: Precision): Decimal | null {
  const n = num(list.length)
  if (list.length < (kind === 'sample' ? 2 : 1)) return null
  const total = sum(list, env)
  const squares = sum(
    list.map((value) => multiply(env, value, value)),
    env,
  )
  const spread = add(env, multiply(env, n, squares), multiply(env, total, total).neg())
  return divide(env, spread, multiply(env, n, kind === 'sample' ? n.minus(1) : n))
}

export function deviation(list: Decimal[], kind: 'sample' | 'population', env: Precision): Decimal | null {
  const square = variance(list, kind, env)
  return square === null ? null : squareRoot(env, square)
}

/** The most frequent values, least first; none when every value occurs once. */
export function modes(list: Decimal[]): Decimal[] {
  const counts = new Map<string, { value: Decimal; count: number }>()
  for (const value of list) {
    const key = value.toString()
    const entry = counts.get(key)
    if (entry) entry.count++
    else counts.set(key, { value, count: 1 })
  }
  const most = Math.max(0, ...[...counts.values()].map((entry) => entry.count))
  return most < 2 ? [] : sorted([...counts.values()].filter((entry) => entry.count === most).map((entry) => entry.value))
}

/** Largest or smallest: of numbers, or of ISO dates when all values are such. */
export function extreme(values: Value[], sign: 1 | -1, env: Environment): Scalar {
  const known = flat(values)
    .map(must)
    .filter((value) => !isBlank(value))
  const dates = known.map((value) => (typeof value === 'string' ? isoMoment(value) : undefined))
  if (known.length > 0 && dates.every((moment) => moment !== undefined)) {
    let best = 0
    for (let at = 1; at < dates.length; at++) if (sign * ((dates[at] as number) - (dates[best] as number)) > 0) best = at
    return known[best] as Scalar
  }
  const text = known.find((value) => typeof value === 'string' && parseNumberText(value) === undefined)
  if (text !== undefined && env.nonNumbers === 'error')
    throw new ExpressionError(`"${shorten(toText(text))}" is neither a number nor an ISO date like the other values`)
  return numbers([known], env).reduce<Decimal | null>((best, value) => (best === null || sign * value.cmp(best) > 0 ? value : best), null)
}

function nth(values: Value, place: Scalar | undefined, largest: boolean, env: Environment): Scalar {
  const list = sorted(numbers([values], env))
  const at = needInteger(place, 'the place', 1, 1_000_000)
  return list[largest ? list.length - at : at - 1] ?? null
}

const single = (value: Value | undefined, name: string): Scalar => {
  if (Array.isArray(value)) throw new ExpressionError(`${name} must be one value, not a column`)
  return value ?? null
}

const distinctKey = (value: Scalar) =>
  isNumber(value) ? `n${value.toString()}` : typeof value === 'string' ? `t${value.toLowerCase()}` : `o${String(value)}`

export function distinct(values: Value[]): Scalar[] {
  const seen = new Map<string, Scalar>()
  for (const value of flat(values).map(must)) if (!isBlank(value) && !seen.has(distinctKey(value))) seen.set(distinctKey(value), value)
  return [...seen.values()]
}

function correlation(a: Value, b: Value, env: Environment): Decimal | null {
  const [left, right] = [flat([a]), flat([b])]
  if (left.length !== right.length) throw new ExpressionError('CORREL needs two columns of the same length')
  const pairs = left
    .map((value, at) => [toNumber(value), toNumber(right[at] ?? null)] as const)
    .filter((pair): pair is [Decimal, Decimal] => pair[0] !== null && pair[1] !== null)
  const [x, y] = [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])]
  const [spreadX, spreadY] = [variance(x, 'population', env), variance(y, 'population', env)]
  if (spreadX === null || spreadY === null || spreadX.isZero() || spreadY.isZero()) return null
  const [middleX, middleY] = [mean(x, env) as Decimal, mean(y, env) as Decimal]
  const together = sum(
    pairs.map(([p, q]) => multiply(env, p.minus(middleX), q.minus(middleY))),
    env,
  )
  return divide(env, divide(env, together, num(pairs.length)), squareRoot(env, multiply(env, spreadX, spreadY)))
}

export const columnFunctions: FunctionTable = {
  SUM: columns(1, Infinity, (args, env) => sum(numbers(args, env), env)),
  SUMSQ: columns(1, Infinity, (args, env) =>
    sum(
      numbers(args, env).map((value) => multiply(env, value, value)),
      env,
    ),
  ),
  PRODUCT: columns(1, Infinity, (args, env) => numbers(args, env).reduce((total, value) => multiply(env, total, value), ONE)),
  SUMPRODUCT: columns(1, Infinity, (args, env) => {
    const length = Array.isArray(args[0]) ? args[0].length : 1
    const lists = args.map((arg) => flat([arg]).map(toNumber))
    if (lists.some((list) => list.length !== length)) throw new ExpressionError('SUMPRODUCT needs columns of the same length')
    const products = Array.from({ length }, (_, row) =>
      lists
        .map((list) => list[row] ?? null)
        .reduce((total, value) => (total === null || value === null ? null : multiply(env, total, value)), ONE as Decimal | null),
    )
    return sum(
      products.filter((value) => value !== null),
      env,
    )
  }),
  ...named(
    'AVERAGE AVG MEAN',
    columns(1, Infinity, (args, env) => mean(numbers(args, env), env)),
  ),
  MEDIAN: columns(1, Infinity, (args, env) => percentile(numbers(args, env), num('0.5'), env)),
  ...named(
    'MODE MODE.SNGL',
    columns(1, Infinity, (args, env) => modes(numbers(args, env))[0] ?? null),
  ),
  MAX: columns(1, Infinity, (args, env) => extreme(args, 1, env)),
  MIN: columns(1, Infinity, (args, env) => extreme(args, -1, env)),
  COUNTA: columns(1, Infinity, (args) => num(flat(args).filter((value) => !isBlank(must(value))).length)),
  COUNTBLANK: columns(1, 1, (args) => num(flat(args).filter((value) => isBlank(must(value))).length)),
  COUNTNUMBERS: columns(1, Infinity, (args, env) => num(numbers(args, { ...env, nonNumbers: 'skip' }).length)),
  ...named(
    'COUNTDISTINCT COUNTUNIQUE',
    columns(1, Infinity, (args) => num(distinct(args).length)),
  ),
  UNIQUE: columns(1, 1, (args) => distinct(args)),
  ...named(
    'STDEV STDEV.S STDDEV',
    columns(1, Infinity, (args, env) => deviation(numbers(args, env), 'sample', env)),
  ),
  ...named(
    'STDEVP STDEV.P',
    columns(1, Infinity, (args, env) => deviation(numbers(args, env), 'population', env)),
  ),
  ...named(
    'VAR VAR.S VARIANCE',
    columns(1, Infinity, (args, env) => variance(numbers(args, env), 'sample', env)),
  ),
  ...named(
    'VARP VAR.P',
    columns(1, Infinity, (args, env) => variance(numbers(args, env), 'population', env)),
  ),
  ...named(
    'PERCENTILE PERCENTILE.INC',
    columns(2, 2, ([values, part], env) =>
      percentile(numbers([values as Value], env), needNumber(single(part, 'the percentile'), 'the percentile'), env),
    ),
  ),
  ...named(
    'QUARTILE QUARTILE.INC',
    columns(2, 2, ([values, quarter], env) =>
      percentile(numbers([values as Value], env), num(needInteger(single(quarter, 'the quartile'), 'the quartile', 0, 4)).div(4), env),
    ),
  ),
  LARGE: columns(2, 2, ([values, place], env) => nth(values as Value, single(place, 'the place'), true, env)),
  SMALL: columns(2, 2, ([values, place], env) => nth(values as Value, single(place, 'the place'), false, env)),
  RANK: columns(2, 3, ([value, values, ascending], env) => {
    const wanted = needNumber(single(value, 'the value'), 'the value')
    const list = numbers([values as Value], env)
    if (!list.some((item) => item.eq(wanted))) throw new ExpressionError('RANK: the value is not in the column')
    const up = toNumber(single(ascending, 'the direction')) !== null && !needNumber(single(ascending, 'the direction'), 'the direction').isZero()
    return num(1 + list.filter((item) => (up ? item.lt(wanted) : item.gt(wanted))).length)
  }),
  FIRST: columns(
    1,
    1,
    (args) =>
      flat(args)
        .map(must)
        .find((value) => !isBlank(value)) ?? null,
  ),
  LAST: columns(
    1,
    1,
    (args) =>
      flat(args)
        .map(must)
        .findLast((value) => !isBlank(value)) ?? null,
  ),
  CORREL: columns(2, 2, ([a, b], env) => correlation(a as Value, b as Value, env)),
  TEXTJOIN: columns(3, Infinity, ([separator, skipBlank, ...values]) => {
    const list = flat(values).map(must)
    const shown = single(skipBlank, 'the second argument') === false ? list : list.filter((value) => !isBlank(value))
    return boundedText(shown.map(toText).join(toText(single(separator, 'the separator'))))
  }),
  /** LOOKUP-like search over two columns of the same rows. */
  XLOOKUP: columns(3, 4, ([wanted, keys, values, otherwise], env) => {
    const target = single(wanted, 'the value looked for')
    const at = flat([keys as Value]).findIndex((key) => equal(env, must(key), target))
    if (at >= 0) return must(flat([values as Value])[at] ?? null)
    if (otherwise !== undefined) return otherwise
    throw new ExpressionError(`XLOOKUP: "${shorten(toText(target))}" is not among the keys`)
  }),
  SORT: columns(1, 2, ([values, direction]) => {
    const list = flat([values as Value])
      .map(must)
      .filter((value) => !isBlank(value))
    const sign = direction === undefined || needInteger(single(direction, 'the direction'), 'the direction', -1, 1) >= 0 ? 1 : -1
    return list.toSorted((a, b) => sign * (isNumber(a) && isNumber(b) ? a.cmp(b) : compareText(toText(a), toText(b))))
  }),
}
