import { equal } from './expression-compare.ts'
import { columns, each, named, type ExpressionFunction, type FunctionTable } from './expression-function.ts'
import { ExpressionError, num, parseNumberText } from './expression-number.ts'
import type { Node } from './expression-parser.ts'
import { Failure, flat, isBlank, isNumber, must, toBoolean, toText, type Cell, type Scalar, type Value } from './expression-value.ts'

type Lazy = Extract<ExpressionFunction, { kind: 'lazy' }>['run']
const lazy = (least: number, most: number, run: Lazy): ExpressionFunction => ({ kind: 'lazy', least, most, run })
const at = (value: Value, row: number): Cell => (Array.isArray(value) ? (value[row] as Cell) : value)

/**
 * Chooses among branches. With single values only the chosen branch is worked out; with a column every branch is,
 * and what fails in a row that does not take it does no harm.
 */
function choose(tests: { holds: () => Value; value: () => Value }[], otherwise: () => Value): Value {
  const [first, ...rest] = tests
  if (!first) return otherwise()
  const condition = first.holds()
  if (!Array.isArray(condition)) return toBoolean(condition) ? first.value() : choose(rest, otherwise)
  const yes = guarded(first.value)
  const no = guarded(() => choose(rest, otherwise))
  return condition.map((holds, row) => {
    if (holds instanceof Failure) return holds
    const side = toBoolean(holds) ? yes : no
    return side instanceof Failure ? side : at(side, row)
  })
}

function guarded(work: () => Value): Value | Failure {
  try {
    return work()
  } catch (error) {
    if (error instanceof ExpressionError) return new Failure(error.message)
    throw error
  }
}

const node = (args: Node[], index: number) => args[index] as Node

export const logicFunctions: FunctionTable = {
  /** Without a third argument the rest is blank, so that AVERAGE(IF(region="West", amount)) is the average of the West. */
  IF: lazy(2, 3, (args, scope, evaluate) =>
    choose([{ holds: () => evaluate(node(args, 0), scope), value: () => evaluate(node(args, 1), scope) }], () =>
      args[2] ? evaluate(args[2], scope) : null,
    ),
  ),
  IFS: lazy(2, Infinity, (args, scope, evaluate) => {
    if (args.length % 2 !== 0) throw new ExpressionError('IFS takes pairs of a condition and a value; end with TRUE, value for all the rest')
    const tests = Array.from({ length: args.length / 2 }, (_, pair) => ({
      holds: () => evaluate(node(args, 2 * pair), scope),
      value: () => evaluate(node(args, 2 * pair + 1), scope),
    }))
    return choose(tests, () => null)
  }),
  SWITCH: lazy(3, Infinity, (args, scope, evaluate) => {
    const subject = evaluate(node(args, 0), scope)
    const pairs = Math.floor((args.length - 1) / 2)
    const compare = (other: Value): Value =>
      Array.isArray(subject)
        ? subject.map((value, row) => (value instanceof Failure ? value : equal(scope.env, value, must(at(other, row)))))
        : equal(scope.env, subject, must(at(other, 0)))
    const tests = Array.from({ length: pairs }, (_, pair) => ({
      holds: () => compare(evaluate(node(args, 1 + 2 * pair), scope)),
      value: () => evaluate(node(args, 2 + 2 * pair), scope),
    }))
    return choose(tests, () => (args.length % 2 === 0 ? evaluate(node(args, args.length - 1), scope) : null))
  }),
  ...named(
    'IFERROR IFNA',
    lazy(2, 2, (args, scope, evaluate) => {
      const value = guarded(() => evaluate(node(args, 0), scope))
      if (value instanceof Failure) return evaluate(node(args, 1), scope)
      if (!Array.isArray(value) || !value.some((item) => item instanceof Failure)) return value
      const otherwise = evaluate(node(args, 1), scope)
      return value.map((item, row) => (item instanceof Failure ? at(otherwise, row) : item))
    }),
  ),
  ISERROR: lazy(1, 1, (args, scope, evaluate) => {
    const value = guarded(() => evaluate(node(args, 0), scope))
    return Array.isArray(value) ? value.map((item) => item instanceof Failure) : value instanceof Failure
  }),
  COALESCE: each(1, Infinity, (args) => args.find((value) => !isBlank(value)) ?? null),
  AND: each(1, Infinity, (args) => args.every(toBoolean)),
  OR: each(1, Infinity, (args) => args.some(toBoolean)),
  XOR: each(1, Infinity, (args) => args.filter(toBoolean).length % 2 === 1),
  ISBLANK: each(1, 1, ([value]) => isBlank(value as Scalar)),
  ISNUMBER: each(1, 1, ([value]) => isNumber(value) || (typeof value === 'string' && parseNumberText(value) !== undefined)),
  ISTEXT: each(1, 1, ([value]) => typeof value === 'string' && value !== ''),
  IN: each(2, Infinity, ([value, ...list], env) => list.some((item) => equal(env, value as Scalar, item))),
  /** Rows with a value; COUNT(*) counts all rows. A spreadsheet's COUNT would count numbers only and call ten names zero. */
  COUNT: lazy(0, Infinity, (args, scope, evaluate) => {
    if (args.length === 0 || args.some((arg) => arg.type === 'star')) {
      if (scope.rowCount === undefined) throw new ExpressionError('COUNT(*) needs rows')
      return num(scope.rowCount)
    }
    const values = args.map((arg) => evaluate(arg, scope))
    return num(flat(values).filter((value) => !isBlank(must(value))).length)
  }),
  ...named(
    'ROWS',
    lazy(0, 0, (_, scope) => {
      if (scope.rowCount === undefined) throw new ExpressionError('ROWS() needs rows')
      return num(scope.rowCount)
    }),
  ),
  ROW: lazy(0, 0, (_, scope) => {
    if (scope.row === undefined) throw new ExpressionError('ROW() is known only while a column is added')
    return num(scope.row)
  }),
  /** The whole column, where a bare name means the value of the row: amount / SUM(ALL(amount)). */
  ALL: lazy(1, 1, (args, scope) => {
    const [arg] = args
    if (arg?.type !== 'name') throw new ExpressionError('ALL takes the name of a column')
    return scope.column ? scope.column(arg.name) : scope.name(arg.name)
  }),
  CHOOSE: each(2, Infinity, ([index, ...list]) => {
    const position = isNumber(index) ? index.toNumber() : Number(toText(index as Scalar))
    if (!Number.isInteger(position) || position < 1 || position > list.length)
      throw new ExpressionError(`CHOOSE: there is no value number ${toText(index as Scalar)}`)
    return list[position - 1] as Scalar
  }),
  LIST: columns(1, Infinity, (args) => flat(args)),
}
