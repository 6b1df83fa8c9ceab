import { end, fullYear, isImpossible, orElse, periodFrom, realDay, type Day, type DayOptions, type Form } from './day.ts'
import type { Impossible } from './impossible.ts'
import { monthNumber, ordinalNumber } from './names.ts'

const SUFFIX = '(?:(?:st|nd|rd|th|o|a|er)(?!\\p{L})|\\.)?'
const OF = '(?:(?:of|de|del|di|do)\\s+)'
const NAME = '(\\p{L}{3,12})\\.?'
// Two digits before "am" are an hour.
const YEAR = "'?(\\d{4}|\\d{2}(?!:\\d{2}(?!:\\d{2}:)|\\.\\d|h|\\s*[ap]\\.?\\s?m))"

export const NAMED: Form[] = [
  // 5 Mar 2024, 5th of March, 2024, 5-Mar-24, 5 de março de 2024, 5. März 2024, 05MAR2024; 05/Mar/2024:10:15:00 of web servers
  {
    pattern: new RegExp(
      `^(\\d{1,2})${SUFFIX}(?:[\\s\\-/.,]{1,3}${OF}?|(?=\\p{L}))${NAME},?[\\s\\-/.,]{0,3}${OF}?${YEAR}(?:${end}|:(?=\\d{2}:\\d{2}:\\d{2}))`,
      'iu',
    ),
    read: ([day = '', name = '', year = ''], { order }) =>
      order === 'ymd' && year.length === 2 && day.length === 2 ? named(day, name, year) : named(year, name, day),
  },
  // fifth of March 2024
  {
    pattern: new RegExp(`^(\\p{L}{5,8})\\s+(?:of\\s+)?${NAME},?\\s+(\\d{4})${end}`, 'iu'),
    read: ([day = '', name = '', year = '']) => spelled(year, name, day),
  },
  // March 5 2024, March 5th, 2024, Mar-05-2024, March the 5th, 2024; but March 5-17 is no year 2017
  {
    pattern: new RegExp(`^${NAME}([\\s\\-/.]{0,3})(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th|o)?(\\s*,\\s*|[\\s\\-/.]{1,3})(?:of\\s+)?${YEAR}${end}`, 'iu'),
    read: ([name = '', before = '', day = '', after = '', year = '']) =>
      year.length === 2 && /[-/.]/.test(after) && before !== after ? undefined : named(year, name, day),
  },
  // 2024 Mar 5, 2024-Mar-05
  {
    pattern: new RegExp(`^(\\d{4})[\\s\\-/.,]{1,3}${NAME}[\\s\\-/.]{1,3}(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th)?${end}`, 'iu'),
    read: ([year = '', name = '', day = '']) => named(year, name, day),
  },
  // Mar 2024, March of 2024, Mar-24
  { pattern: new RegExp(`^${NAME}[\\s\\-/.,]{0,3}${OF}?'?(\\d{4})$`, 'iu'), read: ([name = '', year = '']) => namedMonth(name, year) },
  { pattern: new RegExp(`^${NAME}(?:-|/|\\s*')(\\d{2})$`, 'iu'), read: ([name = '', year = ''], options) => monthOrDay(name, year, options) },
  { pattern: /^(\d{4})[\s\-/.,]+(\p{L}{3,12})\.?$/iu, read: ([year = '', name = '']) => namedMonth(name, year) },
  // March 5, 5 March, 5-Mar: only where there is a year to take
  {
    pattern: new RegExp(`^${NAME}[\\s\\-/.]{0,3}(?:the\\s+)?(\\d{1,2})(?:st|nd|rd|th|o)?(?=$|,?\\s)`, 'iu'),
    read: ([name = '', day = ''], options) => withoutYear(name, day, options),
  },
  {
    pattern: new RegExp(`^(\\d{1,2})${SUFFIX}(?:[\\s\\-/.]{1,3}${OF}?|(?=\\p{L}))${NAME}(?=$|,?\\s)`, 'iu'),
    read: ([day = '', name = ''], options) => withoutYear(name, day, options),
  },
  { pattern: new RegExp(`^${NAME}$`, 'iu'), read: ([name = ''], options) => withoutYear(name, undefined, options) },
]

function named(year: string, name: string, day: string): Day | Impossible | undefined {
  const month = monthNumber(name)
  return month === undefined ? undefined : realDay(fullYear(year), month, Number(day))
}

function spelled(year: string, name: string, day: string): Day | Impossible | undefined {
  const number = ordinalNumber(day.toLowerCase())
  return number === undefined ? undefined : named(year, name, String(number))
}

function namedMonth(name: string, year: string): Day | Impossible | undefined {
  const month = monthNumber(name)
  return month === undefined ? undefined : periodFrom('month', fullYear(year), month)
}

/** Mar-24 is a month, as spreadsheets write it, but it may be a day. */
function monthOrDay(name: string, year: string, options: DayOptions): Day | Impossible | undefined {
  const month = namedMonth(name, year)
  if (!month || isImpossible(month) || Number(year) > 31 || Number(year) === 0) return month
  const day = options.year === undefined ? undefined : named(String(options.year), name, year)
  const reason = `read as a month of ${month.year}; it may be day ${Number(year)} of some year`
  return day === undefined ? { ...month, ambiguous: reason } : orElse(month, day, reason)
}

function withoutYear(name: string, day: string | undefined, { year }: DayOptions): Day | Impossible | undefined {
  const month = monthNumber(name)
  if (month === undefined || year === undefined) return undefined
  const found = day === undefined ? periodFrom('month', year, month) : realDay(year, month, Number(day))
  return isImpossible(found) ? found : { ...found, ambiguous: `no year is written; ${year} is assumed` }
}
