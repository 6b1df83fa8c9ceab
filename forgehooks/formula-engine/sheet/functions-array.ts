import { add, multiply, num, ZERO } from '../../lib/expression-number.ts'
import { toNumber, toBoolean, toWhole, compare, Grid, isBlank, SheetError, single, toText, type Scalar, type Value } from './value.ts'
import { values, type Argument, type SheetFunctions } from './function.ts'
import { subtotal } from './subtotal.ts'
import type { Decimal } from 'decimal.js'

const NOTE = { exact: true }

function gridOf(arg: Argument): Grid {
  if (arg instanceof SheetError) throw arg
  return arg instanceof Grid ? arg : new Grid([[arg ?? null]])
}

function numbers(arg: Argument): Decimal[][] {
  return gridOf(arg).rows.map((row) =>
    row.map((item) => {
      if (item === null || typeof item === 'string') throw new SheetError('#VALUE!', 'a matrix holds numbers only')
      return toNumber(item)
    }),
  )
}

const turn = <T>(rows: T[][]): T[][] => (rows[0] ?? []).map((_, col) => rows.map((row) => row[col] as T))

/** By elimination with exact decimals where the divisions come out even. */
function determinant(given: Decimal[][]): Decimal {
  const n = given.length
  if (given.some((row) => row.length !== n) || n > 60) throw new SheetError('#VALUE!', 'the matrix must be square and at most 60 wide')
  const rows = given.map((row) => [...row])
  let result = num(1)
  for (let at = 0; at < n; at++) {
    const pivot = rows.findIndex((row, index) => index >= at && !(row[at] as Decimal).isZero())
    if (pivot < 0) return ZERO
    if (pivot !== at) {
      ;[rows[at], rows[pivot]] = [rows[pivot] as Decimal[], rows[at] as Decimal[]]
      result = result.neg()
    }
    const line = rows[at] as Decimal[]
    const head = line[at] as Decimal
    result = result.mul(head)
    for (let below = at + 1; below < n; below++) {
      const row = rows[below] as Decimal[]
      const factor = (row[at] as Decimal).div(head)
      for (let col = at; col < n; col++) row[col] = clean((row[col] as Decimal).minus(factor.mul(line[col] as Decimal)), row[col] as Decimal)
    }
  }
  return result.toSignificantDigits(40)
}

/** What is left of a difference of equal numbers is nothing. */
const clean = (value: Decimal, of: Decimal) => (value.abs().lt(of.abs().mul('1e-55')) ? ZERO : value)

function product(a: Decimal[][], b: Decimal[][]): Decimal[][] {
  if ((a[0]?.length ?? 0) !== b.length) throw new SheetError('#VALUE!', 'the first matrix must be as wide as the second is high')
  const columns = turn(b)
  return a.map((row) =>
    columns.map((col) => row.reduce<Decimal>((total, value, at) => add(NOTE, total, multiply(NOTE, value, col[at] as Decimal)), ZERO)),
  )
}

const keyOf = (row: Scalar[]) =>
  row.map((item) => (isBlank(item) ? 'b' : typeof item === 'string' ? `t${item.toLowerCase()}` : `o${toText(item)}`)).join('\u0000')

function unique([given, byColumn, once]: Argument[]): Value {
  const isAcross = byColumn !== undefined && toBoolean(byColumn)
  const rows = isAcross ? turn(gridOf(given).rows) : gridOf(given).rows
  const counts = new Map<string, { row: Scalar[]; count: number }>()
  for (const row of rows) {
    const known = counts.get(keyOf(row))
    if (known) known.count++
    else counts.set(keyOf(row), { row, count: 1 })
  }
  const kept = [...counts.values()].filter((entry) => once === undefined || !toBoolean(once) || entry.count === 1).map((entry) => entry.row)
  if (kept.length === 0) throw new SheetError('#N/A', 'nothing is left')
  return new Grid(isAcross ? turn(kept) : kept)
}

function sort([given, index, direction, byColumn]: Argument[]): Value {
  const isAcross = byColumn !== undefined && toBoolean(byColumn)
  const rows = isAcross ? turn(gridOf(given).rows) : gridOf(given).rows
  const at = index === undefined ? 1 : toWhole(index)
  const sign = direction === undefined ? 1 : toWhole(direction)
  if (at < 1 || at > (rows[0]?.length ?? 0) || (sign !== 1 && sign !== -1)) throw new SheetError('#VALUE!', 'no such column or direction')
  const sorted = rows.toSorted((a, b) => byValue(a[at - 1] ?? null, b[at - 1] ?? null, sign))
  return new Grid(isAcross ? turn(sorted) : sorted)
}

/** Blanks come last whichever way. */
const byValue = (a: Scalar, b: Scalar, sign: number) => (a === null || b === null ? Number(a === null) - Number(b === null) : sign * compare(a, b))

function filter([given, wanted, otherwise]: Argument[]): Value {
  const [table, tests] = [gridOf(given), gridOf(wanted)]
  const isRows = tests.width === 1 && tests.rows.length === table.rows.length
  if (!isRows && !(tests.height === 1 && tests.width === table.width)) throw new SheetError('#VALUE!', 'the conditions must be as many as the rows')
  const list = isRows ? tests.rows.map((row) => row[0] ?? null) : (tests.rows[0] ?? [])
  const kept = (isRows ? table.rows : turn(table.rows)).filter((_, at) => toBoolean(list[at] ?? null))
  if (kept.length > 0) return new Grid(isRows ? kept : turn(kept))
  if (otherwise === undefined) throw new SheetError('#VALUE!', 'nothing is left by FILTER (#CALC! in Excel)')
  return single(otherwise)
}

function sequence([height, width, start, step]: Argument[]): Value {
  const [rows, cols] = [toWhole(height), width === undefined ? 1 : toWhole(width)]
  if (rows < 1 || cols < 1 || rows * cols > 100_000) throw new SheetError('#VALUE!', 'SEQUENCE makes from 1 to 100000 values')
  const [from, by] = [start === undefined ? num(1) : toNumber(start), step === undefined ? num(1) : toNumber(step)]
  return new Grid(
    Array.from({ length: rows }, (_, row) => Array.from({ length: cols }, (__, col) => add(NOTE, from, multiply(NOTE, by, num(row * cols + col))))),
  )
}

const overSquares = (work: (x: Decimal, y: Decimal) => Decimal) =>
  values(2, 2, ([a, b]) => {
    const [x, y] = [gridOf(a).rows.flat(), gridOf(b).rows.flat()]
    if (x.length !== y.length) throw new SheetError('#N/A', 'the two ranges differ in size')
    return x.reduce<Decimal>((total, item, at) => {
      const other = y[at] ?? null
      return typeof item === 'object' && item !== null && typeof other === 'object' && other !== null
        ? add(NOTE, total, work(toNumber(item), toNumber(other)))
        : total
    }, ZERO)
  })

export const arrayFunctions: SheetFunctions = {
  TRANSPOSE: values(1, 1, ([given]) => new Grid(turn(gridOf(given).rows))),
  MDETERM: values(1, 1, ([given]) => determinant(numbers(given))),
  MMULT: values(2, 2, ([a, b]) => new Grid(product(numbers(a), numbers(b)))),
  UNIQUE: values(1, 3, unique),
  SORT: values(1, 4, sort),
  FILTER: values(2, 3, filter),
  SEQUENCE: values(1, 4, sequence),
  SUMX2MY2: overSquares((x, y) => x.pow(2).minus(y.pow(2))),
  SUMX2PY2: overSquares((x, y) => x.pow(2).plus(y.pow(2))),
  SUMXMY2: overSquares((x, y) => x.minus(y).pow(2)),
  SUBTOTAL: values(2, 255, subtotal),
}
