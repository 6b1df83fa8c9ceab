import { num } from '../../lib/expression-number.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { hasWildcard, wildcard } from '../../lib/wildcard.ts'
import { broadcast } from './broadcast.ts'
import { each, lazy, values, type Argument, type SheetFunctions } from './function.ts'
import { columnLetters } from './reference.ts'
import { cellNumber, compare, Grid, isBlank, SheetError, single, toBoolean, toNumber, toText, toWhole, type Scalar, type Value } from './value.ts'

const missing = (wanted: Scalar) => new SheetError('#N/A', `${wanted === null ? 'a blank' : `"${toText(wanted).slice(0, 40)}"`} was not found`)

function gridOf(arg: Argument): Grid {
  if (arg instanceof SheetError) throw arg
  return arg instanceof Grid ? arg : new Grid([[arg ?? null]])
}

/** A date in a cell is found by its number, and by its text. */
const isAlike = (value: Scalar, target: Scalar) =>
  isNumber(target) ? cellNumber(value) !== undefined : typeof value === typeof target && !isNumber(value)

/** A row or column as a list; `size` counts the cells below those in use too. */
function lineOf(grid: Grid): { list: Scalar[]; isColumn: boolean; size: number } {
  if (grid.width !== 1 && grid.height !== 1) throw new SheetError('#N/A', 'one row or one column is wanted')
  const isColumn = grid.width === 1
  return { list: isColumn ? grid.rows.map((row) => row[0] ?? null) : (grid.rows[0] ?? []), isColumn, size: isColumn ? grid.height : grid.width }
}

function exactly(wanted: Scalar, wildcards: boolean): (value: Scalar) => boolean {
  const target = wanted ?? num(0)
  if (wildcards && typeof target === 'string' && hasWildcard(target)) {
    const matches = wildcard(target)
    return (value) => typeof value === 'string' && matches(value)
  }
  return (value) => !isBlank(value) && !(value instanceof SheetError) && isAlike(value, target) && compare(value, target) === 0
}

/**
 * The last value not above `wanted` (sign 1) in a list that ascends, or not below it (sign -1) in one that descends. Only values
 * of the same kind count. A list that is not in order is refused: Excel's halving would answer something else by chance. It
 * answers the last value where none is above `wanted`, in whatever order they are, which is how people find the last of a column.
 */
function sortedMatch(list: Scalar[], wanted: Scalar, sign: 1 | -1): number {
  const target = wanted ?? num(0)
  let [best, before] = [-1, undefined as Scalar | undefined]
  let [isDone, isOrdered, isBelow, last] = [false, true, true, -1]
  for (const [at, value] of list.entries()) {
    if (isBlank(value) || value instanceof SheetError || !isAlike(value, target)) continue
    if (before !== undefined && sign * compare(cellNumber(value) ?? value, cellNumber(before) ?? before) < 0) isOrdered = false
    ;[before, last] = [value, at]
    if (compare(value, target) > 0) isBelow = false
    if (!isDone && sign * compare(value, target) <= 0) best = at
    else isDone = true
  }
  if (isOrdered) return best
  if (sign === 1 && isBelow) return last
  throw new SheetError(
    '#N/A',
    `the values are not in ${sign === 1 ? 'ascending' : 'descending'} order, which an approximate match needs; ask for an exact match`,
  )
}

function nearestMatch(list: Scalar[], wanted: Scalar, mode: number, order: number[]): number {
  const target = wanted ?? num(0)
  let best = -1
  for (const at of order) {
    const value = list[at] as Scalar
    if (isBlank(value) || value instanceof SheetError || !isAlike(value, target)) continue
    const sign = compare(value, target)
    if (sign === 0) return at
    if (sign !== Math.sign(mode)) continue
    if (best < 0 || Math.sign(mode) * compare(list[best] as Scalar, value) > 0) best = at
  }
  return best
}

/** XLOOKUP and XMATCH: 0 exact, -1 or the next smaller, 1 or the next larger, 2 wildcards; -1 searches from the end. */
function modernMatch(list: Scalar[], wanted: Scalar, mode: number, search: number): number {
  if (![0, -1, 1, 2].includes(mode) || ![1, -1, 2, -2].includes(search)) throw new SheetError('#VALUE!', 'no such mode of match or search')
  if (wanted instanceof SheetError) throw wanted
  const order = list.map((_, at) => at)
  if (search === -1) order.reverse()
  if (mode === 1 || mode === -1) return nearestMatch(list, wanted, mode, order)
  if (wanted === null) return order.find((at) => isBlank(list[at])) ?? -1
  const same = exactly(wanted, mode === 2)
  return order.find((at) => same(list[at] as Scalar)) ?? -1
}

function tableLookup(args: Argument[], isVertical: boolean): Value {
  const [wanted, given, index, approximate] = args
  const table = gridOf(given)
  const near = approximate === undefined ? args.length < 4 : toBoolean(approximate)
  return broadcast([wanted ?? null, index ?? null], ([one, place]) => {
    const at = toWhole(place)
    if (at < 1) throw new SheetError('#VALUE!', 'the place of the result must be 1 or more')
    if (at > (isVertical ? table.width : table.height)) throw new SheetError('#REF!', `the table has no ${isVertical ? 'column' : 'row'} ${at}`)
    const keys = isVertical ? table.rows.map((row) => row[0] ?? null) : (table.rows[0] ?? [])
    const found = near ? sortedMatch(keys, one ?? null, 1) : keys.findIndex(exactly(one ?? null, true))
    if (found < 0) throw missing(one ?? null)
    return isVertical ? table.at(found, at - 1) : table.at(at - 1, found)
  })
}

function match([wanted, given, kindOf]: Argument[]): Value {
  const { list } = lineOf(gridOf(given))
  const mode = kindOf === undefined ? 1 : Math.sign(toNumber(kindOf).toNumber())
  return broadcast([wanted ?? null], ([one]) => {
    const at = mode === 0 ? list.findIndex(exactly(one ?? null, true)) : sortedMatch(list, one ?? null, mode === 1 ? 1 : -1)
    if (at < 0) throw missing(one ?? null)
    return num(at + 1)
  })
}

function xlookup([wanted, keys, given, otherwise, mode, search]: Argument[]): Value {
  const line = lineOf(gridOf(keys))
  const results = gridOf(given)
  if ((line.isColumn ? results.height : results.width) !== line.size) throw new SheetError('#VALUE!', 'the keys and the results differ in size')
  const find = (one: Scalar) => modernMatch(line.list, one, mode === undefined ? 0 : toWhole(mode), search === undefined ? 1 : toWhole(search))
  const isOneWide = (line.isColumn ? results.width : results.height) === 1
  if (isOneWide && wanted instanceof Grid && (wanted.height > 1 || wanted.width > 1))
    return broadcast([wanted], ([one]) => {
      const at = find(one ?? null)
      if (at >= 0) return line.isColumn ? results.at(at, 0) : results.at(0, at)
      if (otherwise === undefined) throw missing(one ?? null)
      return single(otherwise)
    })
  const one = single(wanted)
  const at = find(one)
  if (at < 0) {
    if (otherwise === undefined) throw missing(one)
    return otherwise
  }
  if (line.isColumn) return new Grid([Array.from({ length: results.width }, (_, col) => results.at(at, col))])
  return new Grid(Array.from({ length: results.height }, (_, row) => [results.at(row, at)]))
}

function lookup([wanted, given, results]: Argument[]): Value {
  const table = gridOf(given)
  // The array form looks along the longer side and answers from the far end.
  const isWide = table.width > table.height
  const keys = results !== undefined ? lineOf(table).list : isWide ? (table.rows[0] ?? []) : table.rows.map((row) => row[0] ?? null)
  const one = single(wanted)
  if (one instanceof SheetError) throw one
  const at = sortedMatch(keys, one, 1)
  if (at < 0) throw missing(one)
  if (results !== undefined) {
    const line = gridOf(results)
    return lineOf(line).isColumn ? line.at(at, 0) : line.at(0, at)
  }
  return isWide ? table.at(table.height - 1, at) : table.at(at, table.width - 1)
}

function index([given, rowGiven, colGiven]: Argument[], count: number): Value {
  const table = gridOf(given)
  let [row, col] = [toWhole(rowGiven ?? null), toWhole(colGiven ?? null)]
  // One number is the place in a single row or column.
  if (count === 2 && table.height === 1 && table.width > 1) [row, col] = [1, row]
  else if (count === 2 && table.width === 1) col = 1
  if (row < 0 || col < 0) throw new SheetError('#VALUE!', 'a place must not be negative')
  if (row > table.height || col > table.width) throw new SheetError('#REF!', `the range has ${table.height} rows and ${table.width} columns`)
  if (row > 0 && col > 0) return new Grid([[table.at(row - 1, col - 1)]])
  if (row > 0) return new Grid([Array.from({ length: table.rows[0]?.length ?? 0 }, (_, at) => table.at(row - 1, at))])
  if (col > 0) return new Grid(table.rows.map((line) => [line[col - 1] ?? null]))
  return table
}

const where = (part: 'row' | 'col') =>
  lazy(0, 1, ([node], context) => {
    if (node === undefined) return num(context.place[part])
    if (node.type !== 'area') throw new SheetError('#VALUE!', 'a reference is wanted')
    const { from, to } = node.area
    if (from[part] === to[part]) return num(from[part])
    const list = Array.from({ length: Math.min(to[part] - from[part] + 1, 100_000) }, (_, at) => num(from[part] + at))
    return new Grid(part === 'row' ? list.map((item) => [item]) : [list])
  })

const size = (read: (grid: Grid) => number) =>
  lazy(1, 1, ([node], context) => {
    if (node?.type === 'area') return num(read(new Grid([], node.area)))
    return num(read(gridOf(context.evaluate(node as never))))
  })

export const lookupFunctions: SheetFunctions = {
  VLOOKUP: values(3, 4, (args) => tableLookup(args, true)),
  HLOOKUP: values(3, 4, (args) => tableLookup(args, false)),
  MATCH: values(2, 3, match),
  XMATCH: values(2, 4, ([wanted, keys, mode, search]) =>
    broadcast([wanted ?? null], ([one]) => {
      const at = modernMatch(
        lineOf(gridOf(keys)).list,
        one ?? null,
        mode === undefined ? 0 : toWhole(mode),
        search === undefined ? 1 : toWhole(search),
      )
      if (at < 0) throw missing(one ?? null)
      return num(at + 1)
    }),
  ),
  XLOOKUP: values(3, 6, xlookup),
  LOOKUP: values(2, 3, lookup),
  INDEX: values(2, 3, (args) => index(args, args.length)),
  ROW: where('row'),
  COLUMN: where('col'),
  ROWS: size((grid) => grid.height),
  COLUMNS: size((grid) => grid.width),
  ADDRESS: each(2, 5, ([row, col, mode, style, sheet]) => {
    const [r, c, how] = [toWhole(row), toWhole(col), mode === undefined || mode === null ? 1 : toWhole(mode)]
    if (r < 1 || r > 1_048_576 || c < 1 || c > 16_384 || how < 1 || how > 4) throw new SheetError('#VALUE!', 'there is no such cell')
    const [isColumnFixed, isRowFixed] = [how === 1 || how === 3, how <= 2]
    const isA1 = style === undefined || style === null || toBoolean(style)
    const name = isA1
      ? `${isColumnFixed ? '$' : ''}${columnLetters(c)}${isRowFixed ? '$' : ''}${r}`
      : `R${isRowFixed ? r : `[${r}]`}C${isColumnFixed ? c : `[${c}]`}`
    if (sheet === undefined) return name
    const of = toText(sheet)
    return `${/^(?:[\p{L}_][\p{L}\d_.]*|)$/u.test(of) ? of : `'${of.replaceAll("'", "''")}'`}!${name}`
  }),
}
