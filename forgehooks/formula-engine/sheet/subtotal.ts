import type { Argument, Context, SheetFunction } from './function.ts'
import { mathFunctions } from './functions-math.ts'
import { statisticsFunctions } from './functions-statistics.ts'
import { Grid, SheetError, toWhole, type Value } from './value.ts'

const NAMES = ['AVERAGE', 'COUNT', 'COUNTA', 'MAX', 'MIN', 'PRODUCT', 'STDEV', 'STDEVP', 'SUM', 'VAR', 'VARP']

/** SUBTOTAL(9, A1:A5) is SUM(A1:A5) without the cells that are subtotals themselves; 109 is the same here, where no row is hidden. */
export function subtotal([kind, ...rest]: Argument[], context: Context): Value {
  const code = toWhole(kind)
  const name = NAMES[(code % 100) - 1]
  if (name === undefined || code > 111) throw new SheetError('#VALUE!', 'no such kind of subtotal')
  const called = (mathFunctions[name] ?? statisticsFunctions[name]) as SheetFunction
  if (called.kind !== 'values') throw new Error(`${name} does not take ranges`)
  return called.run(
    rest.map((arg) => withoutSubtotals(arg, context)),
    context,
  )
}

function withoutSubtotals(arg: Argument, context: Context): Argument {
  if (!(arg instanceof Grid) || !arg.area) return arg
  const { from } = arg.area
  const isSubtotal = (row: number, col: number) => /\bSUBTOTAL\s*\(/i.test(context.formulaAt({ row: from.row + row, col: from.col + col }) ?? '')
  return new Grid(
    arg.rows.map((line, row) => line.map((item, col) => (isSubtotal(row, col) ? null : item))),
    arg.area,
  )
}
