import type { Decimal } from 'decimal.js'
import { equal } from './expression-compare.ts'
import { columns, named, type FunctionTable } from './expression-function.ts'
import { ExpressionError, num } from './expression-number.ts'
import * as stats from './expression-statistics.ts'
import {
  flat,
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

const single = (value: Value | undefined, name: string): Scalar => {
  if (Array.isArray(value)) throw new ExpressionError(`${name} must be one value, not a column`)
  return value ?? null
}

const figure = (work: (list: Decimal[], env: Environment) => Decimal) => columns(1, Infinity, (args, env) => work(numbers(args, env), env))

/** Two columns row by row; rows with a blank are left out. */
function pairs(a: Value | undefined, b: Value | undefined): [Decimal[], Decimal[]] {
  const [left, right] = [flat([a ?? null]), flat([b ?? null])]
  if (left.length !== right.length) throw new ExpressionError('two columns of the same length are needed')
  const known = left
    .map((value, at) => [toNumber(value), toNumber(right[at] ?? null)] as const)
    .filter((pair): pair is [Decimal, Decimal] => pair[0] !== null && pair[1] !== null)
  return [known.map((pair) => pair[0]), known.map((pair) => pair[1])]
}

/** Known y first and then x, as in spreadsheets. */
const ofPairs = (work: (x: Decimal[], y: Decimal[], env: Environment) => Decimal) =>
  columns(2, 2, ([ys, xs], env) => {
    const [y, x] = pairs(ys, xs)
    return work(x, y, env)
  })

const withNumber = (name: string, work: (list: Decimal[], at: Decimal, env: Environment) => Decimal) =>
  columns(2, 2, ([values, at], env) => work(numbers([values as Value], env), needNumber(single(at, name), name), env))

const percentRank = (kind: 'inclusive' | 'exclusive') =>
  columns(2, 3, ([values, value, digits], env) =>
    stats.percentRank(
      numbers([values as Value], env),
      needNumber(single(value, 'the value'), 'the value'),
      kind,
      digits === undefined ? 3 : needInteger(single(digits, 'the digits'), 'the digits', 1, 50),
    ),
  )

export const statisticsFunctions: FunctionTable = {
  GEOMEAN: figure(stats.geometricMean),
  HARMEAN: figure(stats.harmonicMean),
  SKEW: figure((list, env) => stats.skewness(list, 'sample', env)),
  'SKEW.P': figure((list, env) => stats.skewness(list, 'population', env)),
  KURT: figure(stats.kurtosis),
  AVEDEV: figure(stats.averageDeviation),
  DEVSQ: figure(stats.sumOfDeviations),
  TRIMMEAN: withNumber('the part', stats.trimmedMean),
  'PERCENTILE.EXC': withNumber('the percentile', stats.percentileExclusive),
  'QUARTILE.EXC': withNumber('the quartile', (list, at, env) => stats.percentileExclusive(list, at.trunc().div(4), env)),
  ...named('PERCENTRANK PERCENTRANK.INC', percentRank('inclusive')),
  'PERCENTRANK.EXC': percentRank('exclusive'),
  ...named(
    'WEIGHTEDAVERAGE WAVG AVERAGE.WEIGHTED',
    columns(2, 2, ([values, weights], env) => {
      const [list, weight] = pairs(values, weights)
      return stats.weightedMean(list, weight, env)
    }),
  ),
  ...named(
    'COVAR COVARIANCE.P',
    ofPairs((x, y, env) => stats.covariance(x, y, 'population', env)),
  ),
  'COVARIANCE.S': ofPairs((x, y, env) => stats.covariance(x, y, 'sample', env)),
  SLOPE: ofPairs((x, y, env) => stats.regression(x, y, env).slope),
  INTERCEPT: ofPairs((x, y, env) => stats.regression(x, y, env).intercept),
  RSQ: ofPairs((x, y, env) => stats.correlation(x, y, env).pow(2)),
  PEARSON: ofPairs(stats.correlation),
  STEYX: ofPairs(stats.standardError),
  ...named(
    'FORECAST FORECAST.LINEAR',
    columns(3, 3, ([at, ys, xs], env) => {
      const [y, x] = pairs(ys, xs)
      const { slope, intercept } = stats.regression(x, y, env)
      return needNumber(single(at, 'x'), 'x').mul(slope).plus(intercept)
    }),
  ),
  STANDARDIZE: columns(3, 3, ([value, centre, deviation], env) => {
    const [x, mean, size] = [value, centre, deviation].map((item) => needNumber(single(item, 'an argument'), 'an argument')) as [
      Decimal,
      Decimal,
      Decimal,
    ]
    if (size.lte(0)) throw new ExpressionError('the standard deviation must be above 0')
    env.exact = false
    return x.minus(mean).div(size)
  }),
  'RANK.AVG': columns(2, 3, ([value, values, direction], env) =>
    stats.rankOf(
      numbers([values as Value], env),
      needNumber(single(value, 'the value'), 'the value'),
      direction !== undefined && !needNumber(single(direction, 'the direction'), 'the direction').isZero(),
      'average',
    ),
  ),
  /** The place of a value in a column, exact matches only: halving would answer by chance where rows are not in order. */
  MATCH: columns(2, 3, ([wanted, values, kind], env) => {
    if (kind !== undefined && needInteger(single(kind, 'the kind of match'), 'the kind of match', -1, 1) !== 0)
      throw new ExpressionError('MATCH finds exact matches only here: leave its third argument out, or write 0')
    const target = single(wanted, 'the value looked for')
    const at = flat([values as Value]).findIndex((item) => equal(env, must(item), target))
    if (at < 0) throw new ExpressionError(`MATCH: "${shorten(toText(target))}" is not in the column`)
    return num(at + 1)
  }),
  INDEX: columns(2, 2, ([values, place]) => {
    const list = flat([values as Value])
    return must(list[needInteger(single(place, 'the place'), 'the place', 1, Math.max(1, list.length)) - 1] ?? null)
  }),
}
