import { isoMoment } from './expression-iso.ts'
import { ExpressionError } from './expression-number.ts'

export type Token = {
  type: 'number' | 'date' | 'text' | 'name' | 'quoted' | 'operator' | 'end'
  text: string
  /** Where it starts, counted from 1, as shown to people. */
  at: number
}

export type LexOptions = {
  /** A calculator refuses `max(1,234, 5)`, where 1,234 may be one number or two; in a formula a comma in a call always separates. */
  refuseGroupsInCalls?: boolean
}

export const MAX_LENGTH = 5000

const NUMBER = /(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?/iy
const GROUPED = /\d{1,3}(,\d{3})+(?!\d)(\.\d+)?/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}_][\p{L}\p{N}_]*)*/uy
const BASED = /0x[0-9a-f]+|0b[01]+|0o[0-7]+/iy
const ISO_DATE = /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})?)?(?![\w.])/y
const OPERATOR = /\*\*|<=|>=|<>|!=|==|&&|\|\||:=|=>|\+\+|[-+*/^%!=<>&(),;{}?:@#~|\\.]/y
const SAME: Record<string, string> = { '×': '*', '·': '*', '÷': '/', '−': '-', '–': '-', '≤': '<=', '≥': '>=', '≠': '<>', π: 'PI' }

export function tokens(source: string, options: LexOptions = {}): Token[] {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`the expression has ${source.length} characters; the limit is ${MAX_LENGTH}`)
  const text = source.replace(/[×·÷−–≤≥≠π]/g, (sign) => SAME[sign] ?? sign).replaceAll('\u00a0', ' ')
  const found: Token[] = []
  const open: ('call' | 'group')[] = []
  let at = 0
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const push = (type: Token['type'], value: string, length: number) => {
    found.push({ type, text: value, at: at + 1 })
    at += length
  }
  while (at < text.length) {
    const char = text[at] as string
    if (/\s/.test(char)) {
      at++
      continue
    }
    const date = match(ISO_DATE)
    if (date && (found.at(-1)?.type !== 'operator' || found.at(-1)?.text !== '.')) {
      // 2024-03-05 written without quotes is a day, not 2024 less 3 less 5.
      if (isoMoment(date) === undefined)
        throw new ExpressionError(
          `"${date}" at character ${at + 1} looks like a date that does not exist; for a subtraction put spaces around the signs`,
        )
      push('date', date, date.length)
      continue
    }
    const based = match(BASED)
    if (based) {
      if (/[\w.]/.test(text[at + based.length] ?? ''))
        throw new ExpressionError(`"${based}" at character ${at + 1} is followed by what is no digit of it`)
      push('number', BigInt(based).toString(), based.length)
      continue
    }
    const grouped = match(GROUPED)
    if (grouped && (open.at(-1) !== 'call' || options.refuseGroupsInCalls)) {
      if (open.at(-1) === 'call') {
        throw new ExpressionError(
          `"${grouped}" at character ${at + 1} could be one number or several: write ${grouped.replaceAll(',', '')}, or put a space after each comma`,
        )
      }
      push('number', grouped.replaceAll(',', ''), grouped.length)
      continue
    }
    const number = match(NUMBER)
    if (number) {
      if (text[at + number.length] === '.' || number.endsWith('.'))
        throw new ExpressionError(`"${number}" at character ${at + 1} is not a number: too many dots, or nothing after the dot`)
      push('number', number, number.length)
      continue
    }
    if (char === '"' || char === "'" || char === '`' || char === '[') {
      const { value, length } = quoted(text, at, char)
      push(char === '"' || char === "'" ? 'text' : 'quoted', value, length)
      continue
    }
    if (char === '$' || char === '€' || char === '£') {
      // A currency sign in front of a number says nothing to the sum.
      if (!/^\s*[\d.]/.test(text.slice(at + 1))) throw new ExpressionError(`unexpected "${char}" at character ${at + 1}`)
      at++
      continue
    }
    const name = match(NAME)
    if (name) {
      push('name', name, name.length)
      continue
    }
    const operator = match(OPERATOR)
    if (!operator) throw new ExpressionError(`unexpected "${String.fromCodePoint(text.codePointAt(at) ?? 0)}" at character ${at + 1}`)
    if (operator === '(') open.push(found.at(-1)?.type === 'name' && !isWordOperator(found.at(-1)?.text) ? 'call' : 'group')
    if (operator === ')') open.pop()
    push('operator', operator, operator.length)
  }
  found.push({ type: 'end', text: '', at: text.length + 1 })
  return found
}

function quoted(text: string, start: number, mark: string): { value: string; length: number } {
  const close = mark === '[' ? ']' : mark
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== close) value += text[at]
    else if (text[at + 1] === close) {
      value += close
      at++
    } else return { value, length: at - start + 1 }
  }
  throw new ExpressionError(`the ${mark} at character ${start + 1} is never closed`)
}

export function isWordOperator(text: string | undefined): boolean {
  return text !== undefined && /^(of|mod|not)$/i.test(text)
}
