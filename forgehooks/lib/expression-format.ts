import { Decimal } from 'decimal.js'
import { DateTime } from 'luxon'
import { isoMoment } from './expression-compare.ts'
import { ExpressionError, parseNumberText } from './expression-number.ts'
import { isNumber, shorten, toText, type Scalar } from './expression-value.ts'

const DATE_TOKENS: Record<string, string> = {
  yyyy: 'yyyy',
  yy: 'yy',
  mmmm: 'LLLL',
  mmm: 'LLL',
  mm: 'LL',
  m: 'L',
  dddd: 'cccc',
  ddd: 'ccc',
  dd: 'dd',
  d: 'd',
  s: 's',
  ss: 'ss',
}

/** TEXT(value, format) with the formats of spreadsheets: 0.00, #,##0.00, 0.0%, "R$ "#,##0.00 and yyyy-mm-dd, mmm d, hh:mm AM/PM. */
export function formatValue(value: Scalar, format: string): string {
  if (format.length > 100) throw new ExpressionError('the format is longer than 100 characters')
  const bare = format.replace(/"[^"]*"/g, '')
  if (/[ymdhs]/i.test(bare) && !/[0#]/.test(bare)) return formatDate(value, format)
  if (/^(@|general)$/i.test(format.trim())) return toText(value)
  const number = isNumber(value) ? value : typeof value === 'string' ? parseNumberText(value) : undefined
  if (!number) throw new ExpressionError(`TEXT: "${shorten(toText(value))}" is not a number`)
  return formatNumber(number, format)
}

function formatNumber(value: Decimal, format: string): string {
  const [positive = '', negative] = format.split(';')
  const pattern = value.isNegative() && negative !== undefined ? negative : positive
  const match = /^((?:"[^"]*"|[^0#,.%"])*)([#0,]+)?(\.[0#]*)?(%?)((?:"[^"]*"|[^0#])*)$/.exec(pattern)
  if (!match || (match[2] === undefined && match[3] === undefined))
    throw new ExpressionError(`TEXT: the format "${format}" is not understood; use forms such as 0.00, #,##0.00, 0% or yyyy-mm-dd`)
  const [, before = '', whole = '', fraction = '', percent = '', after = ''] = match
  const least = (fraction.match(/0/g) ?? []).length
  const most = Math.max(0, fraction.length - 1)
  const scaled = (percent ? value.mul(100) : value).abs()
  let [digits = '0', decimals = ''] = scaled.toFixed(most, Decimal.ROUND_HALF_UP).split('.')
  while (decimals.length > least && decimals.endsWith('0')) decimals = decimals.slice(0, -1)
  digits = digits.padStart((whole.match(/0/g) ?? []).length, '0')
  if (digits === '0' && !whole.includes('0')) digits = ''
  if (whole.includes(',')) digits = digits.replace(/\B(?=(\d{3})+$)/g, ',')
  const isNegative = value.isNegative() && negative === undefined && /[1-9]/.test(digits + decimals)
  const plain = (text: string) => text.replaceAll('"', '').replaceAll('\\', '')
  return `${isNegative ? '-' : ''}${plain(before)}${digits}${decimals ? `.${decimals}` : ''}${percent}${plain(after)}`
}

function formatDate(value: Scalar, format: string): string {
  const moment = typeof value === 'string' ? isoMoment(value) : undefined
  if (moment === undefined) throw new ExpressionError(`TEXT: "${shorten(toText(value))}" is not an ISO date; dates are text like 2024-03-05`)
  const date = DateTime.fromMillis(moment, { zone: 'utc', locale: 'en-US' })
  const half = /am\/pm/i.test(format)
  const parts = format.match(/"[^"]*"|am\/pm|y+|m+|d+|h+|s+|[^ymdhs"]+|"/gi) ?? []
  return parts
    .map((part, at) => {
      const token = part.toLowerCase()
      if (token === 'am/pm') return date.toFormat('a')
      if (token === 'h' || token === 'hh') return date.toFormat(half ? token : token.toUpperCase())
      if ((token === 'm' || token === 'mm') && isMinute(parts, at)) return date.toFormat(token)
      if (/^[ymds]/.test(token)) {
        const known = DATE_TOKENS[token]
        if (!known) throw new ExpressionError(`TEXT: "${part}" in the format is not understood`)
        return date.toFormat(known)
      }
      return part.replaceAll('"', '')
    })
    .join('')
}

/** m means minutes after hours or before seconds, months elsewhere. */
function isMinute(parts: string[], at: number): boolean {
  const letters = (step: number) => {
    for (let index = at + step; index >= 0 && index < parts.length; index += step)
      if (/^[ymdhs]/i.test(parts[index] as string)) return (parts[index] as string).toLowerCase()
    return ''
  }
  return letters(-1).startsWith('h') || letters(1).startsWith('s')
}
