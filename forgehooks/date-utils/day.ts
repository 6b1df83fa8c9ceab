import { daysInMonth, isoDay, outOfYears, pad, type Civil } from './calendar.ts'
import { isImpossible, type Impossible } from './impossible.ts'

export { isImpossible }

export type Order = 'auto' | 'mdy' | 'dmy' | 'ymd'
export type Kind = 'date' | 'datetime' | 'week' | 'quarter' | 'month' | 'half' | 'year'
/** A calendar day, or the first day of a longer time. */
export type Day = Civil & {
  kind: Exclude<Kind, 'datetime'>
  /** Why it may be meant in another way, and the day it then is. */
  ambiguous?: string
  other?: Civil
  /** What was assumed, without doubt about it. */
  note?: string
}
export type DayOptions = {
  order: Order
  /** The year of a day without one; refused when it is left out. */
  year?: number
}
export type Form = { pattern: RegExp; read: (groups: string[], options: DayOptions) => Day | Impossible | undefined }

/** 00-68 is 2000-2068, 69-99 is 1969-1999. */
export function fullYear(written: string): number {
  const year = Number(written)
  return written.length > 2 ? year : year <= 68 ? 2000 + year : 1900 + year
}

/** The day if the calendar has it: 29 February 2023 is refused, not moved to March. */
export function realDay(year: number, month: number, day: number): Day | Impossible {
  const outside = outOfYears(year)
  if (outside) return outside
  if (month < 1 || month > 12) return { reason: `month ${month} does not exist` }
  if (day < 1 || day > daysInMonth(year, month)) return { reason: `${pad(year, 4)}-${pad(month)} has no day ${day}` }
  return { year, month, day, kind: 'date' }
}

export function periodFrom(kind: Day['kind'], year: number, month: number): Day | Impossible {
  const first = realDay(year, month, 1)
  return isImpossible(first) ? first : { ...first, kind }
}

/** The same day with a doubt, unless there is no other day that it may be. */
export function orElse(day: Day | Impossible, other: Day | Impossible | undefined, reason: string): Day | Impossible {
  if (isImpossible(day) || !other || isImpossible(other) || (isoDay(day) === isoDay(other) && day.kind === other.kind)) return day
  const { year, month, day: number } = other
  return { ...day, ambiguous: reason, other: { year, month, day: number } }
}

/** What may stand after a day that has more after it. */
export const end = '(?=$|[\\sT,;_])'
