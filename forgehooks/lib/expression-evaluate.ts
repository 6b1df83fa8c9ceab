import { add, divide, ExpressionError, factorial, modulo, multiply, num, ONE, power, snapped } from './expression-number.ts'
import { equal, order } from './expression-compare.ts'
import { isoMoment } from './expression-iso.ts'
import { functions } from './expression-functions.ts'
import type { BinaryOp, Node } from './expression-parser.ts'
import { boundedText, isBlank, mapRows, toBoolean, toNumber, toText, type Environment, type Scalar, type Value } from './expression-value.ts'

export type Names = (name: string) => Value
/** What evaluation needs beside the tree: values of names, whole columns (for ALL), the number of rows, and what was worked out before. */
export type Scope = {
  env: Environment
  name: Names
  column?: (name: string) => Value
  rowCount?: number
  row?: number
  memo?: Map<Node, { value: Value; exact: boolean }>
}

const CONSTANTS: Record<string, string> = {
  PI: '3.141592653589793238462643383279502884197169399375105820974944592',
  E: '2.718281828459045235360287471352662497757247093699959574966967628',
  TAU: '6.283185307179586476925286766559005768394338798750211641949889185',
}

// No name can hold it: NUL is refused at the door.
const CONSTANT_MARK = '\u0000'

/** Calls `visit` for each node. It keeps its own stack: a sum of two thousand terms is a tree two thousand deep. */
export function walk(root: Node, visit: (node: Node) => void): void {
  const stack = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    visit(node)
    if (node.type === 'unary') stack.push(node.value)
    else if (node.type === 'binary') stack.push(node.right, node.left)
    else if (node.type === 'call') stack.push(...node.args)
  }
}

/**
 * Refuses what the tree may not say, before anything is worked out: unknown names and functions, wrong numbers of arguments.
 * `known` is undefined where any name is good (no rows at all, so nobody can tell the columns).
 */
export function check(tree: Node, known: string[] | undefined): Map<string, string> {
  const resolved = new Map<string, string>()
  walk(tree, (node) => {
    if (node.type === 'name') resolved.set(node.name, resolve(node.name, node.quoted, known))
    if (node.type === 'call') checkCall(node)
  })
  return resolved
}

/** The real name behind a written one: exact, else the one name that differs by case only. A mark tells a constant such as PI. */
function resolve(name: string, quoted: boolean, known: string[] | undefined): string {
  if (!known || known.includes(name)) return name
  const alike = known.filter((item) => item.toLowerCase() === name.toLowerCase())
  if (alike.length === 1) return alike[0] as string
  const constant = name.toUpperCase()
  if (!quoted && Object.hasOwn(CONSTANTS, constant)) return CONSTANT_MARK + constant
  if (alike.length > 1) throw new ExpressionError(`"${name}" could be any of ${alike.join(', ')}: write it exactly`)
  const hint = functions.has(constant) ? `${constant} is a function: write ${constant}(...). ` : ''
  const list = known.length === 0 ? 'No names are known here.' : `Known names: ${known.slice(0, 50).join(', ')}${known.length > 50 ? ', ...' : ''}.`
  const dotted = !quoted && name.includes('.') ? ' Properties cannot be reached; write a name that contains a dot in [brackets].' : ''
  throw new ExpressionError(`unknown name "${name}". ${hint}${list}${dotted}`)
}

function checkCall(node: Extract<Node, { type: 'call' }>) {
  const called = functions.get(node.name)
  if (!called) {
    if (/^[VH]?LOOKUP$/.test(node.name))
      throw new ExpressionError(
        `${node.name} needs cells: use XLOOKUP(value, key column, result column), or the spreadsheet endpoint of formula-engine`,
      )
    const near = [...functions.keys()].filter((name) => name[0] === node.name[0]).slice(0, 30)
    throw new ExpressionError(`unknown function "${node.name}". Functions with that initial: ${near.join(', ') || 'none'}.`)
  }
  const given = node.args.length
  if (given < called.least || given > called.most) {
    const wanted =
      called.least === called.most ? `${called.least}` : called.most === Infinity ? `at least ${called.least}` : `${called.least} to ${called.most}`
    throw new ExpressionError(`${node.name} takes ${wanted} argument${wanted === '1' ? '' : 's'}, not ${given}`)
  }
  if (node.args.some((arg) => arg.type === 'star') && node.name !== 'COUNT')
    throw new ExpressionError(`* alone is only understood in COUNT(*), not in ${node.name}`)
}

export function constantOf(resolved: string, env: Environment): Scalar | undefined {
  if (!resolved.startsWith(CONSTANT_MARK) || !Object.hasOwn(CONSTANTS, resolved.slice(1))) return undefined
  env.exact = false
  return num(CONSTANTS[resolved.slice(1)] as string)
}

export function evaluate(node: Node, scope: Scope): Value {
  switch (node.type) {
    case 'number':
      return node.value
    case 'constant':
      return node.value
    case 'name':
      return scope.name(node.name)
    case 'unary': {
      const { op } = node
      return mapRows([evaluate(node.value, scope)], ([value]) => unary(op, value as Scalar, scope.env))
    }
    case 'binary':
      return binaryChain(node, scope)
    case 'call':
      return call(node, scope)
    case 'star':
      throw new ExpressionError('* alone is only understood in COUNT(*)')
  }
}

/** Works a chain such as a+b+c from its innermost left end, in a loop: long sums must not grow the stack. */
function binaryChain(root: Extract<Node, { type: 'binary' }>, scope: Scope): Value {
  const chain: Extract<Node, { type: 'binary' }>[] = []
  let node: Node = root
  while (node.type === 'binary') {
    chain.push(node)
    node = node.left
  }
  let value = evaluate(node, scope)
  for (const link of chain.reverse()) {
    const isPercent = scope.env.relativePercent && saysPercent(link.right) && !saysPercent(link.left)
    // A single value decides by itself whether the right side is needed at all.
    if ((link.op === 'and' || link.op === 'or') && !Array.isArray(value) && toBoolean(value) === (link.op === 'or')) {
      value = link.op === 'or'
      continue
    }
    value = mapRows([value, evaluate(link.right, scope)], ([a, b]) => binary(link.op, a as Scalar, b as Scalar, scope.env, isPercent))
  }
  return value
}

/** 10%, and also -10%. */
function saysPercent(node: Node): boolean {
  if (node.type !== 'unary') return false
  return node.op === '%' || ((node.op === '-' || node.op === '+') && saysPercent(node.value))
}

function unary(op: string, value: Scalar, env: Environment): Scalar {
  if (op === 'not') return isBlank(value) ? true : !toBoolean(value)
  const number = toNumber(value)
  if (number === null) return null
  if (op === '-') return number.isZero() ? number : number.neg()
  if (op === '!') return factorial(env, number)
  return op === '%' ? multiply(env, number, num('0.01')) : number
}

function binary(op: BinaryOp, a: Scalar, b: Scalar, env: Environment, isPercent: boolean): Scalar {
  switch (op) {
    case '&':
      return boundedText(toText(a) + toText(b))
    case 'and':
      return toBoolean(a) && toBoolean(b)
    case 'or':
      return toBoolean(a) || toBoolean(b)
    case '=':
      return equal(env, a, b)
    case '<>':
      return !equal(env, a, b)
    case '<':
      return (order(env, a, b) ?? 0) < 0
    case '>':
      return (order(env, a, b) ?? 0) > 0
    case '<=':
      return (order(env, a, b) ?? 1) <= 0
    case '>=':
      return (order(env, a, b) ?? -1) >= 0
    default:
      return arithmetic(op, a, b, env, isPercent)
  }
}

const DAY = 86_400_000

function arithmetic(op: '+' | '-' | '*' | '/' | 'mod' | 'of' | '^', a: Scalar, b: Scalar, env: Environment, isPercent: boolean): Scalar {
  const dates = op === '+' || op === '-' ? dateArithmetic(op, a, b, env) : undefined
  if (dates !== undefined) return dates
  const [left, right] = [toNumber(a), toNumber(b)]
  // A blank stays blank: a missing price times a quantity is unknown, not nothing.
  if (left === null || right === null) return null
  if (op === '+') return isPercent ? multiply(env, left, add(env, ONE, right)) : add(env, left, right)
  if (op === '-') return isPercent ? multiply(env, left, add(env, ONE, right.neg())) : add(env, left, right.neg())
  if (op === '*' || op === 'of') return multiply(env, left, right)
  if (op === '/') return divide(env, left, right)
  return op === 'mod' ? modulo(env, snapped(left, env), snapped(right, env)) : power(env, left, right)
}

/** ISO date - ISO date = days; ISO date ± days = ISO date. */
function dateArithmetic(op: '+' | '-', a: Scalar, b: Scalar, env: Environment): Scalar | undefined {
  const from = typeof a === 'string' && /^\d{4}-\d{2}-\d{2}/.test(a) ? isoMoment(a) : undefined
  if (from === undefined) return undefined
  if (typeof b === 'string' && op === '-') {
    const to = isoMoment(b)
    if (to !== undefined) return divide(env, num(from - to), num(DAY))
  }
  const days = toNumber(b)
  if (days === null) return null
  const moved = num(from).plus(days.mul(op === '-' ? -DAY : DAY))
  if (moved.lt(-62135596800000) || moved.gt(253402300799999)) throw new ExpressionError('the date leaves the years 1 to 9999')
  if (!days.isInteger() || (a as string).length > 10) return new Date(moved.toNumber()).toISOString().replace('.000Z', 'Z')
  return new Date(moved.toNumber()).toISOString().slice(0, 10)
}

function call(node: Extract<Node, { type: 'call' }>, scope: Scope): Value {
  const called = functions.get(node.name)
  if (!called) throw new ExpressionError(`unknown function "${node.name}"`)
  if (!scope.memo || called.kind === 'lazy' || !isRowFree(node)) return run(called, node, scope)
  let known = scope.memo.get(node)
  if (!known) {
    const env = { ...scope.env, exact: true }
    known = { value: run(called, node, { ...scope, env }), exact: env.exact }
    scope.env.skipped = env.skipped
    scope.memo.set(node, known)
  }
  if (!known.exact) scope.env.exact = false
  return known.value
}

function run(called: NonNullable<ReturnType<typeof functions.get>>, node: Extract<Node, { type: 'call' }>, scope: Scope): Value {
  if (called.kind === 'lazy') return called.run(node.args, scope, evaluate)
  const args = node.args.map((arg) => evaluate(arg, scope))
  return called.kind === 'each' ? mapRows(args, (cells) => called.run(cells, scope.env)) : called.run(args, scope.env)
}

/** Whether a call says the same for every row: its only columns stand in ALL(...), and it does not ask for the row. */
function isRowFree(node: Node): boolean {
  if (node.type === 'name') return false
  if (node.type === 'call') return node.name === 'ALL' || (node.name !== 'ROW' && node.args.every(isRowFree))
  if (node.type === 'unary') return isRowFree(node.value)
  if (node.type === 'binary') return isRowFree(node.left) && isRowFree(node.right)
  return true
}
