import { HookError } from '@cadre/contract/forgehook'
import { num } from '../../lib/expression-number.ts'
import { columnNumber, isInside, LAST_COL, LAST_ROW, type Area } from './reference.ts'
import { SheetError, type Scalar } from './value.ts'

export type BinaryOp = '+' | '-' | '*' | '/' | '^' | '&' | '=' | '<>' | '<' | '<=' | '>' | '>='
/** The whole language of cells: no assignment, no LET or LAMBDA, no property, no way out of the sheet. */
export type Formula =
  | { type: 'value'; value: Scalar }
  | { type: 'area'; area: Area }
  | { type: 'name'; name: string }
  | { type: 'unary'; op: '-' | '+' | '%'; value: Formula }
  | { type: 'binary'; op: BinaryOp; left: Formula; right: Formula }
  | { type: 'call'; name: string; args: Formula[] }
  | { type: 'block'; rows: Scalar[][] }
  | { type: 'omitted' }

const MAX_LENGTH = 8192
export const MAX_DEPTH = 100

type Token = { kind: 'number' | 'text' | 'area' | 'name' | 'call' | 'error' | 'operator' | 'end'; text: string; at: number; area?: Area }

const RULES: [Token['kind'] | 'space', RegExp][] = [
  ['space', /\s+/y],
  ['text', /"((?:[^"]|"")*)"/y],
  ['error', /#(?:DIV\/0!|N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!)/iy],
  [
    'area',
    /(?:(?:'((?:[^']|'')+)'|([\p{L}_][\p{L}\p{N}_.]*))!)?(?:(\$?[a-z]{1,3}\$?\d{1,7})(?::(\$?[a-z]{1,3}\$?\d{1,7}))?|(\$?[a-z]{1,3}):(\$?[a-z]{1,3})|(\$?\d{1,7}):(\$?\d{1,7}))(?![\p{L}\p{N}_.(![])/iuy,
  ],
  ['number', /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ['call', /([\p{L}_][\p{L}\p{N}_.]*)\s*\(/uy],
  ['name', /[\p{L}_\\][\p{L}\p{N}_.\\]*/uy],
  ['operator', /<=|>=|<>|[-+*/^&=<>%(),;{}]/y],
]

function tokensOf(source: string, where: string): Token[] {
  const found: Token[] = []
  for (let at = 0; at < source.length;) {
    let match: RegExpExecArray | null = null
    for (const [kind, pattern] of RULES) {
      pattern.lastIndex = at
      match = pattern.exec(source)
      if (!match) continue
      if (kind === 'area') found.push({ kind, text: match[0], at, area: readArea(match) })
      else if (kind !== 'space') found.push({ kind, text: kind === 'text' ? (match[1] as string).replaceAll('""', '"') : (match[1] ?? match[0]), at })
      break
    }
    if (!match) throw unreadable(where, at, why(source[at] as string))
    at += match[0].length
  }
  found.push({ kind: 'end', text: '', at: source.length })
  return found
}

function readArea(match: RegExpExecArray): Area {
  const [, quoted, bare, first, second, colA, colB, rowA, rowB] = match.map((part) => part?.replaceAll('$', ''))
  const sheet = quoted?.replaceAll("''", "'") ?? bare
  const cell = (text: string) => {
    const [, letters = '', digits = ''] = /^([a-z]+)(\d+)$/i.exec(text) ?? []
    return { row: Number(digits), col: columnNumber(letters) }
  }
  let [from, to] = first
    ? [cell(first), cell(second ?? first)]
    : colA
      ? [
          { row: 1, col: columnNumber(colA) },
          { row: LAST_ROW, col: columnNumber(colB ?? colA) },
        ]
      : [
          { row: Number(rowA), col: 1 },
          { row: Number(rowB), col: LAST_COL },
        ]
  ;[from, to] = [
    { row: Math.min(from.row, to.row), col: Math.min(from.col, to.col) },
    { row: Math.max(from.row, to.row), col: Math.max(from.col, to.col) },
  ]
  return { from, to, ...(sheet === undefined ? {} : { sheet }) }
}

const why = (char: string) =>
  char === '.' || char === '[' ? 'properties and tables cannot be reached' : char === '"' ? 'the text is never closed' : `unexpected "${char}"`

const unreadable = (where: string, at: number, reason: string) => new HookError(`the formula cannot be read at character ${at + 1}: ${reason}`, where)

const POWERS: Record<string, number> = { '=': 1, '<>': 1, '<': 1, '<=': 1, '>': 1, '>=': 1, '&': 2, '+': 3, '-': 3, '*': 4, '/': 4, '^': 5 }

/**
 * Reads a formula without its `=`. Precedence is that of spreadsheets: a sign binds before a power (-2^2 = 4), powers go from
 * the left (2^3^2 = 64). What cannot be read is the caller's mistake, a HookError on `where`.
 */
export function parseFormula(source: string, where: string): Formula {
  if (source.length > MAX_LENGTH) throw new HookError(`the formula has ${source.length} characters; the limit is ${MAX_LENGTH}`, where)
  const list = tokensOf(source, where)
  let [at, depth] = [0, 0]
  const peek = () => list[at] as Token
  const isOperator = (text: string, token = peek()) => token.kind === 'operator' && token.text === text
  const take = (text: string) => isOperator(text) && (at++, true)
  const fail = (token = peek()) =>
    unreadable(
      where,
      token.at,
      token.kind === 'end' ? 'it ends too early' : token.text === ';' ? 'separate arguments by commas' : `unexpected "${token.text}"`,
    )
  const deeper = <T>(work: () => T): T => {
    if (++depth > MAX_DEPTH) throw new HookError(`the formula is nested more than ${MAX_DEPTH} deep`, where)
    const value = work()
    depth--
    return value
  }

  function expression(least: number): Formula {
    return deeper(() => {
      let left = signed()
      for (;;) {
        const token = peek()
        const power = token.kind === 'operator' && Object.hasOwn(POWERS, token.text) ? (POWERS[token.text] as number) : 0
        if (power === 0 || power < least) return left
        at++
        left = { type: 'binary', op: token.text as BinaryOp, left, right: power === 5 ? signed() : expression(power + 1) }
      }
    })
  }

  function signed(): Formula {
    const signs: ('-' | '+')[] = []
    while (isOperator('-') || isOperator('+')) signs.push((list[at++] as Token).text as '-' | '+')
    if (signs.length > MAX_DEPTH) throw new HookError(`the formula has more than ${MAX_DEPTH} signs in a row`, where)
    let value = primary()
    for (let count = 0; take('%'); count++) {
      if (count > 10) throw fail()
      value = { type: 'unary', op: '%', value }
    }
    for (const op of signs.reverse()) value = { type: 'unary', op, value }
    return value
  }

  function primary(): Formula {
    const token = list[at++] as Token
    switch (token.kind) {
      case 'number':
        return { type: 'value', value: numberOf(token.text) }
      case 'text':
        return { type: 'value', value: token.text }
      case 'error':
        return { type: 'value', value: new SheetError(token.text.toUpperCase()) }
      case 'area': {
        const area = token.area as Area
        if (!isInside(area.from) || !isInside(area.to))
          return { type: 'value', value: new SheetError('#REF!', `${token.text} lies outside the sheet`) }
        return { type: 'area', area }
      }
      case 'call':
        return call(token)
      case 'name':
        if (/^(true|false)$/i.test(token.text)) return { type: 'value', value: /^t/i.test(token.text) }
        return { type: 'name', name: token.text }
      default:
        if (token.text === '{') return block()
        if (token.text !== '(' || token.kind === 'end') throw fail(token)
    }
    const inner = expression(0)
    if (!take(')')) throw fail()
    return inner
  }

  function call(token: Token): Formula {
    const args: Formula[] = []
    if (!take(')')) {
      do args.push(isOperator(',') || isOperator(')') ? { type: 'omitted' } : expression(0))
      while (take(','))
      if (!take(')')) throw fail()
    }
    if (args.length > 255) throw new HookError('a function takes at most 255 arguments', where)
    return { type: 'call', name: token.text.toUpperCase().replace(/^_XLFN\.(_XLWS\.)?/, ''), args }
  }

  function block(): Formula {
    const rows: Scalar[][] = [[]]
    for (;;) {
      const isNegative = take('-')
      if (!isNegative) take('+')
      const token = list[at++] as Token
      const line = rows.at(-1) as Scalar[]
      if (token.kind === 'number') {
        const value = numberOf(token.text)
        line.push(isNegative && !(value instanceof SheetError) ? num(value as never).neg() : value)
      } else if (isNegative) throw fail(token)
      else if (token.kind === 'text') line.push(token.text)
      else if (token.kind === 'error') line.push(new SheetError(token.text.toUpperCase()))
      else if (token.kind === 'name' && /^(true|false)$/i.test(token.text)) line.push(/^t/i.test(token.text))
      else throw fail(token)
      if (take('}')) break
      if (take(';')) rows.push([])
      else if (!take(',')) throw fail()
    }
    if (rows.some((row) => row.length !== rows[0]?.length)) throw new HookError('the rows of an array { } differ in length', where)
    return { type: 'block', rows }
  }

  const tree = expression(0)
  if (peek().kind !== 'end') throw fail()
  return tree
}

function numberOf(text: string): Scalar {
  const value = /e[+-]?\d{5,}$/i.test(text) ? undefined : num(text)
  if (!value || value.e >= 308) return new SheetError('#NUM!', 'the number is too large')
  return value
}

/** Every area that a formula reads. Its own loop: a sum of two thousand terms is a tree two thousand deep. */
export function areasOf(root: Formula): Area[] {
  const found: Area[] = []
  const stack = [root]
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.type === 'area') found.push(node.area)
    else if (node.type === 'unary') stack.push(node.value)
    else if (node.type === 'binary') stack.push(node.right, node.left)
    // These ask where a cell is, not what it says.
    else if (node.type === 'call' && !/^(ROW|COLUMN|ROWS|COLUMNS)$/.test(node.name)) stack.push(...node.args)
    else if (node.type === 'call') stack.push(...node.args.filter((arg) => arg.type !== 'area'))
  }
  return found
}
