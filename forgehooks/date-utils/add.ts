import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { FixedOffsetZone, type DateTime } from 'luxon'
import { isoDay, weekdayName } from './calendar.ts'
import { Dates, needInRange, written, type Reading } from './given.ts'
import { CALENDAR, isClockUnit, MILLIS, needUnit, type Unit } from './unit.ts'
import { civil, isoOf, moveOnCalendar, startOfDay } from './wall.ts'

export type AddInput = Reading & { date: string | number; amount: number; unit: string }

/** Months and years keep the day where there is one, else take the last day of the month (`clamped`). */
export function add(input: AddInput, context: HookContext) {
  const dates = new Dates(input, context)
  const { at, day, hasTime } = dates.need(input.date, 'date')
  const unit = needUnit(input.unit, 'unit')
  const { amount } = input
  const isCalendar = !isClockUnit(unit)
  if (!Number.isInteger(amount) && isCalendar) throw new HookError(`must be a whole number of ${unit}; use hours for parts of a day`, 'amount')
  if (isCalendar && !hasTime) {
    // On the calendar alone: no clock, hence no clock changes.
    const { months, days } = CALENDAR[unit]
    const moved = needInRange(
      moveOnCalendar(startOfDay(day, FixedOffsetZone.utcInstance), needSize(months * amount), needSize(days * amount)).first,
      'amount',
    )
    return { iso: isoDay(moved), date: isoDay(moved), weekday: weekdayName(moved), clamped: months !== 0 && moved.day !== day.day, ...dates.said() }
  }
  const moved = plus(at, unit, amount)
  if (moved.warning) dates.warn(moved.warning)
  needInRange(moved.at, 'amount')
  return { iso: written(moved.at, true), date: isoDay(moved.at), weekday: weekdayName(moved.at), clamped: moved.clamped, ...dates.said() }
}

function needSize(size: number): number {
  if (Math.abs(size) > 10_000_000) throw new HookError('the result leaves the years 1 to 9999', 'amount')
  return size
}

/** Hours and less in time itself; days and more on the calendar with the time of day kept. */
export function plus(at: DateTime, unit: Unit, amount: number): { at: DateTime; clamped: boolean; warning?: string } {
  if (isClockUnit(unit)) {
    const millis = at.toMillis() + Math.round(amount * MILLIS[unit])
    if (!Number.isFinite(millis) || Math.abs(millis) > 8e14) throw new HookError('the result leaves the years 1 to 9999', 'amount')
    return { at: at.plus(millis - at.toMillis()), clamped: false }
  }
  const [months, days] = [needSize(CALENDAR[unit].months * amount), needSize(CALENDAR[unit].days * amount)]
  const placed = moveOnCalendar(at, months, days)
  const found = placed.first
  // A day that has 29, 30 or 31 is looked at before the clock: a gap over midnight may move on to the next day.
  const clamped = months !== 0 && moveOnCalendar(at.setZone('utc', { keepLocalTime: true }), months, days).first.day !== at.day
  const where = `${isoDay(civil(found))} in ${at.zoneName}`
  if (placed.type === 'gap')
    return { at: found, clamped, warning: `the time does not exist on ${where}, as the clocks go forward; ${isoOf(found)} was taken` }
  if (placed.type === 'twice') return { at: found, clamped, warning: `the time comes twice on ${where}, as the clocks go back; the first was taken` }
  return { at: found, clamped }
}
