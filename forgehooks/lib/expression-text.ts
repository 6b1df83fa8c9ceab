import { each, named, type FunctionTable } from './expression-function.ts'
import { formatValue } from './expression-format.ts'
import { ExpressionError, num, parseNumberText } from './expression-number.ts'
import { boundedText, isBlank, needInteger, shorten, toNumber, toText, type Scalar } from './expression-value.ts'

const MOST = 100_000
// Characters, not UTF-16 units: LEFT of an emoji must not cut it in half.
const characters = (value: Scalar | undefined) => [...toText(value ?? null)]

function count(value: Scalar | undefined, name: string) {
  return value === undefined ? 1 : needInteger(value, name, 0, MOST)
}

function find(args: Scalar[], fold: (text: string) => string): Scalar {
  const [wanted = null, inside = null, start] = args
  const from = start === undefined ? 0 : needInteger(start, 'the start', 1, MOST) - 1
  const at = fold(toText(inside)).indexOf(fold(toText(wanted)), from)
  if (at < 0) throw new ExpressionError(`"${shorten(toText(wanted))}" is not in "${shorten(toText(inside))}"`)
  return num(at + 1)
}

const lower = (value: Scalar | undefined) => toText(value ?? null).toLowerCase()

export const textFunctions: FunctionTable = {
  ...named(
    'CONCAT CONCATENATE',
    each(1, Infinity, (args) => boundedText(args.map(toText).join(''))),
  ),
  LEFT: each(1, 2, ([value, length]) => characters(value).slice(0, count(length, 'the number of characters')).join('')),
  RIGHT: each(1, 2, ([value, length]) => {
    const list = characters(value)
    return list.slice(Math.max(0, list.length - count(length, 'the number of characters'))).join('')
  }),
  MID: each(3, 3, ([value, start, length]) => {
    const from = needInteger(start, 'the start', 1, MOST) - 1
    return characters(value)
      .slice(from, from + needInteger(length, 'the number of characters', 0, MOST))
      .join('')
  }),
  LEN: each(1, 1, ([value]) => num(characters(value).length)),
  // oxlint-disable-next-line no-control-regex -- control characters are what CLEAN takes away
  CLEAN: each(1, 1, ([value]) => toText(value as Scalar).replace(/[\x00-\x1f]/g, '')),
  UPPER: each(1, 1, ([value]) => toText(value as Scalar).toUpperCase()),
  LOWER: each(1, 1, ([value]) => lower(value)),
  PROPER: each(1, 1, ([value]) =>
    lower(value).replace(/(^|[^\p{L}\p{M}])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
  ),
  TRIM: each(1, 1, ([value]) =>
    toText(value as Scalar)
      .trim()
      .replace(/ +/g, ' '),
  ),
  REPT: each(2, 2, ([value, times]) => {
    const text = toText(value as Scalar)
    const number = needInteger(times, 'the number of times', 0, MOST)
    if (text.length * number > MOST) throw new ExpressionError(`REPT would make ${text.length * number} characters; the limit is ${MOST}`)
    return text.repeat(number)
  }),
  SUBSTITUTE: each(3, 4, ([value, old, fresh, which]) => {
    const [text, from, to] = [toText(value as Scalar), toText(old as Scalar), toText(fresh as Scalar)]
    if (from === '') return text
    const parts = text.split(from)
    if (which === undefined) {
      if (text.length + (parts.length - 1) * to.length > 2 * MOST) throw new ExpressionError('SUBSTITUTE would make a text that is too long')
      return boundedText(parts.join(to))
    }
    const place = needInteger(which, 'the occurrence', 1, MOST)
    if (place >= parts.length) return text
    return boundedText(parts.slice(0, place).join(from) + to + parts.slice(place).join(from))
  }),
  REPLACE: each(4, 4, ([value, start, length, fresh]) => {
    const list = characters(value)
    const from = needInteger(start, 'the start', 1, MOST) - 1
    return boundedText([...list.slice(0, from), toText(fresh as Scalar), ...list.slice(from + needInteger(length, 'the length', 0, MOST))].join(''))
  }),
  FIND: each(2, 3, (args) => find(args, (text) => text)),
  SEARCH: each(2, 3, (args) => find(args, (text) => text.toLowerCase())),
  CONTAINS: each(2, 2, ([value, part]) => lower(value).includes(lower(part))),
  STARTSWITH: each(2, 2, ([value, part]) => lower(value).startsWith(lower(part))),
  ENDSWITH: each(2, 2, ([value, part]) => lower(value).endsWith(lower(part))),
  EXACT: each(2, 2, ([a, b]) => toText(a as Scalar) === toText(b as Scalar)),
  TEXT: each(2, 2, ([value, format]) => (isBlank(value as Scalar) ? '' : formatValue(value as Scalar, toText(format as Scalar)))),
  ...named(
    'VALUE NUMBER',
    each(1, 2, ([value, otherwise]) => {
      if (otherwise !== undefined && typeof value === 'string' && parseNumberText(value) === undefined) return otherwise
      return toNumber(value as Scalar)
    }),
  ),
}
