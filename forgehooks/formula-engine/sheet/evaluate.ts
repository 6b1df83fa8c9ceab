import type { Decimal } from 'decimal.js'
import { add, divide, multiply, num } from '../../lib/expression-number.ts'
import { broadcast } from './broadcast.ts'
import type { Context, SheetFunction } from './function.ts'
import { raise } from './functions-math.ts'
import { functions } from './functions.ts'
import type { BinaryOp, Formula } from './parser.ts'
import { boundedText, compare, Grid, limited, SheetError, toNumber, toText, type Scalar, type Value } from './value.ts'

const NOTE = { exact: true }

/** Works out a formula. An error is thrown where one value is wanted and stays a cell of its own in ranges. */
export function evaluate(node: Formula, context: Context): Value {
  switch (node.type) {
    case 'value':
      if (node.value instanceof SheetError) throw node.value
      return node.value
    case 'area':
      return context.read(node.area)
    case 'block':
      return new Grid(node.rows)
    case 'omitted':
      return null
    case 'name':
      throw new SheetError('#NAME?', `unknown name "${node.name.slice(0, 60)}"`)
    case 'unary': {
      const { op } = node
      return broadcast([evaluate(node.value, context)], ([value]) => unary(op, value as Scalar))
    }
    case 'binary':
      return chain(node, context)
    case 'call':
      return call(node, context)
  }
}

/** a+b+c from its innermost left end, in a loop: long sums must not grow the stack. */
function chain(root: Extract<Formula, { type: 'binary' }>, context: Context): Value {
  const links: Extract<Formula, { type: 'binary' }>[] = []
  let node: Formula = root
  while (node.type === 'binary') {
    links.push(node)
    node = node.left
  }
  let value = evaluate(node, context)
  for (const link of links.reverse()) value = broadcast([value, evaluate(link.right, context)], ([a, b]) => binary(link.op, a as Scalar, b as Scalar))
  return value
}

function unary(op: '-' | '+' | '%', value: Scalar): Scalar {
  // A plus changes nothing, not even text.
  if (op === '+') return value
  const number = toNumber(value)
  return op === '%' ? multiply(NOTE, number, num('0.01')) : number.isZero() ? number : number.neg()
}

function binary(op: BinaryOp, a: Scalar, b: Scalar): Scalar {
  switch (op) {
    case '&':
      return boundedText(toText(a) + toText(b))
    case '=':
      return compare(a, b) === 0
    case '<>':
      return compare(a, b) !== 0
    case '<':
      return compare(a, b) < 0
    case '<=':
      return compare(a, b) <= 0
    case '>':
      return compare(a, b) > 0
    case '>=':
      return compare(a, b) >= 0
    default:
      return limited(arithmetic(op, toNumber(a), toNumber(b)))
  }
}

function arithmetic(op: '+' | '-' | '*' | '/' | '^', a: Decimal, b: Decimal): Decimal {
  if (op === '+') return add(NOTE, a, b)
  if (op === '-') return add(NOTE, a, b.neg())
  if (op === '*') return multiply(NOTE, a, b)
  if (op === '/') return divide(NOTE, a, b)
  return raise(a, b)
}

function call(node: Extract<Formula, { type: 'call' }>, context: Context): Value {
  const called = functions.get(node.name)
  if (!called) throw new SheetError('#NAME?', `unknown function "${node.name.slice(0, 60)}"`)
  if (called.kind === 'lazy') return called.run(node.args, context)
  const args = node.args.map((arg) => (arg.type === 'omitted' ? undefined : context.attempt(arg)))
  if (called.kind === 'values') return checked(called.run(args, context))
  return checked(
    broadcast(
      args.map((arg) => arg ?? null),
      (cells) => called.run(cells, context),
      called.seesErrors,
    ),
  )
}

function checked(value: Value): Value {
  if (value instanceof SheetError) throw value
  return typeof value === 'object' && value !== null && !(value instanceof Grid) ? limited(value) : value
}

/** A wrong number of arguments is a mistake of the formula, told before anything is worked out. */
export function arityMistake(node: Formula): string | undefined {
  const stack = [node]
  for (let item = stack.pop(); item; item = stack.pop()) {
    if (item.type === 'unary') stack.push(item.value)
    else if (item.type === 'binary') stack.push(item.right, item.left)
    else if (item.type === 'call') {
      const called: SheetFunction | undefined = functions.get(item.name)
      const given = item.args.length
      if (called && (given < called.least || given > called.most)) {
        const { least, most } = called
        const wanted = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`
        return `${item.name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${given}`
      }
      stack.push(...item.args)
    }
  }
  return undefined
}
