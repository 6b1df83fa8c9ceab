import { isNumber } from '../../lib/expression-value.ts'
import { attempt, Grid, SheetError, type Scalar, type Value } from './value.ts'

const MAX_BLOCK = 1_000_000

/** Applies work to single values cell by cell; one row or column is repeated to fit the others. */
export function broadcast(args: Value[], work: (cells: Scalar[]) => Scalar, seesErrors = false): Value {
  const isOne = (arg: Value): arg is Grid => arg instanceof Grid && arg.height === 1 && arg.width === 1
  const plain = args.map((arg) => (isOne(arg) ? arg.at(0, 0) : arg))
  const grids = plain.filter((arg) => arg instanceof Grid)
  const run = (cells: Scalar[]): Scalar => {
    const failed = seesErrors ? undefined : cells.find((item) => item instanceof SheetError)
    if (failed) throw failed
    return work(cells)
  }
  if (grids.length === 0) return run(plain as Scalar[])
  const height = Math.max(...grids.map((grid) => (grid.height === 1 ? 1 : grid.rows.length)))
  const width = Math.max(...grids.map((grid) => (grid.width === 1 ? 1 : (grid.rows[0]?.length ?? 0))))
  if (height * width > MAX_BLOCK) throw new SheetError('#NUM!', `more than ${MAX_BLOCK} values at once`)
  const pick = (arg: Value, row: number, col: number): Scalar => {
    if (!(arg instanceof Grid)) return arg
    const [r, c] = [arg.height === 1 ? 0 : row, arg.width === 1 ? 0 : col]
    return r >= arg.height || c >= arg.width ? new SheetError('#N/A', 'the ranges differ in size') : arg.at(r, c)
  }
  const at = (row: number, col: number) => attempt(() => run(plain.map((arg) => pick(arg, row, col))))
  const rows = Array.from({ length: height }, (_, row) => Array.from({ length: width }, (__, col) => at(row, col)))
  // Of A:A the blank cells below those in use stay out, as long as what comes of them adds nothing.
  const size = { height: Math.max(height, ...grids.map((grid) => grid.height)), width: Math.max(width, ...grids.map((grid) => grid.width)) }
  if (size.height > height) {
    const below = Array.from({ length: width }, (_, col) => at(height, col))
    if (!below.every(isNothing)) rows.push(below.map(errorOnly))
  }
  if (size.width > width) {
    const beside = rows.map((_, row) => at(row, width))
    if (!beside.every(isNothing)) rows.forEach((line, row) => line.push(errorOnly(beside[row] ?? null)))
  }
  return new Grid(rows, undefined, size)
}

const isNothing = (value: Scalar) => value === null || value === '' || value === false || (isNumber(value) && value.isZero())

/** An error may stand in for all that follow it; other values would have to be there a million times. */
function errorOnly(value: Scalar): Scalar {
  if (value instanceof SheetError || isNothing(value)) return value
  throw new SheetError('#NUM!', 'the blank cells at the end of the range count here; name the cells in use, such as A1:A100, not the whole column')
}
