import { DateTime, type DateTimeUnit } from 'luxon'
import { isoMoment } from './expression-iso.ts'
import { each, type ExpressionFunction, type FunctionTable } from './expression-function.ts'
import { serialOf } from './expression-serial.ts'
import { yearFraction } from './expression-year-fraction.ts'
import { ExpressionError, num } from './expression-number.ts'
import { isBlank, needInteger, shorten, toText, type Scalar } from './expression-value.ts'

/** The written wall clock of an ISO date: 2024-03-05T23:30:00-05:00 is still the 5th. */
function date(value: Scalar | undefined, name = 'the date'): DateTime {
  const text = toText(value ?? null)
  if (isoMoment(text) === undefined)
    throw new ExpressionError(`${name} "${shorten(text)}" is not an ISO 8601 date such as 2024-03-05 (date-utils parse_dates makes them)`)
  return DateTime.fromISO(text.replace(' ', 'T'), { setZone: true, zone: 'utc', locale: 'en-US' })
}

function part(read: (value: DateTime) => number | string): ExpressionFunction {
  return each(1, 1, ([value]) => {
    if (isBlank(value as Scalar)) return null
    const found = read(date(value))
    return typeof found === 'number' ? num(found) : found
  })
}

const hasTime = (value: Scalar | undefined) => toText(value ?? null).length > 10

function written(moved: DateTime, like: Scalar | undefined): string {
  if (!moved.isValid || moved.year < 1 || moved.year > 9999) throw new ExpressionError('the date leaves the years 1 to 9999')
  return hasTime(like) ? (moved.toISO({ suppressMilliseconds: true }) ?? '') : (moved.toISODate() ?? '')
}

const days = (value: DateTime) => Math.floor((value.toMillis() + value.offset * 60_000) / 86_400_000)

function difference(from: DateTime, to: DateTime, unit: string): number {
  const known: Record<string, 'days' | 'months' | 'years' | 'weeks' | 'hours' | 'minutes'> = {
    d: 'days',
    day: 'days',
    days: 'days',
    m: 'months',
    month: 'months',
    months: 'months',
    y: 'years',
    year: 'years',
    years: 'years',
    w: 'weeks',
    week: 'weeks',
    weeks: 'weeks',
    h: 'hours',
    hour: 'hours',
    hours: 'hours',
    minute: 'minutes',
    minutes: 'minutes',
  }
  const key = unit.toLowerCase()
  if (key === 'md') return days(to) - days(from.plus({ months: wholeMonths(from, to) }))
  if (key === 'ym') return wholeMonths(from, to) % 12
  if (key === 'yd') return days(to) - days(from.plus({ years: Math.trunc(wholeMonths(from, to) / 12) }))
  const found = Object.hasOwn(known, key) ? known[key] : undefined
  if (!found) throw new ExpressionError(`DATEDIF: the unit "${unit}" is not one of D, W, M, Y, MD, YM, YD, hour, minute`)
  if (found === 'days') return days(to) - days(from)
  if (found === 'months') return wholeMonths(from, to)
  return found === 'years' ? Math.trunc(wholeMonths(from, to) / 12) : Math.trunc(to.diff(from, found)[found])
}

/** As spreadsheets count them: from January 31 to February 29 no month has passed, since the day has not come round. */
function wholeMonths(from: DateTime, to: DateTime): number {
  if (to < from) return -wholeMonths(to, from) || 0
  return (to.year - from.year) * 12 + to.month - from.month - (to.day < from.day ? 1 : 0)
}

/** Weekdays from one day to another, both counted. */
export function workdays(from: DateTime, to: DateTime, holidays: Set<string>): number {
  if (to < from) return -workdays(to, from, holidays)
  const length = days(to) - days(from) + 1
  const first = from.weekday
  let count = Math.floor(length / 7) * 5
  for (let at = 0; at < length % 7; at++) if (((first - 1 + at) % 7) + 1 <= 5) count++
  const [low, high] = [from.toISODate() ?? '', to.toISODate() ?? '']
  for (const holiday of holidays) if (holiday >= low && holiday <= high && DateTime.fromISO(holiday, { zone: 'utc' }).weekday <= 5) count--
  return count
}

const freeDays = (holidays: Scalar[]) => new Set(holidays.filter((day) => !isBlank(day)).map((day) => date(day, 'the holiday').toISODate() ?? ''))

const monthsLater = (end: boolean) =>
  each(2, 2, ([value, months]) => {
    if (isBlank(value as Scalar)) return null
    const moved = date(value).plus({ months: needInteger(months, 'the months', -120_000, 120_000) })
    return end ? written(moved.endOf('month'), '') : written(moved, value)
  })

export const dateFunctions: FunctionTable = {
  TODAY: each(0, 0, (_, env) => DateTime.fromMillis(env.now, { zone: 'utc' }).toISODate()),
  NOW: each(0, 0, (_, env) => DateTime.fromMillis(env.now, { zone: 'utc' }).toISO({ suppressMilliseconds: true })),
  DATE: each(3, 3, ([year, month, day]) => {
    const made = DateTime.utc(needInteger(year, 'the year', 1, 9999), needInteger(month, 'the month', 1, 12), needInteger(day, 'the day', 1, 31))
    if (!made.isValid) throw new ExpressionError(`DATE: ${toText(year as Scalar)}-${toText(month as Scalar)}-${toText(day as Scalar)} does not exist`)
    return made.toISODate()
  }),
  YEAR: part((value) => value.year),
  MONTH: part((value) => value.month),
  DAY: part((value) => value.day),
  HOUR: part((value) => value.hour),
  MINUTE: part((value) => value.minute),
  SECOND: part((value) => value.second),
  QUARTER: part((value) => value.quarter),
  ISOWEEKNUM: part((value) => value.weekNumber),
  /** The week that holds January 1 is the first; weeks begin on Sunday (1), on Monday (2), or by ISO 8601 (21). */
  WEEKNUM: each(1, 2, ([value, kind]) => {
    if (isBlank(value as Scalar)) return null
    const day = date(value)
    const mode = kind === undefined ? 1 : needInteger(kind, 'the kind', 1, 21)
    if (mode === 21) return num(day.weekNumber)
    if (![1, 2, 11, 17].includes(mode)) throw new ExpressionError('WEEKNUM: the kind must be 1 or 17 (Sunday), 2 or 11 (Monday), or 21 (ISO)')
    const isMonday = mode === 2 || mode === 11
    const lead = isMonday ? day.startOf('year').weekday - 1 : day.startOf('year').weekday % 7
    return num(Math.floor((day.ordinal - 1 + lead) / 7) + 1)
  }),
  MONTHNAME: part((value) => value.monthLong ?? ''),
  DAYNAME: part((value) => value.weekdayLong ?? ''),
  /** 1 = Sunday by default, as in spreadsheets; 2 makes Monday 1. */
  WEEKDAY: each(1, 2, ([value, kind]) => {
    if (isBlank(value as Scalar)) return null
    const { weekday } = date(value)
    const mode = kind === undefined ? 1 : needInteger(kind, 'the kind', 1, 3)
    return num(mode === 1 ? (weekday % 7) + 1 : mode === 2 ? weekday : weekday - 1)
  }),
  DATEDIF: each(3, 3, ([from, to, unit]) =>
    isBlank(from as Scalar) || isBlank(to as Scalar) ? null : num(difference(date(from), date(to), toText(unit as Scalar))),
  ),
  DAYS: each(2, 2, ([to, from]) => (isBlank(from as Scalar) || isBlank(to as Scalar) ? null : num(days(date(to)) - days(date(from))))),
  EDATE: monthsLater(false),
  EOMONTH: monthsLater(true),
  DATEADD: each(3, 3, ([value, amount, unit]) => {
    if (isBlank(value as Scalar)) return null
    const name = toText(unit as Scalar)
      .toLowerCase()
      .replace(/s$/, '')
    if (!['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute'].includes(name))
      throw new ExpressionError(`DATEADD: the unit "${name}" is not one of year, quarter, month, week, day, hour, minute`)
    const moved = date(value).plus({ [name]: needInteger(amount, 'the amount', -10_000_000, 10_000_000) })
    return written(moved, name === 'hour' || name === 'minute' ? 'with a time' : value)
  }),
  DATETRUNC: each(2, 2, ([value, unit]) => {
    if (isBlank(value as Scalar)) return null
    const name = toText(unit as Scalar).toLowerCase()
    if (!['year', 'quarter', 'month', 'week', 'day'].includes(name))
      throw new ExpressionError(`DATETRUNC: the unit "${name}" is not one of year, quarter, month, week, day`)
    return written(date(value).startOf(name as DateTimeUnit), '')
  }),
  NETWORKDAYS: each(2, Infinity, ([from, to, ...holidays]) => num(workdays(date(from), date(to), freeDays(holidays)))),
  WORKDAY: each(2, Infinity, ([from, count, ...holidays]) => {
    const [free, left] = [freeDays(holidays), needInteger(count, 'the days', -100_000, 100_000)]
    let day = date(from).startOf('day')
    for (let done = 0; done < Math.abs(left);) {
      day = day.plus({ days: Math.sign(left) })
      if (day.weekday <= 5 && !free.has(day.toISODate() ?? '')) done++
    }
    return written(day, '')
  }),
  YEARFRAC: each(2, 3, ([from, to, basis]) => {
    const [a, b] = [date(from), date(to)]
    const kind = basis === undefined ? 0 : needInteger(basis, 'the basis', 0, 4)
    return yearFraction(serialOf(a.year, a.month, a.day), serialOf(b.year, b.month, b.day), kind)
  }),
}
