import { applyFormat } from '../../lib/expression-format.ts'
import { num } from '../../lib/expression-number.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { cellsOf, each, values, type SheetFunctions } from './function.ts'
import { roundTo } from './functions-math.ts'
import { boundedText, type Grid, MAX_TEXT, readNumber, SheetError, toBoolean, toNumber, toText, toWhole, type Scalar } from './value.ts'
import { Decimal } from 'decimal.js'
import { hasWildcard, wildcardParts } from '../../lib/wildcard.ts'

const fail = (message: string): never => {
  throw new SheetError('#VALUE!', message)
}
// Characters, not UTF-16 units: LEFT of an emoji must not cut it in half.
const characters = (value: Scalar | undefined) => [...toText(value)]
const isGiven = (value: Scalar | undefined): value is Exclude<Scalar, null> => value !== undefined && value !== null

function count(value: Scalar | undefined, otherwise: number): number {
  const number = value === undefined ? otherwise : toWhole(value)
  return number < 0 ? fail('a number of characters must not be negative') : number
}

function find(args: Scalar[], search: (inside: string[], wanted: string, from: number) => number): Scalar {
  const inside = characters(args[1])
  const from = args[2] === undefined ? 1 : toWhole(args[2])
  if (from < 1 || from > inside.length + 1) return fail('the start lies outside the text')
  const at = search(inside, toText(args[0]), from - 1)
  return at < 0 ? fail(`"${toText(args[0]).slice(0, 40)}" is not in the text`) : num(at + 1)
}

const indexIn = (inside: string[], wanted: string, from: number): number => {
  const at = inside.slice(from).join('').indexOf(wanted)
  return at < 0 ? -1 : from + [...inside.slice(from).join('').slice(0, at)].length
}

/**
 * The first place where the pattern begins. The parts between stars are looked for one after the other, each as early as it can
 * be; when one is missing behind the first place that fits, it is missing behind every later one.
 */
function searchIn(inside: string[], wanted: string, from: number): number {
  const lower = inside.map((char) => char.toLowerCase())
  if (!hasWildcard(wanted)) return indexIn(lower, wanted.toLowerCase(), from)
  const parts = wildcardParts(wanted)
  const fits = (part: { sign: string; any: boolean }[], at: number) =>
    at + part.length <= lower.length && part.every((rule, index) => rule.any || rule.sign === lower[at + index])
  let [start, at] = [-1, from]
  for (const part of parts) {
    while (at + part.length <= lower.length && !fits(part, at)) at++
    if (!fits(part, at)) return -1
    if (start < 0) start = at
    at += part.length
  }
  return start
}

function substitute([value, old, fresh, which]: Scalar[]): string {
  const [text, from, to] = [toText(value), toText(old), toText(fresh)]
  if (from === '') return text
  const parts = text.split(from)
  if (which === undefined) {
    if (text.length + (parts.length - 1) * to.length > 2 * MAX_TEXT) fail('the text would be too long')
    return boundedText(parts.join(to))
  }
  const place = toWhole(which)
  if (place < 1) fail('the occurrence must be 1 or more')
  if (place >= parts.length) return text
  return boundedText(parts.slice(0, place).join(from) + to + parts.slice(place).join(from))
}

/** Fixed decimals; `digits` below zero round to tens. */
function fixed(value: Decimal, digits: number, isGrouped: boolean): string {
  if (Math.abs(digits) > 127) fail('at most 127 decimals')
  const rounded = roundTo(value, digits, Decimal.ROUND_HALF_UP)
  const [whole = '', decimals] = rounded.abs().toFixed(Math.max(0, digits)).split('.')
  const shown = isGrouped ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole
  return `${rounded.isNegative() && !rounded.isZero() ? '-' : ''}${shown}${decimals ? `.${decimals}` : ''}`
}

function formatted([value = null, format = null]: Scalar[]): string {
  const pattern = toText(format)
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  const number = typeof value === 'string' ? readNumber(value) : toNumber(value)
  if (number) return /^general$/i.test(pattern.trim()) && typeof value !== 'string' ? applyFormat(number, 'General') : applyFormat(number, pattern)
  // Text goes through the fourth section, or @, or stays as it is.
  const sections = pattern.split(';')
  const own = sections.length === 4 ? (sections[3] as string) : sections.length === 1 && pattern.includes('@') ? pattern : '@'
  return own.replace(/"([^"]*)"/g, '$1').replaceAll('@', () => toText(value))
}

function numberValue([value, decimal, group]: Scalar[]): Scalar {
  const point = decimal === undefined ? '.' : toText(decimal).charAt(0)
  const comma = group === undefined ? ',' : toText(group).charAt(0)
  let body = toText(value).replace(/\s/g, '')
  if (body === '') return num(0)
  const percents = /%*$/.exec(body)?.[0].length ?? 0
  body = body.slice(0, body.length - percents)
  const [whole = '', ...rest] = body.split(point)
  if (rest.length > 1 || rest.join('').includes(comma)) fail('the text is not a number')
  const plain = whole.replaceAll(comma, '') + (rest.length > 0 ? `.${rest[0]}` : '')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain)) fail(`"${toText(value).slice(0, 40)}" is not a number`)
  return num(plain).div(num(100).pow(percents))
}

const texts = (args: (Scalar | Grid | undefined)[]): string[] => args.flatMap((arg) => cellsOf(arg).map((item) => toText(item)))

/** The 27 characters of Windows-1252 that differ from Unicode; CHAR and CODE speak it. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

export const textFunctions: SheetFunctions = {
  LEFT: each(1, 2, ([value, length]) => characters(value).slice(0, count(length, 1)).join('')),
  RIGHT: each(1, 2, ([value, length]) => {
    const list = characters(value)
    return list.slice(Math.max(0, list.length - count(length, 1))).join('')
  }),
  MID: each(3, 3, ([value, start, length]) => {
    const from = toWhole(start)
    if (from < 1) fail('the start must be 1 or more')
    return characters(value)
      .slice(from - 1, from - 1 + count(length, 0))
      .join('')
  }),
  LEN: each(1, 1, ([value]) => num(characters(value).length)),
  FIND: each(2, 3, (args) => find(args, indexIn)),
  SEARCH: each(2, 3, (args) => find(args, searchIn)),
  SUBSTITUTE: each(3, 4, substitute),
  REPLACE: each(4, 4, ([value, start, length, fresh]) => {
    const list = characters(value)
    const from = toWhole(start)
    if (from < 1) fail('the start must be 1 or more')
    return boundedText([...list.slice(0, from - 1), toText(fresh), ...list.slice(from - 1 + count(length, 0))].join(''))
  }),
  TRIM: each(1, 1, ([value]) => toText(value).replace(/ +/g, ' ').replace(/^ | $/g, '')),
  // oxlint-disable-next-line no-control-regex -- control characters are what CLEAN takes away
  CLEAN: each(1, 1, ([value]) => toText(value).replace(/[\x00-\x1f]/g, '')),
  PROPER: each(1, 1, ([value]) =>
    toText(value)
      .toLowerCase()
      .replace(/(^|[^\p{L}\p{M}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  ),
  UPPER: each(1, 1, ([value]) => toText(value).toUpperCase()),
  LOWER: each(1, 1, ([value]) => toText(value).toLowerCase()),
  CONCAT: values(1, 255, (args) => boundedText(texts(args).join(''))),
  CONCATENATE: each(1, 255, (args) => boundedText(args.map((arg) => toText(arg)).join(''))),
  TEXTJOIN: values(3, 255, ([separator, skipBlank, ...rest]) => {
    const separators = texts([separator])
    const list = toBoolean(skipBlank ?? null) ? texts(rest).filter((text) => text !== '') : texts(rest)
    return boundedText(list.map((text, at) => (at === 0 ? '' : (separators[(at - 1) % separators.length] ?? '')) + text).join(''))
  }),
  REPT: each(2, 2, ([value, times]) => {
    const [text, number] = [toText(value), toWhole(times)]
    if (number < 0 || text.length * number > MAX_TEXT) fail(`a cell holds at most ${MAX_TEXT} characters, and no negative number of times`)
    return text.repeat(number)
  }),
  EXACT: each(2, 2, ([a, b]) => toText(a) === toText(b)),
  CHAR: each(1, 1, ([code]) => {
    const number = toWhole(code)
    if (number < 1 || number > 255) fail('CHAR is known from 1 to 255')
    return number >= 128 && number < 160 ? (WINDOWS[number - 128] as string) : String.fromCharCode(number)
  }),
  CODE: each(1, 1, ([value]) => {
    const first = toText(value).codePointAt(0) ?? fail('the text is empty')
    const known = WINDOWS.indexOf(String.fromCodePoint(first))
    return num(known >= 0 ? known + 128 : first < 256 ? first : 63)
  }),
  UNICHAR: each(1, 1, ([code]) => {
    const number = toWhole(code)
    if (number < 1 || number > 0x10ffff || (number >= 0xd800 && number < 0xe000)) fail('there is no such character')
    return String.fromCodePoint(number)
  }),
  UNICODE: each(1, 1, ([value]) => num(toText(value).codePointAt(0) ?? fail('the text is empty'))),
  VALUE: each(1, 1, ([value]) => {
    if (isNumber(value)) return value
    if (typeof value === 'boolean') return fail('TRUE and FALSE are not text')
    return value === null ? num(0) : (readNumber(toText(value)) ?? fail(`"${toText(value).slice(0, 40)}" is not a number`))
  }),
  NUMBERVALUE: each(1, 3, numberValue),
  FIXED: each(1, 3, ([value, digits, plain]) =>
    fixed(toNumber(value), digits === undefined ? 2 : toWhole(digits), !isGiven(plain) || !toBoolean(plain)),
  ),
  DOLLAR: each(1, 2, ([value, digits]) => {
    const text = fixed(toNumber(value), digits === undefined ? 2 : toWhole(digits), true)
    return text.startsWith('-') ? `($${text.slice(1)})` : `$${text}`
  }),
  TEXT: each(2, 2, formatted),
  T: each(1, 1, ([value]) => (typeof value === 'string' ? value : '')),
  TEXTBEFORE: each(2, 3, ([value, mark, which]) => split(value, mark, which).before),
  TEXTAFTER: each(2, 3, ([value, mark, which]) => split(value, mark, which).after),
}

function split(value: Scalar | undefined, mark: Scalar | undefined, which: Scalar | undefined): { before: string; after: string } {
  const [text, separator, place] = [toText(value), toText(mark), which === undefined ? 1 : toWhole(which)]
  if (place === 0 || separator === '') fail('the delimiter must not be empty, nor the occurrence 0')
  const parts = text.split(separator)
  const at = place > 0 ? place : parts.length + place
  if (at < 1 || at >= parts.length) throw new SheetError('#N/A', `"${separator.slice(0, 40)}" is not in the text that often`)
  return { before: parts.slice(0, at).join(separator), after: parts.slice(at).join(separator) }
}
