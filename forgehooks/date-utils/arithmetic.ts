import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime } from 'luxon'
import { isClockUnit, needDate, needInRange, needUnit, written } from './given.ts'
import { countBusinessDays } from './business-days.ts'

export type AddInput = { date: string | number; amount: number; unit: string; time_zone?: string }

/** Months and years keep the day where there is one, else take the last day of the month (`clamped`). */
export function add(input: AddInput, context: HookContext) {
  const { at, hasTime } = needDate(input.date, 'date', input.time_zone, context)
  const unit = needUnit(input.unit, 'unit')
  if (!Number.isInteger(input.amount) && !isClockUnit(unit))
    throw new HookError(`must be a whole number of ${unit}; use hours for parts of a day`, 'amount')
  const moved = needInRange(at.plus({ [unit]: input.amount }), 'amount')
  const timed = hasTime || isClockUnit(unit)
  const clamped = (unit === 'months' || unit === 'quarters' || unit === 'years') && moved.day !== at.day
  return { iso: written(moved, timed), date: moved.toISODate() as string, weekday: weekday(moved), clamped }
}

export type DiffInput = { from: string | number; to: string | number; unit?: string; time_zone?: string }

export function diff(input: DiffInput, context: HookContext) {
  const from = needDate(input.from, 'from', input.time_zone, context)
  const to = needDate(input.to, 'to', input.time_zone, context)
  const unit = needUnit(input.unit ?? 'days', 'unit')
  const [first, last] = [calendarDay(from.at), calendarDay(to.at)]
  const dateOnly = !from.hasTime && !to.hasTime && !isClockUnit(unit)
  // Without times whole days are counted on the calendar: a day of 23 hours is a day.
  const value = dateOnly ? last.diff(first, unit)[unit] : to.at.diff(from.at, unit)[unit]
  return {
    value: Number(value.toFixed(6)),
    whole: Math.trunc(value) || 0,
    unit,
    days: Math.round(last.diff(first, 'days').days),
    business_days: countBusinessDays(first, last, new Set()),
  }
}

export type RangeInput = { from: string | number; to: string | number; step?: number; unit?: string; time_zone?: string }
const MOST = 10_000

/** Each date is counted from the first, so that the 31st comes back after a shorter month. */
export function range(input: RangeInput, context: HookContext) {
  const from = needDate(input.from, 'from', input.time_zone, context)
  const to = needDate(input.to, 'to', input.time_zone, context)
  const unit = needUnit(input.unit ?? 'days', 'unit')
  const step = input.step ?? (to.at < from.at ? -1 : 1)
  if (!Number.isInteger(step) || step === 0) throw new HookError('must be a whole number other than 0', 'step')
  if (to.at.toMillis() !== from.at.toMillis() && to.at < from.at !== step < 0)
    throw new HookError('leads away from "to": use a negative step to go back', 'step')
  const timed = from.hasTime || isClockUnit(unit)
  const dates: string[] = []
  for (let count = 0; ; count++) {
    const at = from.at.plus({ [unit]: step * count })
    if (!at.isValid || (step > 0 ? at > to.at : at < to.at)) break
    if (dates.length === MOST) throw new HookError(`the range has more than ${MOST} dates; take a larger step or unit`, 'to')
    dates.push(written(needInRange(at, 'to'), timed))
  }
  return { dates, count: dates.length }
}

/** The day on the wall, as a UTC midnight, for counting. */
export function calendarDay(at: DateTime): DateTime {
  return DateTime.utc(at.year, at.month, at.day)
}

export const weekday = (at: DateTime) => at.setLocale('en-US').weekdayLong as string
