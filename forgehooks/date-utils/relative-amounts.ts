import type { DateTime } from 'luxon'
import { addDays, addMonths, isoDay, outOfYears, type Civil } from './calendar.ts'
import type { Day } from './day.ts'
import { isImpossible, type Impossible } from './impossible.ts'
import { cardinalNumber } from './names.ts'
import { unitWord } from './relative-words.ts'
import { civil, moveOnCalendar } from './wall.ts'
import { SATURDAY_SUNDAY, stepWorkdays } from './workdays.ts'

/** Signed; `workdays` are Mondays to Fridays. */
export type Amounts = { months: number; days: number; workdays: number; millis: number }

const MONTHS: Record<string, number> = { month: 1, quarter: 3, year: 12, decade: 120 }
const DAYS: Record<string, number> = { day: 1, week: 7, fortnight: 14 }
const MILLIS: Record<string, number> = { second: 1000, minute: 60_000, hour: 3_600_000 }

/** `3 days`, `a week`, `1 year, 2 months and 3 days`, `half an hour`. Undefined when any part of it is not understood. */
export function readAmounts(words: string, sign: 1 | -1): Amounts | undefined {
  const total = { months: 0, days: 0, workdays: 0, millis: 0 }
  const text = words
    .replace(/\b(?:a )?couple (?:of )?/g, '2 ')
    .replace(/\bhalf an hour\b/g, '30 minutes')
    .replace(/\ban hour and a half\b/g, '90 minutes')
    .replace(/(\d)([a-z])/g, '$1 $2')
  for (const part of text.split(/,? and |, ?|(?<=[a-z]) (?=\d)/)) {
    const match = /^(\S+) ([a-z]+(?: day| days)?)$/.exec(part.trim())
    const amount = match ? cardinalNumber(match[1] as string) : undefined
    const unit = match ? unitWord(match[2] as string) : undefined
    if (amount === undefined || unit === undefined) return undefined
    if (Object.hasOwn(MILLIS, unit)) total.millis += sign * Math.round(amount * (MILLIS[unit] as number))
    else if (!Number.isInteger(amount)) return undefined
    else if (unit === 'workday') total.workdays += sign * amount
    else if (Object.hasOwn(DAYS, unit)) total.days += sign * amount * (DAYS[unit] as number)
    else total.months += sign * amount * (MONTHS[unit] as number)
  }
  return total
}

export function moveDay(day: Civil, amounts: Amounts): Civil | Impossible {
  if (Math.abs(amounts.months) > 240_000 || Math.abs(amounts.days) > 8_000_000 || Math.abs(amounts.workdays) > 100_000)
    return { reason: 'it is outside the years 1 to 9999' }
  const moved = addDays(addMonths(day, amounts.months), amounts.days)
  const found = amounts.workdays === 0 ? moved : stepWorkdays(moved, amounts.workdays, SATURDAY_SUNDAY, new Set())
  return outOfYears(found.year) ?? found
}

/** From a moment: with hours and the like it gives a moment, else a day. */
export function moveBy(reference: DateTime, amounts: Amounts): { day: Day; at?: DateTime } | Impossible {
  const day = moveDay(civil(reference), amounts)
  if (isImpossible(day)) return day
  if (amounts.millis === 0) return { day: { ...day, kind: 'date' } }
  if (amounts.workdays !== 0) return { reason: 'business days do not go with hours' }
  const placed = moveOnCalendar(reference, amounts.months, amounts.days)
  const at = placed.first.plus(amounts.millis)
  const outside = at.isValid ? outOfYears(at.year) : { reason: `it is far from ${isoDay(day)}, outside the years 1 to 9999` }
  return outside ?? { day: { ...civil(at), kind: 'date' }, at }
}
