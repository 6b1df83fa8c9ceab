import type { Decimal } from 'decimal.js'
import { ExpressionError, snapped } from './expression-number.ts'

/**
 * Spreadsheets count days: 1 is 1900-01-01 and 60 is 1900-02-29, a day that never was (a mistake of Lotus 1-2-3 that Excel keeps,
 * and this keeps too). So serials up to 59 lie one day nearer to the epoch than those from 61.
 */
export type Moment = { year: number; month: number; day: number; weekday: number; hour: number; minute: number; second: number; millisecond: number }

const DAY = 86_400_000
/** Days from 1899-12-30 to 1970-01-01. */
const EPOCH = 25_569
export const LAST_SERIAL = 2_958_465

/** The serial of a day; months and days beyond their ends run over, as in DATE(2008, 14, 2). */
export function serialOf(year: number, month: number, day: number): number {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, 1)
  const first = Math.round(at.getTime() / DAY) + EPOCH
  // Counted from the first of the month in serials, so that the 29th of February 1900 counts as a day.
  const serial = (first <= 60 ? first - 1 : first) + day - 1
  if (!(serial >= 0 && serial <= LAST_SERIAL)) throw new ExpressionError('the date lies outside the years 1900 to 9999')
  return serial
}

/** Year, month and day of a whole serial; weekday 0 is Sunday. */
export function dayOf(serial: number): { year: number; month: number; day: number; weekday: number } {
  if (!(serial >= 0 && serial < LAST_SERIAL + 1)) throw new ExpressionError('the date lies outside the years 1900 to 9999')
  const weekday = (serial + 6) % 7
  if (serial === 60) return { year: 1900, month: 2, day: 29, weekday }
  if (serial === 0) return { year: 1900, month: 1, day: 0, weekday }
  const at = new Date((serial - EPOCH + (serial < 60 ? 1 : 0)) * DAY)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(), weekday }
}

/** `step` is what is shown in milliseconds, to which the time is rounded: 0.1 is 02:24:00, not 02:23:59.999. */
export function momentOf(serial: Decimal, step = 1000): Moment {
  const exact = snapped(serial)
  const total = exact.minus(exact.floor()).mul(DAY).div(step).round().mul(step).toNumber()
  const whole = exact.floor().toNumber() + (total >= DAY ? 1 : 0)
  const time = total % DAY
  return {
    ...dayOf(whole),
    hour: Math.floor(time / 3_600_000),
    minute: Math.floor(time / 60_000) % 60,
    second: Math.floor(time / 1000) % 60,
    millisecond: time % 1000,
  }
}

export const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
export const isLeap = (year: number): boolean => daysInMonth(year, 2) === 29

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const LONG = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december']
const monthNumber = (text: string) => {
  const name = text.toLowerCase()
  const at = LONG.indexOf(name) >= 0 ? LONG.indexOf(name) : name === 'sept' ? 8 : MONTHS.indexOf(name)
  return at + 1
}

/** Two-digit years as in Excel: 00 to 29 are this century. */
const fullYear = (text: string) => (text.length === 2 ? Number(text) + (Number(text) < 30 ? 2000 : 1900) : Number(text))

function readDay(text: string): number | undefined {
  const forms: [RegExp, (part: string[]) => [number, number, number]][] = [
    [/^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/, ([, y, m, d]) => [Number(y), Number(m), Number(d)]],
    // Month first, as in the United States, which is how Excel's examples read 8/22/2011.
    [/^(\d{1,2})[-/](\d{1,2})[-/](\d{4}|\d{2})$/, ([, m, d, y]) => [fullYear(y as string), Number(m), Number(d)]],
    [/^(\d{1,2})[- ]([a-z]{3,9})[- ,]+(\d{4}|\d{2})$/i, ([, d, m, y]) => [fullYear(y as string), monthNumber(m as string), Number(d)]],
    [/^([a-z]{3,9})\.? (\d{1,2}),? +(\d{4})$/i, ([, m, d, y]) => [Number(y), monthNumber(m as string), Number(d)]],
    [/^([a-z]{3,9})[- ,]+(\d{4})$/i, ([, m, y]) => [Number(y), monthNumber(m as string), 1]],
  ]
  for (const [pattern, read] of forms) {
    const match = pattern.exec(text)
    if (!match) continue
    const [year, month, day] = read([...match])
    if (month < 1 || month > 12 || day < 1 || year < 1900 || year > 9999) return undefined
    return day <= daysInMonth(year, month) || (year === 1900 && month === 2 && day === 29) ? serialOf(year, month, day) : undefined
  }
  return undefined
}

/** A time in milliseconds. Hours count on beyond a day, as those that a cell shows by [h]. */
function readTime(text: string): number | undefined {
  const match = /^(\d{1,4})(?::(\d{2})(?::(\d{2})(\.\d{1,9})?)?)?\s*([ap]m)?$/i.exec(text)
  if (!match || (match[2] === undefined && match[5] === undefined)) return undefined
  const [, hours, minutes = '0', seconds = '0', rest = '0', half] = match
  let hour = Number(hours)
  if (half && (hour < 1 || hour > 12)) return undefined
  if (half) hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0)
  if (hour > 9999 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  return hour * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(rest) * 1000
}

/** A date, a time or both as people write them, in days and milliseconds of the day. ISO 8601 with T is read; an offset is not. */
export function readDateText(written: string): { day: number | undefined; time: number | undefined } | undefined {
  const text = written.trim()
  if (text.length > 40 || !/\d/.test(text)) return undefined
  const whole = readDay(text)
  if (whole !== undefined) return { day: whole, time: undefined }
  const alone = readTime(text)
  if (alone !== undefined) return { day: undefined, time: alone }
  const match = /^(.*\d)(?:[T ])\s*(\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?\s*(?:[ap]m)?)Z?$/i.exec(text)
  if (!match) return undefined
  const [day, time] = [readDay((match[1] as string).trim()), readTime((match[2] as string).trim())]
  return day === undefined || time === undefined ? undefined : { day, time }
}
