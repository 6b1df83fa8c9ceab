import type { Impossible } from './impossible.ts'

/** Days since 1970-01-01 in the Gregorian calendar, which is used for every year, as ISO 8601 says. */
export function dayNumber(year: number, month: number, day: number): number {
  return Math.floor(utcMillis(year, month, day) / 86_400_000)
}

/** Date.UTC takes the years 0 to 99 for 1900 to 1999; this does not. */
export function utcMillis(year: number, month: number, day: number, hour = 0, minute = 0, second = 0, millisecond = 0): number {
  const at = new Date(0)
  at.setUTCFullYear(year, month - 1, day)
  at.setUTCHours(hour, minute, second, millisecond)
  return at.getTime()
}

export type Civil = { year: number; month: number; day: number }

export function civilOf(number: number): Civil {
  const at = new Date(number * 86_400_000)
  return { year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() }
}

export const isLeap = (year: number) => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** 1 = Monday. 1970-01-01 was a Thursday. */
export const weekdayOf = (number: number) => ((((number + 3) % 7) + 7) % 7) + 1

export const WEEKDAY_NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
export const weekdayName = (day: Civil) => WEEKDAY_NAMES[weekdayOf(dayNumber(day.year, day.month, day.day)) - 1] as string

/** The Monday of week 1: the week of 4 January. */
export function firstMonday(year: number): number {
  const fourth = dayNumber(year, 1, 4)
  return fourth - weekdayOf(fourth) + 1
}

export const weeksIn = (year: number) => (firstMonday(year + 1) - firstMonday(year)) / 7

export const pad = (value: number, length = 2) => String(value).padStart(length, '0')
export const isoDay = ({ year, month, day }: Civil) => `${pad(year, 4)}-${pad(month)}-${pad(day)}`

/** Months on from a day; a month that is too short gives its last day. */
export function addMonths(day: Civil, months: number): Civil {
  const index = day.year * 12 + day.month - 1 + months
  const [year, month] = [Math.floor(index / 12), (((index % 12) + 12) % 12) + 1]
  return { year, month, day: Math.min(day.day, daysInMonth(year, month)) }
}

export function addDays(day: Civil, days: number): Civil {
  return civilOf(dayNumber(day.year, day.month, day.day) + days)
}

export const outOfYears = (year: number): Impossible | undefined =>
  Number.isFinite(year) && year >= 1 && year <= 9999 ? undefined : { reason: `year ${year} is outside 1 to 9999` }
