import type { Decimal } from 'decimal.js'
import { formatTokens, type FormatToken } from './expression-format-tokens.ts'
import { ExpressionError } from './expression-number.ts'
import type { Moment } from './expression-serial.ts'

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const pad = (value: number, width: number) => String(value).padStart(width, '0')

export function isDateFormat(format: string): boolean {
  const tokens = formatTokens(format.replace(/;.*$/s, ''))
  return tokens.some((token) => token.kind === 'date')
}

/** `at` gives the moment rounded to what is shown, in milliseconds; `elapsed` is the serial that [h] counts. */
export function formatMoment(tokens: FormatToken[], at: (step: number) => Moment, elapsed?: Decimal): string {
  const decimals = Math.max(0, ...tokens.map((token) => (token.kind === 'date' ? (/\.(0+)$/.exec(token.text)?.[1]?.length ?? 0) : 0)))
  if (decimals > 3) throw new ExpressionError('TEXT: seconds have at most three decimals', '#VALUE!')
  const step = 1000 / 10 ** decimals
  const moment = at(step)
  const isHalf = tokens.some((token) => token.kind === 'date' && /^a/i.test(token.text))
  return tokens.map((token, index) => (token.kind === 'date' ? datePart(token.text, isMinute(tokens, index)) : plainPart(token))).join('')

  function plainPart(token: FormatToken): string {
    if (token.kind === 'digit') throw new ExpressionError('TEXT: a format is either for numbers or for dates', '#VALUE!')
    return token.kind === 'space' ? ' ' : token.kind === 'condition' ? '' : token.text
  }

  function datePart(written: string, minutes: boolean): string {
    const text = written.toLowerCase()
    if (text === 'am/pm') return moment.hour < 12 ? 'AM' : 'PM'
    if (text === 'a/p') return moment.hour < 12 ? (written[0] as string) : (written[2] as string)
    if (text.startsWith('[')) return counted(text)
    const width = Math.min(text.length, 2)
    if (text[0] === 'y') return text.length <= 2 ? pad(moment.year % 100, 2) : pad(moment.year, 4)
    if (text[0] === 'h') return pad(isHalf ? moment.hour % 12 || 12 : moment.hour, width)
    if (text[0] === 's') {
      const whole = pad(moment.second, text.startsWith('ss') ? 2 : 1)
      return decimals > 0 && text.includes('.') ? `${whole}.${pad(moment.millisecond, 3).slice(0, decimals)}` : whole
    }
    if (text[0] === 'm' && minutes) return pad(moment.minute, width)
    const names = text[0] === 'm' ? MONTHS : DAYS
    const [number, name] = text[0] === 'm' ? [moment.month, names[moment.month - 1] ?? ''] : [moment.day, names[moment.weekday] ?? '']
    if (text.length <= 2) return pad(number, width)
    if (text.length === 3) return name.slice(0, 3)
    return text[0] === 'm' && text.length === 5 ? name.slice(0, 1) : name
  }

  function counted(text: string): string {
    if (!elapsed) throw new ExpressionError('TEXT: [h] counts the hours of a number of days, not of a date', '#VALUE!')
    const unit = text[1] === 'h' ? 3600 : text[1] === 'm' ? 60 : 1
    const seconds = elapsed
      .mul(86_400)
      .div(step / 1000)
      .round()
      .mul(step / 1000)
    return pad(seconds.div(unit).floor().toNumber(), text.length - 2)
  }
}

/** m means minutes after hours or before seconds, months elsewhere. */
function isMinute(tokens: FormatToken[], at: number): boolean {
  const text = tokens[at]?.text ?? ''
  if (!/^m{1,2}$/i.test(text)) return false
  const near = (step: number) => {
    for (let index = at + step; index >= 0 && index < tokens.length; index += step) {
      const token = tokens[index] as FormatToken
      if (token.kind === 'date' && !/^a/i.test(token.text)) return token.text.toLowerCase().replace('[', '')
    }
    return ''
  }
  return near(-1).startsWith('h') || near(1).startsWith('s')
}
