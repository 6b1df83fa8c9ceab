import type { Decimal } from 'decimal.js'
import { criterion } from './expression-compare.ts'
import { columns, named, type FunctionTable } from './expression-function.ts'
import { ExpressionError, num } from './expression-number.ts'
import { extreme, mean, sum } from './expression-columns.ts'
import { flat, numbers, type Cell, type Environment, type Scalar, type Value } from './expression-value.ts'

/** The cells of `values` in the rows where every (column, condition) pair holds. */
function where(values: Value, pairs: Value[], name: string, env: Environment): Cell[] {
  const list = flat([values])
  if (pairs.length % 2 !== 0) throw new ExpressionError(`${name}: each column needs its condition`)
  let kept = list.map((_, row) => row)
  for (let at = 0; at < pairs.length; at += 2) {
    const column = flat([pairs[at] as Value])
    const wanted = pairs[at + 1] as Value
    if (column.length !== list.length) throw new ExpressionError(`${name}: the columns have different lengths (${list.length} and ${column.length})`)
    if (Array.isArray(wanted)) throw new ExpressionError(`${name}: the condition must be one value such as "West" or ">=100", not a column`)
    const matches = criterion(env, wanted)
    kept = kept.filter((row) => matches(column[row] as Cell))
  }
  return kept.map((row) => list[row] as Cell)
}

type Reduce = (cells: Cell[], env: Environment) => Scalar
const total: Reduce = (cells, env) => sum(numbers([cells], env), env)
const average: Reduce = (cells, env) => mean(numbers([cells], env), env) as Decimal | null

/** SUMIF(column, condition, values?) */
const single = (name: string, reduce: Reduce) =>
  columns(2, 3, ([column, wanted, values], env) => reduce(where(values ?? (column as Value), [column as Value, wanted as Value], name, env), env))
/** SUMIFS(values, column1, condition1, ...) */
const many = (name: string, reduce: Reduce) =>
  columns(3, Infinity, ([values, ...pairs], env) => reduce(where(values as Value, pairs, name, env), env))

export const conditionalFunctions: FunctionTable = {
  SUMIF: single('SUMIF', total),
  AVERAGEIF: single('AVERAGEIF', average),
  SUMIFS: many('SUMIFS', total),
  AVERAGEIFS: many('AVERAGEIFS', average),
  MAXIFS: many('MAXIFS', (cells, env) => extreme([cells], 1, env)),
  MINIFS: many('MINIFS', (cells, env) => extreme([cells], -1, env)),
  COUNTIF: columns(2, 2, ([column, wanted], env) => num(where(column as Value, [column as Value, wanted as Value], 'COUNTIF', env).length)),
  ...named(
    'COUNTIFS',
    columns(2, Infinity, (pairs, env) => num(where(pairs[0] as Value, pairs, 'COUNTIFS', env).length)),
  ),
}
