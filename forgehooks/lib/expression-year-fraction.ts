import type { Decimal } from 'decimal.js'
import { num } from './expression-number.ts'
import { dayOf, daysInMonth, isLeap, serialOf } from './expression-serial.ts'

type Method = 'us' | 'nasd' | 'europe'
const isLastOfFebruary = (date: { year: number; month: number; day: number }) => date.month === 2 && date.day === daysInMonth(date.year, 2)

/**
 * Days between two dates in years of twelve months of thirty days. `us` is DAYS360, `nasd` is basis 0 of YEARFRAC, which also
 * takes the end of February for a 30th.
 */
export function dayCount(from: number, to: number, method: Method): number {
  const [a, b] = [dayOf(from), dayOf(to)]
  let [first, last] = [a.day, b.day]
  let [endMonth, endYear] = [b.month, b.year]
  if (method === 'europe') [first, last] = [Math.min(first, 30), Math.min(last, 30)]
  else if (method === 'nasd') {
    if (isLastOfFebruary(a) && isLastOfFebruary(b)) last = 30
    if (isLastOfFebruary(a)) first = 30
    // From the end of February a 31st stays one, as Excel has it (and OpenOffice and Gnumeric).
    if (last === 31 && a.day >= 30) last = 30
    if (first === 31) first = 30
  } else {
    if (first === 31 || isLastOfFebruary(a)) first = 30
    if (last === 31) {
      // From a day before the 30th, the end runs over to the first of the next month.
      if (first < 30) [last, endMonth, endYear] = [1, endMonth === 12 ? 1 : endMonth + 1, endMonth === 12 ? endYear + 1 : endYear]
      else last = 30
    }
  }
  return (endYear - a.year) * 360 + (endMonth - a.month) * 30 + last - first
}

/** Basis 1: the days over the length of the year, or over the mean length of the years when more than one is spanned. */
function actual(from: number, to: number): Decimal {
  const [a, b] = [dayOf(from), dayOf(to)]
  const withinYear = a.year === b.year || (b.year === a.year + 1 && (a.month > b.month || (a.month === b.month && a.day >= b.day)))
  if (!withinYear) {
    const years = b.year - a.year + 1
    return num(to - from).div(num(serialOf(b.year, 12, 31) - serialOf(a.year, 1, 1) + 1).div(years))
  }
  const leapDay = (year: number) => (isLeap(year) ? serialOf(year, 2, 29) : undefined)
  const holdsLeapDay = [a.year, b.year].some((year) => {
    const at = leapDay(year)
    return at !== undefined && at >= from && at <= to
  })
  const isLong = a.year === b.year ? isLeap(a.year) : holdsLeapDay
  return num(to - from).div(isLong ? 366 : 365)
}

export function yearFraction(one: number, other: number, basis: number): Decimal {
  const [from, to] = [Math.min(one, other), Math.max(one, other)]
  if (basis === 0) return num(dayCount(from, to, 'nasd')).div(360)
  if (basis === 4) return num(dayCount(from, to, 'europe')).div(360)
  if (basis === 1) return actual(from, to)
  return num(to - from).div(basis === 2 ? 360 : 365)
}
