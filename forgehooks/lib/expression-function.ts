import type { Node } from './expression-parser.ts'
import type { Scope } from './expression-evaluate.ts'
import type { Environment, Scalar, Value } from './expression-value.ts'

type Arity = { least: number; most: number }
/** `each` works on single values and is repeated for every row; `columns` takes whole columns; `lazy` decides what is worked out at all. */
export type ExpressionFunction = Arity &
  (
    | { kind: 'each'; run: (args: Scalar[], env: Environment) => Scalar }
    | { kind: 'columns'; run: (args: Value[], env: Environment) => Value }
    | { kind: 'lazy'; run: (args: Node[], scope: Scope, evaluate: (node: Node, scope: Scope) => Value) => Value }
  )
export type FunctionTable = Record<string, ExpressionFunction>

export function each(least: number, most: number, run: (args: Scalar[], env: Environment) => Scalar): ExpressionFunction {
  return { kind: 'each', least, most, run }
}

export function columns(least: number, most: number, run: (args: Value[], env: Environment) => Value): ExpressionFunction {
  return { kind: 'columns', least, most, run }
}

/** A function under several names. */
export function named(names: string, called: ExpressionFunction): FunctionTable {
  return Object.fromEntries(names.split(' ').map((name) => [name, called]))
}
