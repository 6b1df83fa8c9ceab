import { Decimal } from 'decimal.js'
import { formatMoment, isDateFormat } from './expression-format-date.ts'
import { formatTokens, type FormatToken } from './expression-format-tokens.ts'
import { isoMoment } from './expression-iso.ts'
import { ExpressionError, num, parseNumberText, snapped, ZERO } from './expression-number.ts'
import { isNumber, shorten, toText, type Scalar } from './expression-value.ts'
import { momentOf } from './expression-serial.ts'

/** TEXT(value, format) of the expression language: dates are ISO text there, and other text that is no number is refused. */
export function formatValue(value: Scalar, format: string): string {
  const isDate = isDateFormat(format)
  if (typeof value === 'string' && isDate) {
    const moment = isoMoment(value)
    if (moment === undefined) throw new ExpressionError(`TEXT: "${shorten(value)}" is not an ISO date; dates are text like 2024-03-05`)
    const at = new Date(moment)
    return formatMoment(formatTokens(format.split(';')[0] as string), (step) => {
      const whole = new Date(Math.round(at.getTime() / step) * step)
      return {
        year: whole.getUTCFullYear(),
        month: whole.getUTCMonth() + 1,
        day: whole.getUTCDate(),
        weekday: whole.getUTCDay(),
        hour: whole.getUTCHours(),
        minute: whole.getUTCMinutes(),
        second: whole.getUTCSeconds(),
        millisecond: whole.getUTCMilliseconds(),
      }
    })
  }
  if (/^(@|general)$/i.test(format.trim())) return toText(value)
  const number = isNumber(value) ? value : typeof value === 'string' ? parseNumberText(value) : undefined
  if (!number) throw new ExpressionError(`TEXT: "${shorten(toText(value))}" is not a number`)
  return applyFormat(number, format)
}

/** A number under a format of spreadsheets: sections for positive, negative, zero and text, or with conditions such as [<1000]. */
export function applyFormat(given: Decimal, format: string): string {
  if (format.length > 255) throw new ExpressionError('the format is longer than 255 characters', '#VALUE!')
  if (format === '') return given.isNegative() && !given.isZero() ? '-' : ''
  const value = snapped(given)
  const sections = splitSections(format).map((text) => formatTokens(text))
  if (sections.length > 4) throw notUnderstood(format)
  const { tokens, keepSign } = choose(sections, value)
  const shown = keepSign ? value : value.abs()
  if (tokens.some((token) => token.kind === 'general'))
    return tokens.map((token) => (token.kind === 'general' ? general(shown) : token.text)).join('')
  if (tokens.some((token) => token.kind === 'date')) {
    if (value.isNegative() && !value.isZero()) throw new ExpressionError('a date cannot be negative', '#VALUE!')
    return formatMoment(tokens, (step) => momentOf(value, step), value)
  }
  // As in Excel, a small negative number keeps its sign where the format rounds it to zero: -0.00.
  const sign = keepSign && value.isNegative() && !value.isZero() ? '-' : ''
  return sign + formatDigits(shown.abs(), tokens, format)
}

function splitSections(format: string): string[] {
  const parts = ['']
  for (let at = 0; at < format.length; at++) {
    const char = format[at] as string
    if (char === '"') {
      const end = format.indexOf('"', at + 1)
      const stop = end < 0 ? format.length : end
      parts[parts.length - 1] += format.slice(at, stop + 1)
      at = stop
    } else if (char === '\\') {
      parts[parts.length - 1] += format.slice(at, at + 2)
      at++
    } else if (char === ';') parts.push('')
    else parts[parts.length - 1] += char
  }
  return parts
}

type Chosen = { tokens: FormatToken[]; keepSign: boolean }

function choose(sections: FormatToken[][], value: Decimal): Chosen {
  const first = sections[0] as FormatToken[]
  const condition = (tokens: FormatToken[]) => tokens.find((token) => token.kind === 'condition')
  if (sections.some((tokens) => condition(tokens))) {
    for (const tokens of sections) {
      const test = condition(tokens)
      if (!test || holds(test.text, value)) return { tokens, keepSign: true }
    }
    throw new ExpressionError('no part of the format applies to the number', '#VALUE!')
  }
  // The text section of "0;-0;0;@" says nothing about numbers.
  const numeric =
    sections.length === 4 || (sections.length > 1 && sections.at(-1)?.some((token) => token.kind === 'text')) ? sections.slice(0, -1) : sections
  if (numeric.length >= 3 && value.isZero()) return { tokens: numeric[2] as FormatToken[], keepSign: false }
  if (numeric.length >= 2 && value.isNegative() && !value.isZero()) return { tokens: numeric[1] as FormatToken[], keepSign: false }
  return { tokens: first, keepSign: true }
}

function holds(test: string, value: Decimal): boolean {
  const [, operator = '', operand = '0'] = /^(<=|>=|<>|<|>|=)(-?[\d.]+)$/.exec(test) ?? []
  const sign = value.cmp(operand)
  return { '<': sign < 0, '<=': sign <= 0, '>': sign > 0, '>=': sign >= 0, '=': sign === 0, '<>': sign !== 0 }[operator] ?? false
}

const notUnderstood = (format: string) =>
  new ExpressionError(`TEXT: the format "${shorten(format)}" is not understood; use forms such as 0.00, #,##0.00, 0% or yyyy-mm-dd`, '#VALUE!')

/** Text of a number without a format of its own, as wide as a cell shows: 11 characters. */
export function general(value: Decimal): string {
  if (value.isZero()) return '0'
  const size = value.abs()
  if (size.gte('1e11') || size.lt('1e-9')) {
    const [digits = '', power = ''] = value.toSignificantDigits(6).toExponential().split('e')
    return `${digits}E${power.replace(/^([+-])(\d)$/, '$10$2')}`
  }
  const whole = size.trunc().toFixed().length
  const text = value.toDecimalPlaces(Math.max(0, 10 - whole)).toFixed()
  return text === '-0' ? '0' : text
}

function formatDigits(value: Decimal, tokens: FormatToken[], format: string): string {
  const digits = tokens.filter((token) => token.kind === 'digit')
  if (digits.length === 0) {
    if (tokens.some((token) => token.kind === 'text'))
      return tokens.map((token) => (token.kind === 'text' ? general(value) : literal(token))).join('')
    if (tokens.some((token) => ['point', 'exponent', 'slash'].includes(token.kind))) throw notUnderstood(format)
    return tokens.map(literal).join('')
  }
  const percents = tokens.filter((token) => token.kind === 'percent').length
  const scaled = value.mul(num(100).pow(percents))
  const slash = tokens.findIndex((token) => token.kind === 'slash')
  if (slash >= 0) return fraction(scaled, tokens, slash, format)
  const exponent = tokens.findIndex((token) => token.kind === 'exponent')
  if (exponent >= 0) return scientific(scaled, tokens, exponent)
  return plainDigits(scaled, tokens)
}

const literal = (token: FormatToken) => (token.kind === 'literal' || token.kind === 'percent' ? token.text : token.kind === 'space' ? ' ' : '')

function plainDigits(value: Decimal, tokens: FormatToken[]): string {
  const point = tokens.findIndex((token) => token.kind === 'point')
  const [left, right] = point < 0 ? [tokens, []] : [tokens.slice(0, point), tokens.slice(point + 1)]
  const lastDigit = left.findLastIndex((token) => token.kind === 'digit')
  const firstDigit = left.findIndex((token) => token.kind === 'digit')
  const isGrouped = left.some((token, at) => token.kind === 'comma' && at > firstDigit && at < lastDigit)
  // Commas behind the last digit divide by a thousand each.
  const scale = tokens.filter((token, at) => token.kind === 'comma' && at > tokens.findLastIndex((one) => one.kind === 'digit')).length
  const trailing = point < 0 ? 0 : left.filter((token, at) => token.kind === 'comma' && at > lastDigit).length
  const scaled = value.div(num(1000).pow(scale + trailing))
  const places = right.filter((token) => token.kind === 'digit').length
  const [whole = '0', decimals = ''] = scaled.toFixed(places, Decimal.ROUND_HALF_UP).split('.')
  const before = wholePart(whole === '0' ? '' : whole, left, isGrouped)
  const after = fractionPart(decimals, right)
  return before + (point < 0 ? '' : `.${after}`)
}

/** Fills the places from the right; what is left over stands at the first place. */
function wholePart(digits: string, tokens: FormatToken[], isGrouped: boolean): string {
  const places = tokens.flatMap((token, at) => (token.kind === 'digit' ? [at] : []))
  let rest = digits
  let written = 0
  const parts = tokens.map(literal)
  const put = (char: string) => {
    const comma = isGrouped && written > 0 && written % 3 === 0 && char !== '' && char !== ' ' ? ',' : ''
    if (char !== '') written++
    return char + comma
  }
  for (const at of places.toReversed()) {
    const filler = { 0: '0', '?': ' ' }[tokens[at]?.text ?? ''] ?? ''
    let text = put(rest === '' ? filler : (rest.at(-1) as string))
    rest = rest.slice(0, -1)
    if (at === places[0]) for (; rest !== ''; rest = rest.slice(0, -1)) text = put(rest.at(-1) as string) + text
    parts[at] = text
  }
  return parts.join('')
}

function fractionPart(decimals: string, tokens: FormatToken[]): string {
  let at = 0
  const rest = (from: number) => /^0*$/.test(decimals.slice(from))
  return tokens
    .map((token) => {
      if (token.kind !== 'digit') return literal(token)
      const isTail = rest(at)
      const char = decimals[at++] ?? '0'
      if (!isTail || token.text === '0') return char
      return token.text === '?' ? ' ' : ''
    })
    .join('')
}

function scientific(value: Decimal, tokens: FormatToken[], at: number): string {
  const mantissa = tokens.slice(0, at)
  const point = mantissa.findIndex((token) => token.kind === 'point')
  const wholes = Math.max(1, mantissa.slice(0, point < 0 ? undefined : point).filter((token) => token.kind === 'digit').length)
  const places = point < 0 ? 0 : mantissa.slice(point).filter((token) => token.kind === 'digit').length
  const powerOf = (number: Decimal) => (number.isZero() ? 0 : Math.floor(number.e / wholes) * wholes)
  let power = powerOf(value)
  let shown = value.div(num(10).pow(power)).toDecimalPlaces(places, Decimal.ROUND_HALF_UP)
  if (shown.gte(num(10).pow(wholes))) {
    power = powerOf(shown.mul(num(10).pow(power)))
    shown = value.div(num(10).pow(power)).toDecimalPlaces(places, Decimal.ROUND_HALF_UP)
  }
  const front = plainDigits(shown, mantissa)
  const width = tokens.slice(at + 1).filter((token) => token.kind === 'digit').length
  const sign = power < 0 ? '-' : tokens[at]?.text === 'E+' ? '+' : ''
  const tail = tokens
    .slice(at + 1)
    .map(literal)
    .join('')
  return `${front}E${sign}${String(Math.abs(power)).padStart(width, '0')}${tail}`
}

/** "# ?/?" and "# ??/16": the nearest fraction whose denominator has that many digits, or is that number. */
function fraction(value: Decimal, tokens: FormatToken[], slash: number, format: string): string {
  let from = slash
  while (tokens[from - 1]?.kind === 'digit') from--
  const over = tokens.slice(from, slash)
  const after = tokens.slice(slash + 1)
  const fixed = /^(\d+)/.exec(after.map((token) => (token.kind === 'literal' || token.kind === 'digit' ? token.text : ' ')).join(''))?.[1]
  const isFixed = fixed !== undefined && /[1-9]/.test(fixed)
  const width = after.filter((token) => token.kind === 'digit').length
  if (over.length === 0 || (!isFixed && (width === 0 || width > 5))) throw notUnderstood(format)
  const head = tokens.slice(0, from)
  const hasWhole = head.some((token) => token.kind === 'digit')
  const whole = hasWhole ? value.trunc() : ZERO
  const [closest, under] = isFixed
    ? [value.minus(whole).mul(fixed).toDecimalPlaces(0, Decimal.ROUND_HALF_UP), num(fixed)]
    : nearest(value.minus(whole), 10 ** width - 1)
  const isFull = hasWhole && closest.eq(under)
  const [carried, top] = isFull ? [whole.plus(1), ZERO] : [whole, closest]
  const front = hasWhole ? wholePart(carried.isZero() && !top.isZero() ? '' : carried.toFixed(), head, false) : head.map(literal).join('')
  const bottom = under.toFixed()
  const part = `${top.toFixed().padStart(over.length, ' ')}/${bottom.padEnd(width, ' ')}`
  // A whole number leaves the place of its fraction blank.
  const text = hasWhole && top.isZero() ? ' '.repeat(part.length) : part
  return front + text
}

function nearest(value: Decimal, most: number): [Decimal, Decimal] {
  let best: [Decimal, Decimal] = [value.toDecimalPlaces(0, Decimal.ROUND_HALF_UP), num(1)]
  let error = value.minus(best[0]).abs()
  for (let under = 2; under <= Math.min(most, 99_999) && !error.isZero(); under++) {
    const top = value.mul(under).toDecimalPlaces(0, Decimal.ROUND_HALF_UP)
    const off = value.minus(top.div(under)).abs()
    if (off.lt(error)) [best, error] = [[top, num(under)], off]
  }
  return best
}
