import { DateTime } from 'luxon'
import type { Impossible } from './clock.ts'
import { monthNumber } from './names.ts'

export type Order = 'auto' | 'mdy' | 'dmy' | 'ymd'
export type Kind = 'date' | 'datetime' | 'week' | 'quarter' | 'month' | 'year'
/** A calendar day, or the first day of a longer time. */
export type Day = { year: number; month: number; day: number; kind: Exclude<Kind, 'datetime'>; ambiguous?: string }

export const isImpossible = (value: object): value is Impossible => 'reason' in value

/** 00-68 is 2000-2068, 69-99 is 1969-1999. */
export function fullYear(written: string): number {
  const year = Number(written)
  return written.length > 2 ? year : year <= 68 ? 2000 + year : 1900 + year
}

/** The day if the calendar has it: 29 February 2023 is refused, not moved to March. */
export function realDay(year: number, month: number, day: number, ambiguous?: string): Day | Impossible {
  if (year < 1 || year > 9999) return { reason: `year ${year} is outside 1 to 9999` }
  if (month < 1 || month > 12) return { reason: `month ${month} does not exist` }
  const last = DateTime.utc(year, month).daysInMonth ?? 31
  if (day < 1 || day > last) return { reason: `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')} has no day ${day}` }
  return { year, month, day, kind: 'date', ...(ambiguous ? { ambiguous } : {}) }
}

type Form = { pattern: RegExp; read: (groups: string[], order: Order) => Day | Impossible | undefined }
const end = '(?=$|[\\sT,])'

// Tried in turn at the start of the text; what remains must be a time.
const FORMS: Form[] = [
  {
    pattern: new RegExp(`^(\\d{4})-?W(\\d{2})(?:-?([1-7]))?${end}`, 'i'),
    read: ([year = '', week = '', day]) => isoWeek(Number(year), Number(week), day),
  },
  {
    pattern: /^(?:week|semana|w|kw)\s*(\d{1,2})(?:\s*(?:of|de|,|\/)?\s*)(\d{4})$/i,
    read: ([week = '', year = '']) => isoWeek(Number(year), Number(week), undefined),
  },
  {
    pattern: /^(?:q|t)([1-4])[\s\-/']*(?:(?:of|de)\s+)?(\d{4}|\d{2})$/i,
    read: ([quarter = '', year = '']) => quarterOf(fullYear(year), Number(quarter)),
  },
  { pattern: /^(\d{4})[\s\-/]*(?:q|t)([1-4])$/i, read: ([year = '', quarter = '']) => quarterOf(Number(year), Number(quarter)) },
  {
    pattern: /^([1-4])(?:st|nd|rd|th|º|o)?\s+(?:quarter|trimestre)\s+(?:of\s+|de\s+)?(\d{4})$/i,
    read: ([quarter = '', year = '']) => quarterOf(Number(year), Number(quarter)),
  },
  { pattern: new RegExp(`^(\\d{4})-(\\d{3})${end}`), read: ([year = '', day = '']) => ordinal(Number(year), Number(day)) },
  {
    pattern: new RegExp(`^(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})${end}`),
    read: ([year = '', , month = '', day = '']) => realDay(Number(year), Number(month), Number(day)),
  },
  {
    pattern: /^(\d{4})(\d{2})(\d{2})(?=$|[T\s]|\d{6}$)/,
    read: ([year = '', month = '', day = '']) => realDay(Number(year), Number(month), Number(day)),
  },
  { pattern: /^(\d{4})[-/](\d{1,2})$/, read: ([year = '', month = '']) => monthOf(Number(year), Number(month)) },
  { pattern: /^(\d{1,2})[-/](\d{4})$/, read: ([month = '', year = '']) => monthOf(Number(year), Number(month)) },
  {
    pattern: /^(\d{4})$/,
    read: ([year = '']) => (Number(year) === 0 ? { reason: 'year 0 does not exist' } : { year: Number(year), month: 1, day: 1, kind: 'year' }),
  },
  {
    pattern: new RegExp(`^(\\d{1,2})([-/.\\s])(\\d{1,2})\\2(\\d{1,2})${end}`),
    read: ([year = '', , month = '', day = ''], order) =>
      order === 'ymd' ? realDay(fullYear(year.padStart(2, '0')), Number(month), Number(day)) : undefined,
  },
  { pattern: new RegExp(`^(\\d{1,2})([-/.\\s])(\\d{1,2})\\2(\\d{4}|\\d{2})${end}`), read: numeric },
  // 5 Mar 2024, 5th of March, 2024, 5-Mar-24, 5 de março de 2024, 5. März 2024
  {
    pattern: new RegExp(
      `^(\\d{1,2})(?:st|nd|rd|th|º|ª|\\.)?(?:[\\s\\-/.]+(?:(?:of|de)\\s+)?|(?=\\p{L}))([\\p{L}]{3,12})\\.?,?[\\s\\-/.]*(?:(?:of|de|del)\\s+)?['’]?(\\d{4}|\\d{2})${end}`,
      'iu',
    ),
    read: ([day = '', name = '', year = '']) => named(year, name, day),
  },
  // March 5 2024, March 5th, 2024, Mar-05-2024
  {
    pattern: new RegExp(
      `^([\\p{L}]{3,12})\\.?[\\s\\-/.]*(\\d{1,2})(?:st|nd|rd|th|º)?(?:\\s*,\\s*|[\\s\\-/.]+)['’]?(\\d{4}|\\d{2}(?!:|\\s*[ap]m))${end}`,
      'iu',
    ),
    read: ([name = '', day = '', year = '']) => named(year, name, day),
  },
  // 2024 Mar 5, 2024-Mar-05
  {
    pattern: new RegExp(`^(\\d{4})[\\s\\-/.,]+([\\p{L}]{3,12})\\.?[\\s\\-/.]+(\\d{1,2})(?:st|nd|rd|th)?${end}`, 'iu'),
    read: ([year = '', name = '', day = '']) => named(year, name, day),
  },
  // Mar 2024, March of 2024, Mar-24
  { pattern: /^([\p{L}]{3,12})\.?[\s\-/.,]*(?:(?:of|de)\s+)?['’]?(\d{4})$/iu, read: ([name = '', year = '']) => namedMonth(name, year) },
  { pattern: /^([\p{L}]{3,12})\.?(?:-|\/|\s*['’])(\d{2})$/iu, read: ([name = '', year = '']) => namedMonth(name, year) },
  { pattern: /^(\d{4})[\s\-/.]+([\p{L}]{3,12})$/iu, read: ([year = '', name = '']) => namedMonth(name, year) },
]

/** Reads the day at the start of the text, and says what is left of it. */
export function readDay(text: string, order: Order): { day: Day | Impossible; rest: string } | undefined {
  for (const { pattern, read } of FORMS) {
    const match = pattern.exec(text)
    if (!match) continue
    const day = read(match.slice(1), order)
    if (day)
      return {
        day,
        rest: text
          .slice(match[0].length)
          .replace(/^[\s,]+/, '')
          .replace(/^T/i, '')
          .trim(),
      }
  }
  return undefined
}

function numeric([first = '', separator = '', second = '', year = '']: string[], order: Order): Day | Impossible | undefined {
  const [a, b] = [Number(first), Number(second)]
  const full = fullYear(year)
  if (order === 'ymd') return { reason: 'it does not begin with the year, as the order ymd says' }
  if (order !== 'auto') return order === 'dmy' ? realDay(full, b, a) : realDay(full, a, b)
  const [monthFirst, dayFirst] = [realDay(full, a, b), realDay(full, b, a)]
  if (isImpossible(monthFirst) && isImpossible(dayFirst))
    return { reason: a > 12 && b > 12 ? `neither ${a} nor ${b} is a month` : (separator === '.' || a > 12 ? dayFirst : monthFirst).reason }
  if (isImpossible(monthFirst))
    return separator === '-' && year.length === 2 && !isImpossible(realDay(fullYear(first), b, Number(year)))
      ? ({ ...dayFirst, ambiguous: 'the year may come first or last' } as Day)
      : dayFirst
  if (isImpossible(dayFirst)) return monthFirst
  if (separator === '.') return dayFirst
  return a === b ? monthFirst : { ...monthFirst, ambiguous: `read as month ${a}, day ${b}; it may be day ${a}, month ${b}` }
}

function named(year: string, name: string, day: string): Day | Impossible | undefined {
  const month = monthNumber(name)
  return month === undefined ? undefined : realDay(fullYear(year), month, Number(day))
}

function monthOf(year: number, month: number): Day | Impossible {
  const first = realDay(year, month, 1)
  return isImpossible(first) ? first : { ...first, kind: 'month' }
}

function namedMonth(name: string, year: string): Day | Impossible | undefined {
  const month = monthNumber(name)
  if (month === undefined) return undefined
  const first = monthOf(fullYear(year), month)
  return isImpossible(first) || year.length === 4 || Number(year) > 31
    ? first
    : { ...first, ambiguous: `read as a month of ${fullYear(year)}; it may be day ${Number(year)} of some year` }
}

function quarterOf(year: number, quarter: number): Day | Impossible {
  const first = realDay(year, quarter * 3 - 2, 1)
  return isImpossible(first) ? first : { ...first, kind: 'quarter' }
}

function ordinal(year: number, day: number): Day | Impossible {
  const last = year > 0 && DateTime.utc(year).isInLeapYear ? 366 : 365
  if (year < 1 || day < 1 || day > last) return { reason: `${year} has no day ${day} (1 to ${last})` }
  const found = DateTime.fromObject({ year, ordinal: day }, { zone: 'utc' })
  return { year: found.year, month: found.month, day: found.day, kind: 'date' }
}

function isoWeek(year: number, week: number, day: string | undefined): Day | Impossible {
  if (year < 1 || week < 1 || week > DateTime.utc(year, 6).weeksInWeekYear) return { reason: `${year} has no week ${week}` }
  const found = DateTime.fromObject({ weekYear: year, weekNumber: week, weekday: day ? (Number(day) as 1) : 1 }, { zone: 'utc' })
  return { year: found.year, month: found.month, day: found.day, kind: day ? 'date' : 'week' }
}
