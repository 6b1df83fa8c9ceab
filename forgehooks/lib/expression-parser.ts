import type { Decimal } from 'decimal.js'
import { ExpressionError, MAX_DIGITS, num } from './expression-number.ts'
import { tokens, type LexOptions, type Token } from './expression-lexer.ts'

/** The whole language: nothing in it can assign, define, index or reach a property. */
export type Node =
  | { type: 'number'; value: Decimal }
  | { type: 'constant'; value: string | boolean | null }
  | { type: 'name'; name: string; quoted: boolean }
  | { type: 'unary'; op: '-' | '+' | 'not' | '!' | '%'; value: Node }
  | { type: 'binary'; op: BinaryOp; left: Node; right: Node }
  | { type: 'call'; name: string; args: Node[] }
  /** The star of COUNT(*). */
  | { type: 'star' }

export type BinaryOp = '+' | '-' | '*' | '/' | 'mod' | 'of' | '^' | '&' | 'and' | 'or' | '=' | '<>' | '<' | '<=' | '>' | '>='

export const MAX_DEPTH = 100

const INFIX: Record<string, { op: BinaryOp; power: number }> = {
  or: { op: 'or', power: 1 },
  '||': { op: 'or', power: 1 },
  and: { op: 'and', power: 2 },
  '&&': { op: 'and', power: 2 },
  '=': { op: '=', power: 4 },
  '==': { op: '=', power: 4 },
  '<>': { op: '<>', power: 4 },
  '!=': { op: '<>', power: 4 },
  '<': { op: '<', power: 4 },
  '<=': { op: '<=', power: 4 },
  '>': { op: '>', power: 4 },
  '>=': { op: '>=', power: 4 },
  '&': { op: '&', power: 5 },
  '+': { op: '+', power: 6 },
  '-': { op: '-', power: 6 },
  '*': { op: '*', power: 7 },
  '/': { op: '/', power: 7 },
  of: { op: 'of', power: 7 },
  mod: { op: 'mod', power: 7 },
  '^': { op: '^', power: 9 },
  '**': { op: '^', power: 9 },
}
const SIGN_POWER = 8
const NOT_POWER = 3
const POSTFIX_POWER = 10

const WORDS = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Reads an expression. A leading `=` is allowed, as in a cell; elsewhere `=` compares. */
export function parseExpression(source: string, options: LexOptions = {}): Node {
  const text = source.replace(/^\s*=(?!=)/, ' ')
  const list = tokens(text, options)
  if (list[0]?.type === 'end') throw new ExpressionError('the expression is empty')
  let at = 0
  let depth = 0
  const peek = () => list[at] as Token
  const next = () => list[at++] as Token
  const isOperator = (token: Token, text: string) => token.type === 'operator' && token.text === text

  function expression(power: number): Node {
    if (++depth > MAX_DEPTH) throw new ExpressionError(`the expression is nested more than ${MAX_DEPTH} deep`)
    let left = prefix()
    for (;;) {
      const token = peek()
      if (isOperator(token, '!') || (isOperator(token, '%') && !startsOperand(list[at + 1]))) {
        if (POSTFIX_POWER < power) break
        if (/^\s%\s-\S/.test(text.slice(token.at - 2, token.at + 3)))
          throw new ExpressionError(`"% -" at character ${token.at} is unclear: write mod(a, -b) for a remainder, or a% - b for a percentage`)
        next()
        left = { type: 'unary', op: token.text as '!' | '%', value: left }
        continue
      }
      const infix = infixOf(token)
      if (!infix || infix.power < power) break
      next()
      if (infix.power === 4 && left.type === 'binary' && INFIX[left.op]?.power === 4 && !isOperator(list[at - 2] as Token, ')')) {
        throw new ExpressionError(
          `"a ${left.op} b ${token.text} c" at character ${token.at} is unclear: write "a ${left.op} b and b ${token.text} c"`,
        )
      }
      // Powers bind to the right, 2^3^2 = 2^9; everything else to the left.
      left = { type: 'binary', op: infix.op, left, right: expression(infix.op === '^' ? infix.power : infix.power + 1) }
    }
    depth--
    return left
  }

  function infixOf(token: Token) {
    if (token.type === 'operator') return token.text === '%' ? INFIX.mod : own(INFIX, token.text)
    return token.type === 'name' && /^(and|or|of|mod)$/i.test(token.text) ? INFIX[token.text.toLowerCase()] : undefined
  }

  function prefix(): Node {
    const token = next()
    if (token.type === 'number') return numberNode(token)
    if (token.type === 'text' || token.type === 'date') return { type: 'constant', value: token.text }
    if (token.type === 'quoted') return { type: 'name', name: token.text, quoted: true }
    if (token.type === 'name') {
      if (isOperator(peek(), '(') && !/^not$/i.test(token.text)) return call(token)
      if (/^not$/i.test(token.text)) return { type: 'unary', op: 'not', value: expression(NOT_POWER) }
      const constant = WORDS.get(token.text.toLowerCase())
      if (constant !== undefined) return { type: 'constant', value: constant }
      return { type: 'name', name: token.text, quoted: false }
    }
    if (isOperator(token, '-') || isOperator(token, '+')) return { type: 'unary', op: token.text as '-' | '+', value: expression(SIGN_POWER) }
    if (isOperator(token, '(')) {
      const inner = expression(0)
      close(token)
      return inner
    }
    throw unexpected(token)
  }

  function call(name: Token): Node {
    const open = next()
    const args: Node[] = []
    if (isOperator(peek(), ')')) {
      next()
      return { type: 'call', name: name.text.toUpperCase(), args }
    }
    for (;;) {
      if (isOperator(peek(), '*') && isOperator(list[at + 1] as Token, ')')) {
        next()
        args.push({ type: 'star' })
      } else args.push(expression(0))
      if (!isOperator(peek(), ',') && !isOperator(peek(), ';')) break
      next()
    }
    close(open)
    return { type: 'call', name: name.text.toUpperCase(), args }
  }

  function close(open: Token) {
    if (isOperator(peek(), ')')) next()
    else if (peek().type === 'end') throw new ExpressionError(`the ( at character ${open.at} is never closed`)
    else throw unexpected(peek())
  }

  const tree = expression(0)
  if (peek().type !== 'end') throw unexpected(peek(), list[at - 1])
  return tree
}

function own<T>(table: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined
}

/** Whether `%` before it divides with rest (10 % 3) or is the percent of what came before (10%). */
function startsOperand(token: Token | undefined): boolean {
  if (!token) return false
  if (token.type === 'name') return !/^(of|and|or|mod)$/i.test(token.text)
  return token.type === 'number' || token.type === 'date' || token.type === 'quoted' || (token.type === 'operator' && token.text === '(')
}

function numberNode(token: Token): Node {
  if (/e[+-]?\d{5,}$/i.test(token.text)) throw new ExpressionError(`the number at character ${token.at} is too large or too small`)
  const value = num(token.text)
  if (!value.isZero() && (Math.abs(value.e) > MAX_DIGITS || value.precision() > MAX_DIGITS)) {
    throw new ExpressionError(`the number at character ${token.at} has more than ${MAX_DIGITS} digits`)
  }
  return { type: 'number', value }
}

function unexpected(token: Token, before?: Token): ExpressionError {
  const where = `at character ${token.at}`
  if (token.type === 'end') return new ExpressionError('the expression ends where a value is expected')
  if ([':=', '=>', '{', '}', '++'].includes(token.text)) {
    return new ExpressionError(`"${token.text}" ${where} is not part of the language: nothing can be assigned or defined`)
  }
  if (token.text === '.') return new ExpressionError(`"." ${where}: properties cannot be reached`)
  if (token.type === 'quoted' && before)
    return new ExpressionError(`"[${token.text}]" ${where}: values cannot be indexed; put an operator between two values`)
  if (before && before.type !== 'operator' && token.text === ',') {
    return new ExpressionError(`unexpected "," ${where}: write numbers without thousands separators and with a point for decimals, like 1234.56`)
  }
  if (before && (token.type !== 'operator' || token.text === '(')) {
    return new ExpressionError(`unexpected "${token.text}" ${where}: put an operator such as * between "${before.text}" and "${token.text}"`)
  }
  return new ExpressionError(`unexpected "${token.text}" ${where}`)
}
