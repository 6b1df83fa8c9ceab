import { num } from '../../lib/expression-number.ts'
import { dayOf, daysInMonth, momentOf, readDateText, serialOf } from '../../lib/expression-serial.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { cellsOf, each, values, type Argument, type SheetFunction, type SheetFunctions } from './function.ts'
import { dayCount, yearFraction } from '../../lib/expression-year-fraction.ts'
import { isBlank, SheetError, single, toNumber, toText, toWhole, type Scalar } from './value.ts'

const DAY = 86_400_000
const fail = (message: string, code = '#NUM!'): never => {
  throw new SheetError(code, message)
}

/** The serial of a day, from a number or a text such as 2024-03-05; the time of day is cut off. */
function day(value: Scalar | undefined): number {
  const serial = toNumber(value).toSignificantDigits(40).floor().toNumber()
  if (serial < 0 || serial > 2_958_465) fail('the date lies outside the years 1900 to 9999')
  return serial
}

const part = (read: (value: ReturnType<typeof momentOf>) => number) => each(1, 1, ([value]) => num(read(momentOf(toNumber(value)))))
const datePart = (read: (value: ReturnType<typeof dayOf>) => number) => each(1, 1, ([value]) => num(read(dayOf(day(value)))))

/** A month more or less, held within the month: January 31 and one month is February 29 or 28. */
function monthsLater(from: number, months: number, atEnd: boolean): number {
  const start = dayOf(from)
  const index = start.year * 12 + start.month - 1 + months
  const [year, month] = [Math.floor(index / 12), (index % 12) + 1]
  if (year < 1900 || year > 9999) fail('the date lies outside the years 1900 to 9999')
  const last = year === 1900 && month === 2 ? 29 : daysInMonth(year, month)
  return serialOf(year, month, atEnd ? last : Math.min(start.day, last))
}

function difference(from: number, to: number, unit: string): number {
  if (from > to) fail('the first date must not come after the second')
  const [a, b] = [dayOf(from), dayOf(to)]
  const months = (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day ? 1 : 0)
  switch (unit.toUpperCase()) {
    case 'D':
      return to - from
    case 'M':
      return months
    case 'Y':
      return Math.floor(months / 12)
    case 'YM':
      return months % 12
    case 'MD':
      // Excel counts from that day in the month before, even where the month before has no such day; then it goes wrong, and so it says itself.
      return b.day >= a.day ? b.day - a.day : to - monthsLater(from, months, false)
    case 'YD': {
      const last = serialOf(b.month > a.month || (b.month === a.month && b.day >= a.day) ? b.year : b.year - 1, a.month, a.day)
      return to - last
    }
    default:
      return fail(`DATEDIF: the unit "${unit.slice(0, 20)}" is not one of Y, M, D, MD, YM, YD`)
  }
}

function weekday(serial: number, kind: number): number {
  const sunday = dayOf(serial).weekday
  if (kind === 1 || kind === 17) return sunday + 1
  if (kind === 2 || kind === 11) return ((sunday + 6) % 7) + 1
  if (kind === 3) return (sunday + 6) % 7
  if (kind >= 12 && kind <= 16) return ((sunday + 7 - (kind - 10)) % 7) + 1
  return fail('no such kind of week')
}

function isoWeek(serial: number): number {
  const thursday = serial - ((dayOf(serial).weekday + 6) % 7) + 3
  // The first of January 1900 counts as a Sunday, so it ends the last week of 1899.
  if (thursday < 1) return 52
  const { year } = dayOf(thursday)
  return Math.floor((thursday - serialOf(year, 1, 1)) / 7) + 1
}

function weekNumber(serial: number, kind: number): number {
  if (kind === 21) return isoWeek(serial)
  const start = { 1: 0, 2: 1, 11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 16: 6, 17: 0 }[kind] ?? fail('no such kind of week')
  const first = serialOf(dayOf(serial).year, 1, 1)
  const lead = (dayOf(first).weekday - start + 7) % 7
  return Math.floor((serial - first + lead) / 7) + 1
}

/** Which days of the week are free, Monday first: a number such as 1 (Saturday and Sunday) or a text such as 0000011. */
function freeDays(given: Argument): boolean[] {
  const value = given === undefined ? num(1) : single(given)
  if (typeof value === 'string') {
    if (!/^[01]{7}$/.test(value)) return fail('a weekend is a number or seven signs such as 0000011', '#VALUE!')
    return [...value].map((sign) => sign === '1')
  }
  const kind = toWhole(value)
  const free = Array.from({ length: 7 }, () => false)
  if (kind >= 1 && kind <= 7) [free[(kind + 4) % 7], free[(kind + 5) % 7]] = [true, true]
  else if (kind >= 11 && kind <= 17) free[(kind - 11 + 6) % 7] = true
  else fail('no such weekend')
  return free
}

const holidaysOf = (given: Argument): Set<number> => {
  if (given instanceof SheetError) throw given
  return new Set(
    cellsOf(given)
      .filter((item) => !isBlank(item) && item !== '')
      .map((item) => day(item)),
  )
}

const isWork = (serial: number, free: boolean[], holidays: Set<number>) => !free[(dayOf(serial).weekday + 6) % 7] && !holidays.has(serial)

function networkDays(from: number, to: number, free: boolean[], holidays: Set<number>): number {
  if (from > to) return -networkDays(to, from, free, holidays)
  const weeks = Math.floor((to - from + 1) / 7)
  let count = weeks * free.filter((isFree) => !isFree).length
  for (let at = from + weeks * 7; at <= to; at++) if (!free[(dayOf(at).weekday + 6) % 7]) count++
  for (const holiday of holidays) if (holiday >= from && holiday <= to && !free[(dayOf(holiday).weekday + 6) % 7]) count--
  return count
}

function workDay(from: number, days: number, free: boolean[], holidays: Set<number>): number {
  if (free.every(Boolean)) fail('a week without a working day', '#VALUE!')
  let [at, left] = [from, Math.abs(days)]
  const step = Math.sign(days)
  if (left > 3_000_000) fail('the date lies outside the years 1900 to 9999')
  while (left > 0) {
    at += step
    if (at < 1 || at > 2_958_465) fail('the date lies outside the years 1900 to 9999')
    if (isWork(at, free, holidays)) left--
  }
  return at
}

/** A day without a year, such as 5-JUL or 7/5, is one of this year. */
function withYear(value: Scalar | undefined, now: number): Scalar | undefined {
  const text = typeof value === 'string' ? value.trim() : ''
  const year = new Date(now).getUTCFullYear()
  if (/^\d{1,2}\/\d{1,2}$/.test(text)) return `${text}/${year}`
  const [, before, month, name, after] = /^(?:(\d{1,2})[- ]([a-z]{3,9})|([a-z]{3,9})[- ](\d{1,2}))$/i.exec(text) ?? []
  return (month ?? name) === undefined ? value : `${before ?? after}-${month ?? name}-${year}`
}

function readText(value: Scalar | undefined, want: 'day' | 'time') {
  if (isNumber(value)) return fail('a text is wanted', '#VALUE!')
  const read = readDateText(toText(value))
  if (!read || (want === 'day' && read.day === undefined))
    return fail(`"${toText(value).slice(0, 40)}" is not a ${want === 'day' ? 'date' : 'time'}`, '#VALUE!')
  return read
}

const kindOf = (value: Scalar | undefined) => (value === undefined ? 1 : toWhole(value))
const serial = (moment: number) => num(moment).div(86_400_000).plus(25_569)
const basisOf = (value: Scalar | undefined) => {
  const basis = value === undefined || value === null ? 0 : toWhole(value)
  return basis >= 0 && basis <= 4 ? basis : fail('the basis must be from 0 to 4')
}
const counted = (run: (args: Argument[]) => number, least: number, most: number): SheetFunction => values(least, most, (args) => num(run(args)))

export const dateFunctions: SheetFunctions = {
  TODAY: each(0, 0, (_, context) => serial(context.now).floor()),
  NOW: each(0, 0, (_, context) => serial(context.now)),
  DATE: each(3, 3, ([y, m, d]) => {
    const year = toWhole(y)
    if (year < 0 || year > 9999) return fail('the year must be from 0 to 9999')
    return num(serialOf(year < 1900 ? year + 1900 : year, toWhole(m), toWhole(d)))
  }),
  TIME: each(3, 3, ([h, m, s]) => {
    const seconds = toWhole(h) * 3600 + toWhole(m) * 60 + toWhole(s)
    if (seconds < 0) return fail('a time must not be negative')
    return num(seconds % 86_400).div(86_400)
  }),
  DATEVALUE: each(1, 1, ([text], context) => num(readText(withYear(text, context.now), 'day').day ?? 0)),
  TIMEVALUE: each(1, 1, ([text]) => num((readText(text, 'time').time ?? 0) % DAY).div(DAY)),
  YEAR: datePart((value) => value.year),
  MONTH: datePart((value) => value.month),
  DAY: datePart((value) => value.day),
  HOUR: part((value) => value.hour),
  MINUTE: part((value) => value.minute),
  SECOND: part((value) => value.second),
  WEEKDAY: each(1, 2, ([value, kind]) => num(weekday(day(value), kindOf(kind)))),
  WEEKNUM: each(1, 2, ([value, kind]) => num(weekNumber(day(value), kindOf(kind)))),
  ISOWEEKNUM: each(1, 1, ([value]) => num(isoWeek(day(value)))),
  EDATE: each(2, 2, ([value, months]) => num(monthsLater(day(value), toWhole(months), false))),
  EOMONTH: each(2, 2, ([value, months]) => num(monthsLater(day(value), toWhole(months), true))),
  DAYS: each(2, 2, ([to, from]) => num(day(to) - day(from))),
  DAYS360: each(2, 3, ([from, to, european]) =>
    num(dayCount(day(from), day(to), european === undefined || toNumber(european).isZero() ? 'us' : 'europe')),
  ),
  YEARFRAC: each(2, 3, ([from, to, basis]) => yearFraction(day(from), day(to), basisOf(basis))),
  DATEDIF: each(3, 3, ([from, to, unit]) => num(difference(day(from), day(to), toText(unit)))),
  NETWORKDAYS: counted(([from, to, free]) => networkDays(day(single(from)), day(single(to)), freeDays(undefined), holidaysOf(free)), 2, 3),
  'NETWORKDAYS.INTL': counted(
    ([from, to, weekend, free]) => networkDays(day(single(from)), day(single(to)), freeDays(weekend), holidaysOf(free)),
    2,
    4,
  ),
  WORKDAY: counted(([from, days, free]) => workDay(day(single(from)), toWhole(days), freeDays(undefined), holidaysOf(free)), 2, 3),
  'WORKDAY.INTL': counted(([from, days, weekend, free]) => workDay(day(single(from)), toWhole(days), freeDays(weekend), holidaysOf(free)), 2, 4),
}
