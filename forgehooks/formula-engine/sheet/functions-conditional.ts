import type { Decimal } from 'decimal.js'
import { add, divide, num, ZERO } from '../../lib/expression-number.ts'
import { criterion } from './criteria.ts'
import { broadcast } from './broadcast.ts'
import { values, type Argument, type Context, type SheetFunctions } from './function.ts'
import { heightOf, widthOf } from './reference.ts'
import { cellNumber, Grid, SheetError, type Scalar, type Value } from './value.ts'

const NOTE = { exact: true }

function needRange(arg: Argument, name: string): Grid {
  if (arg instanceof SheetError) throw arg
  if (!(arg instanceof Grid)) throw new SheetError('#VALUE!', `${name} needs a range here`)
  return arg
}

type Pair = { range: Grid; wanted: Scalar }

/** The places, counted from the corner, where every condition holds. Rows below those in use are blank everywhere and left out. */
function placesWhere(pairs: Pair[], name: string): [number, number][] {
  const [first] = pairs as [Pair]
  if (pairs.some(({ range }) => range.height !== first.range.height || range.width !== first.range.width))
    throw new SheetError('#VALUE!', `${name}: the ranges differ in size`)
  const tests = pairs.map(({ range, wanted }) => ({ range, matches: criterion(wanted) }))
  const found: [number, number][] = []
  const height = Math.max(...pairs.map(({ range }) => range.rows.length))
  const width = Math.max(...pairs.map(({ range }) => range.rows[0]?.length ?? 0))
  for (let row = 0; row < height; row++)
    for (let col = 0; col < width; col++) if (tests.every(({ range, matches }) => matches(range.at(row, col)))) found.push([row, col])
  return found
}

function numbersAt(range: Grid, places: [number, number][]): Decimal[] {
  return places.flatMap(([row, col]) => {
    const item = range.at(row, col)
    if (item instanceof SheetError) throw item
    const number = cellNumber(item)
    return number ? [number] : []
  })
}

/** Runs once for each condition: a range of conditions gives a range of results, as in SUM(COUNTIF(A:A, {"x","y"})). */
function overConditions(wanted: Argument[], work: (wanted: Scalar[]) => Scalar): Value {
  return broadcast(
    wanted.map((item) => item ?? null),
    (cells) => work(cells.map((item) => item ?? null)),
    true,
  )
}

type Reduce = (list: Decimal[]) => Decimal
const total: Reduce = (list) => list.reduce((sum, value) => add(NOTE, sum, value), ZERO)
const average: Reduce = (list) => {
  if (list.length === 0) throw new SheetError('#DIV/0!', 'no number fits the conditions')
  return divide(NOTE, total(list), num(list.length))
}
const extreme =
  (sign: 1 | -1): Reduce =>
  (list) =>
    list.reduce<Decimal | undefined>((best, value) => (best === undefined || sign * value.cmp(best) > 0 ? value : best), undefined) ?? ZERO

/** SUMIF(range, condition, values?): the values begin at the corner of theirs and are as many as the range has. */
const one = (name: string, reduce: Reduce) =>
  values(2, 3, ([range, wanted, summed], context) => {
    const tested = needRange(range, name)
    return overConditions([wanted], ([condition]) => {
      const places = placesWhere([{ range: tested, wanted: condition ?? null }], name)
      return reduce(numbersAt(summed === undefined ? tested : sameSize(needRange(summed, name), tested, context), places))
    })
  })

function sameSize(given: Grid, like: Grid, context: Context): Grid {
  if (!given.area || (given.height === like.height && given.width === like.width)) return given
  const { from } = given.area
  return context.read({ ...given.area, to: { row: from.row + like.height - 1, col: from.col + like.width - 1 } })
}

function pairsFrom(args: Argument[], conditions: Scalar[], name: string): Pair[] {
  return conditions.map((wanted, at) => ({ range: needRange(args[2 * at], name), wanted }))
}
const every = (list: Argument[], odd: boolean) => list.filter((_, at) => (at % 2 === 1) === odd)

const many = (name: string, reduce: Reduce) =>
  values(3, 255, ([summed, ...pairs]) => {
    if (pairs.length % 2 !== 0) throw new SheetError('#VALUE!', `${name}: each range needs its condition`)
    const range = needRange(summed, name)
    return overConditions(every(pairs, true), (conditions) => {
      const known = pairsFrom(pairs, conditions, name)
      if (known[0] && (known[0].range.height !== range.height || known[0].range.width !== range.width))
        throw new SheetError('#VALUE!', `${name}: the ranges differ in size`)
      return reduce(numbersAt(range, placesWhere(known, name)))
    })
  })

/** Blank cells below those in use fit conditions such as "" and "<>x" too, and must be counted. */
function countWhere(pairs: Pair[], name: string): Decimal {
  const found = placesWhere(pairs, name).length
  const { range } = pairs[0] as Pair
  const area = range.area
  if (!area) return num(found)
  const height = Math.max(...pairs.map((pair) => pair.range.rows.length))
  const width = Math.max(...pairs.map((pair) => pair.range.rows[0]?.length ?? 0))
  const rest = heightOf(area) * widthOf(area) - height * width
  return num(found + (pairs.every(({ wanted }) => criterion(wanted)(null)) ? rest : 0))
}

export const conditionalFunctions: SheetFunctions = {
  SUMIF: one('SUMIF', total),
  AVERAGEIF: one('AVERAGEIF', average),
  SUMIFS: many('SUMIFS', total),
  AVERAGEIFS: many('AVERAGEIFS', average),
  MAXIFS: many('MAXIFS', extreme(1)),
  MINIFS: many('MINIFS', extreme(-1)),
  COUNTIF: values(2, 2, ([range, wanted]) =>
    overConditions([wanted], ([condition]) => countWhere([{ range: needRange(range, 'COUNTIF'), wanted: condition ?? null }], 'COUNTIF')),
  ),
  COUNTIFS: values(2, 254, (pairs) => {
    if (pairs.length % 2 !== 0) throw new SheetError('#VALUE!', 'COUNTIFS: each range needs its condition')
    return overConditions(every(pairs, true), (conditions) => countWhere(pairsFrom(pairs, conditions, 'COUNTIFS'), 'COUNTIFS'))
  }),
}
