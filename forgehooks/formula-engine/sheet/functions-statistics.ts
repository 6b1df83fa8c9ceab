import type { Decimal } from 'decimal.js'
import { mean, modes, percentile } from '../../lib/expression-columns.ts'
import { num, ZERO } from '../../lib/expression-number.ts'
import * as stats from '../../lib/expression-statistics.ts'
import { broadcast } from './broadcast.ts'
import {
  cellsOf,
  everyNumber,
  named,
  numbersOf,
  numeric,
  pairsOf,
  values,
  type Argument,
  type Context,
  type SheetFunction,
  type SheetFunctions,
} from './function.ts'
import { cellNumber, Grid, isBlank, SheetError, toNumber, toWhole, type Value } from './value.ts'

const NOTE = { exact: true }
const some = (list: Decimal[], code = '#NUM!'): Decimal[] => {
  if (list.length === 0) throw new SheetError(code, 'there are no numbers')
  return list
}

/** A figure of all numbers among the arguments. */
const figure = (work: (list: Decimal[]) => Decimal) => values(1, 255, (args, context) => work(numbersOf(args, context)))
const figureOfAll = (work: (list: Decimal[]) => Decimal) => values(1, 255, (args) => work(everyNumber(args)))
/** A figure of one range and a number; a range of numbers gives a range of figures. */
const withNumber = (work: (list: Decimal[], at: Decimal) => Decimal) => values(2, 2, ([range, at], context) => overNumbers(range, at, context, work))

function overNumbers(range: Argument, at: Argument, context: Context, work: (list: Decimal[], at: Decimal) => Decimal): Value {
  const list = numbersOf([range], context)
  return broadcast([at ?? null], ([one]) => work(list, toNumber(one)))
}

/** A figure of known y and known x. */
const ofPairs = (work: (x: Decimal[], y: Decimal[]) => Decimal) =>
  values(2, 2, ([ys, xs]) => {
    const [x, y] = pairsOf(xs, ys)
    return work(x, y)
  })

const average = (list: Decimal[]) => mean(some(list, '#DIV/0!'), NOTE) as Decimal
const inOrder = (list: Decimal[]) => list.toSorted((a, b) => a.cmp(b))
const nth = (isLargest: boolean) =>
  withNumber((list, place) => {
    const at = place.ceil().toNumber()
    if (at < 1 || at > list.length) throw new SheetError('#NUM!', `there are ${list.length} numbers, and no number ${at} among them`)
    return inOrder(list)[isLargest ? list.length - at : at - 1] as Decimal
  })
const quarter = (at: Decimal) => at.trunc().div(4)
const inclusive = (list: Decimal[], part: Decimal) => percentile(some(list), part, NOTE) as Decimal
const exclusive = (list: Decimal[], part: Decimal) => stats.percentileExclusive(list, part, NOTE)

const extreme = (list: Decimal[], sign: 1 | -1): Decimal =>
  list.reduce<Decimal | undefined>((best, value) => (best === undefined || sign * value.cmp(best) > 0 ? value : best), undefined) ?? ZERO

const rank = (ties: 'equal' | 'average') =>
  values(2, 3, ([value, range, direction], context) => {
    const list = numbersOf([range], context)
    const ascending = direction !== undefined && !toNumber(direction).isZero()
    return broadcast([value ?? null], ([one]) => stats.rankOf(list, toNumber(one), ascending, ties))
  })

const percentRank = (kind: 'inclusive' | 'exclusive') =>
  values(2, 3, ([range, value, digits], context) => {
    const places = digits === undefined ? 3 : toWhole(digits)
    if (places < 1) throw new SheetError('#NUM!', 'the number of digits must be 1 or more')
    return overNumbers(range, value, context, (list, at) => stats.percentRank(some(list), at, kind, places))
  })

function mode(list: Decimal[]): Decimal {
  const most = modes(list)
  if (most.length === 0) throw new SheetError('#N/A', 'no number occurs more than once')
  // Of several, the one that comes first in the data, as in Excel.
  return list.find((value) => most.some((one) => one.eq(value))) as Decimal
}

const predicted = values(3, 3, ([at, ys, xs]) => {
  const [x, y] = pairsOf(xs, ys)
  const { slope, intercept } = stats.regression(x, y, NOTE)
  return broadcast([at ?? null], ([one]) => toNumber(one).mul(slope).plus(intercept))
})

/** How many cells are counted; cells below those in use are blank. */
function countBlank(arg: Argument): Decimal {
  if (!(arg instanceof Grid)) throw new SheetError('#VALUE!', 'COUNTBLANK needs a range')
  const used = cellsOf(arg)
  const filled = used.filter((item) => !isBlank(item) && item !== '').length
  return num(arg.height).mul(arg.width).minus(filled)
}

/** In ranges only numbers count; in the formula itself also text that says a number. */
function count(args: Argument[]): Decimal {
  const counts = (arg: Argument) => {
    if (arg instanceof Grid) return arg.rows.flat().filter((item) => cellNumber(item)).length
    if (arg === undefined || arg instanceof SheetError) return arg === undefined ? 1 : 0
    try {
      toNumber(arg)
      return 1
    } catch (error) {
      if (error instanceof SheetError) return 0
      throw error
    }
  }
  return num(args.reduce<number>((total, arg) => total + counts(arg), 0))
}

function frequency([data, limits]: Argument[], context: Context): Grid {
  const [list, bins] = [numbersOf([data], context), numbersOf([limits], context)]
  // Each count stands where its limit stands, whatever the order of the limits; of equal ones the first has it.
  const order = bins.map((_, at) => at).toSorted((a, b) => (bins[a] as Decimal).cmp(bins[b] as Decimal))
  const counts: number[] = []
  order.forEach((at, rank) => {
    const below = rank === 0 ? undefined : bins[order[rank - 1] as number]
    counts[at] = list.filter((value) => value.lte(bins[at] as Decimal) && (below === undefined || value.gt(below))).length
  })
  const above = list.filter((value) => bins.every((bin) => value.gt(bin))).length
  return new Grid([...counts, above].map((number) => [num(number)]))
}

const spread = (kind: 'sample' | 'population', root: boolean) => (list: Decimal[]) => stats.spread(list, kind, NOTE, root)
const both = (names: string, called: SheetFunction) => named(names, called)

export const statisticsFunctions: SheetFunctions = {
  AVERAGE: figure(average),
  AVERAGEA: figureOfAll(average),
  COUNT: values(1, 255, count),
  COUNTA: values(1, 255, (args) =>
    num(args.reduce<number>((total, arg) => total + (arg instanceof Grid ? cellsOf(arg).filter((item) => item !== null).length : 1), 0)),
  ),
  COUNTBLANK: values(1, 1, ([range]) => countBlank(range)),
  MAX: figure((list) => extreme(list, 1)),
  MIN: figure((list) => extreme(list, -1)),
  MAXA: figureOfAll((list) => extreme(list, 1)),
  MINA: figureOfAll((list) => extreme(list, -1)),
  MEDIAN: figure((list) => inclusive(list, num('0.5'))),
  ...both('MODE MODE.SNGL', figure(mode)),
  ...both('STDEV STDEV.S', figure(spread('sample', true))),
  ...both('STDEVP STDEV.P', figure(spread('population', true))),
  ...both('VAR VAR.S', figure(spread('sample', false))),
  ...both('VARP VAR.P', figure(spread('population', false))),
  STDEVA: figureOfAll(spread('sample', true)),
  STDEVPA: figureOfAll(spread('population', true)),
  VARA: figureOfAll(spread('sample', false)),
  VARPA: figureOfAll(spread('population', false)),
  ...both('PERCENTILE PERCENTILE.INC', withNumber(inclusive)),
  'PERCENTILE.EXC': withNumber(exclusive),
  ...both(
    'QUARTILE QUARTILE.INC',
    withNumber((list, at) => inclusive(list, quarter(at))),
  ),
  'QUARTILE.EXC': withNumber((list, at) => exclusive(list, quarter(at))),
  ...both('PERCENTRANK PERCENTRANK.INC', percentRank('inclusive')),
  'PERCENTRANK.EXC': percentRank('exclusive'),
  ...both('RANK RANK.EQ', rank('equal')),
  'RANK.AVG': rank('average'),
  LARGE: nth(true),
  SMALL: nth(false),
  ...both(
    'CORREL PEARSON',
    ofPairs((x, y) => stats.correlation(x, y, NOTE)),
  ),
  RSQ: ofPairs((x, y) => stats.correlation(x, y, NOTE).pow(2)),
  SLOPE: ofPairs((x, y) => stats.regression(x, y, NOTE).slope),
  INTERCEPT: ofPairs((x, y) => stats.regression(x, y, NOTE).intercept),
  STEYX: ofPairs((x, y) => stats.standardError(x, y, NOTE)),
  ...both('FORECAST FORECAST.LINEAR', predicted),
  ...both(
    'COVAR COVARIANCE.P',
    ofPairs((x, y) => stats.covariance(x, y, 'population', NOTE)),
  ),
  'COVARIANCE.S': ofPairs((x, y) => stats.covariance(x, y, 'sample', NOTE)),
  GEOMEAN: figure((list) => stats.geometricMean(list, NOTE)),
  HARMEAN: figure((list) => stats.harmonicMean(list, NOTE)),
  SKEW: figure((list) => stats.skewness(list, 'sample', NOTE)),
  'SKEW.P': figure((list) => stats.skewness(list, 'population', NOTE)),
  KURT: figure((list) => stats.kurtosis(list, NOTE)),
  AVEDEV: figure((list) => stats.averageDeviation(some(list), NOTE)),
  DEVSQ: figure((list) => stats.sumOfDeviations(list, NOTE)),
  TRIMMEAN: withNumber((list, part) => stats.trimmedMean(list, part, NOTE)),
  STANDARDIZE: numeric(3, 3, (value, centre, deviation) => {
    if (deviation.lte(0)) throw new SheetError('#NUM!', 'the standard deviation must be above 0')
    return value.minus(centre).div(deviation)
  }),
  FREQUENCY: values(2, 2, frequency),
  // slope and intercept of one line; more columns of x, or figures of how well it fits, are not available.
  LINEST: values(1, 3, ([ys, xs, constant]) => {
    if (constant !== undefined && toNumber(constant).isZero()) throw new SheetError('#NUM!', 'LINEST through the origin is not available')
    const known = cellsOf(ys)
    const [x, y] = pairsOf(xs ?? new Grid([known.map((_, at) => num(at + 1))]), ys)
    const { slope, intercept } = stats.regression(x, y, NOTE)
    return new Grid([[slope, intercept]])
  }),
}
