import { firstMonday, civilOf, isLeap, pad, weeksIn, dayNumber, outOfYears } from './calendar.ts'
import type { Impossible } from './impossible.ts'
import { end, fullYear, isImpossible, orElse, periodFrom, realDay, type Day, type DayOptions, type Form } from './day.ts'

const ymd = ([year = '', month = '', day = '']: string[]) => realDay(Number(year), Number(month), Number(day))

// Tried in turn at the start of the text; what remains must be a time.
export const NUMERIC: Form[] = [
  {
    // 2024-W10-3, 2024W103
    pattern: new RegExp(`^(\\d{4})(?:-W(\\d{1,2})(?:-([0-9]))?|W(\\d{2})([0-9])?)${end}`, 'i'),
    read: ([year = '', week, day, basicWeek, basicDay]) => isoWeek(Number(year), Number(week ?? basicWeek), day ?? basicDay),
  },
  { pattern: new RegExp(`^(\\d{4})-(\\d{3})${end}`, 'i'), read: ([year = '', day = '']) => ordinal(Number(year), Number(day)) },
  { pattern: /^((?:19|20)\d{2})(\d{3})(?=$|T)/i, read: ([year = '', day = '']) => ordinal(Number(year), Number(day)) },
  {
    pattern: new RegExp(`^(\\d{4})([-/ ]|\\. ?)(\\d{1,2})\\2(\\d{1,2})${end}`, 'i'),
    read: ([year = '', , month = '', day = '']) => ymd([year, month, day]),
  },
  { pattern: new RegExp(`^(\\d{4})\\. ?(\\d{1,2})\\. ?(\\d{1,2})\\.${end}`, 'i'), read: ymd },
  // EXIF
  { pattern: /^(\d{4}):(\d{2}):(\d{2})(?= \d)/, read: ymd },
  // XML Schema: a day with an offset, which says nothing more about the day.
  {
    pattern: /^(\d{4})-(\d{2})-(\d{2})(Z|[-+]\d{2}:\d{2})$/,
    read: (groups) => {
      const [day, zone] = [ymd(groups), groups[3] as string]
      return isImpossible(day) ? day : { ...day, note: `the offset ${zone} of a day without a time is set aside` }
    },
  },
  { pattern: /^(\d{4})(\d{2})(\d{2})(?=$|[T\s_]|-?\d{6}$|\d{4}$)/i, read: eightDigits },
  { pattern: /^(\d{4})[-/](\d{1,2})$/, read: ([year = '', month = '']) => periodFrom('month', Number(year), Number(month)) },
  { pattern: /^(\d{1,2})[-/](\d{4})$/, read: ([month = '', year = '']) => periodFrom('month', Number(year), Number(month)) },
  { pattern: /^(0[1-9]|1[0-2])\.((?:19|20)\d{2})$/, read: ([month = '', year = '']) => periodFrom('month', Number(year), Number(month)) },
  { pattern: /^(\d{4})$/, read: ([year = '']) => periodFrom('year', Number(year), 1) },
  {
    pattern: /^(\d{2})(\d{2})(\d{2})$/,
    read: (groups, options) => (options.order === 'auto' ? undefined : inOrder(groups as [string, string, string], options.order)),
  },
  { pattern: new RegExp(`^(\\d{1,2})([-/.\\s]|\\. )(\\d{1,2})\\2(\\d{4}|\\d{2}|\\d)${end}`, 'i'), read: shortForm },
]

/** 20240305; with an order that says so 05032024 too. */
function eightDigits([year = '', month = '', day = '']: string[], { order }: DayOptions): Day | Impossible {
  const first = realDay(Number(year), Number(month), Number(day))
  if (order === 'auto' || order === 'ymd' || !isImpossible(first)) return first
  const digits = `${year}${month}${day}`
  const other = inOrder([digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)], order)
  return isImpossible(other) && Number(year) >= 1900 && Number(year) < 2100 ? first : other
}

function inOrder([first, second, third]: [string, string, string], order: 'mdy' | 'dmy' | 'ymd'): Day | Impossible {
  if (order === 'ymd') return realDay(fullYear(first), Number(second), Number(third))
  return order === 'dmy' ? realDay(fullYear(third), Number(second), Number(first)) : realDay(fullYear(third), Number(first), Number(second))
}

function shortForm([first = '', separator = '', second = '', year = '']: string[], { order }: DayOptions): Day | Impossible | undefined {
  const [a, b] = [Number(first), Number(second)]
  if (order === 'ymd') {
    if (year.length === 4) return { reason: 'it does not begin with the year, as the order ymd says' }
    return first.length === 2 ? realDay(fullYear(first), b, Number(year)) : { reason: 'a year has two or four digits' }
  }
  if (year.length === 1 || (year.length === 2 && /\s/.test(separator) && !separator.startsWith('.'))) return undefined
  const full = fullYear(year)
  const [monthFirst, dayFirst] = [realDay(full, a, b), realDay(full, b, a)]
  if (order !== 'auto') return order === 'dmy' ? dayFirst : monthFirst
  const yearFirst = year.length === 2 && first.length === 2 && separator === '-' ? realDay(fullYear(first), b, Number(year)) : undefined
  // 99-12-31 can be nothing else; 31/04/24 is a 31 April, and not the year 2031.
  if (a > 31 && year.length === 2 && first.length === 2) return realDay(fullYear(first), b, Number(year))
  if (isImpossible(monthFirst) && isImpossible(dayFirst))
    return { reason: a > 12 && b > 12 ? `neither ${a} nor ${b} is a month` : (separator.startsWith('.') || a > 12 ? dayFirst : monthFirst).reason }
  if (isImpossible(monthFirst)) return orElse(dayFirst, yearFirst, 'the year may come first or last')
  if (isImpossible(dayFirst)) return monthFirst
  if (separator.startsWith('.')) return dayFirst
  return orElse(monthFirst, dayFirst, `read as month ${a}, day ${b}; it may be day ${a}, month ${b}`)
}

export function ordinal(year: number, day: number): Day | Impossible {
  const outside = outOfYears(year)
  if (outside) return outside
  const last = isLeap(year) ? 366 : 365
  if (day < 1 || day > last) return { reason: `${year} has no day ${day} (1 to ${last})` }
  return { ...civilOf(dayNumber(year, 1, 1) + day - 1), kind: 'date' }
}

export function isoWeek(year: number, week: number, day: string | undefined): Day | Impossible {
  const outside = outOfYears(year)
  if (outside) return outside
  if (week < 1 || week > weeksIn(year)) return { reason: `${year} has no week ${week} (1 to ${weeksIn(year)})` }
  if (day !== undefined && (Number(day) < 1 || Number(day) > 7)) return { reason: `a week has no day ${day} (1 to 7)` }
  const found = civilOf(firstMonday(year) + (week - 1) * 7 + (day === undefined ? 0 : Number(day) - 1))
  if (found.year < 1 || found.year > 9999) return { reason: `${pad(year, 4)}-W${pad(week)} leaves the years 1 to 9999` }
  return { ...found, kind: day === undefined ? 'week' : 'date' }
}
