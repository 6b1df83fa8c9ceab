import type { HookContext } from '@cadre/contract/forgehook'
import { FixedOffsetZone, type DateTime } from 'luxon'
import { dayNumber, type Civil } from './calendar.ts'
import { Dates, type Reading } from './given.ts'
import { CALENDAR, isClockUnit, MILLIS, needUnit, type ClockUnit, type Unit } from './unit.ts'
import { civil, moveOnCalendar, offsetText, startOfDay } from './wall.ts'
import { countWorkdays, SATURDAY_SUNDAY } from './workdays.ts'

export type DiffInput = Reading & { from: string | number; to: string | number; unit?: string }

const numberOf = (day: Civil) => dayNumber(day.year, day.month, day.day)

export function diff(input: DiffInput, context: HookContext) {
  const dates = new Dates(input, context)
  const from = dates.need(input.from, 'from')
  const to = dates.need(input.to, 'to')
  const unit = needUnit(input.unit ?? 'days', 'unit')
  const dateOnly = !from.hasTime && !to.hasTime
  // Without times whole days are counted on the calendar: a day of 23 hours is a day.
  const calendar = (day: Civil) => startOfDay(day, FixedOffsetZone.utcInstance)
  const [first, given] = dateOnly && !isClockUnit(unit) ? [calendar(from.day), calendar(to.day)] : [from.at, to.at]
  const apart = given.offset !== first.offset && given.zoneName !== first.zoneName
  const last = apart ? given.setZone(first.zone) : given
  if (apart) dates.warn(`the two have different offsets; days are counted on the clock of "from", ${offsetText(first.offset)}`)
  const [firstDay, lastDay] = dateOnly ? [from.day, to.day] : [civil(first), civil(last)]
  const value = difference(first, last, unit)
  return {
    value: Number(value.toFixed(6)) || 0,
    whole: Math.trunc(Number(value.toFixed(9))) || 0,
    unit,
    days: numberOf(lastDay) - numberOf(firstDay),
    business_days: countWorkdays(firstDay, lastDay, SATURDAY_SUNDAY, new Set()),
    calendar: dateOnly ? parts(calendar(from.day), calendar(to.day)) : parts(first, last),
    ...dates.said(),
  }
}

/** Swapping the two only changes the sign. */
function difference(from: DateTime, to: DateTime, unit: Unit): number {
  const millis = to.toMillis() - from.toMillis()
  if (isClockUnit(unit)) return millis / MILLIS[unit]
  if (millis < 0) return -difference(to, from, unit)
  const { months, days } = CALENDAR[unit]
  const at = (count: number) => moveOnCalendar(from, months * count, days * count).first.toMillis()
  const whole = wholeUnits(at, to.toMillis(), millis / ((months * 30.436875 + days) * 86_400_000))
  const [before, after] = [at(whole), at(whole + 1)]
  // A part of a month is a part of that month, 28 to 31 days long.
  return after > before ? whole + (to.toMillis() - before) / (after - before) : whole
}

function wholeUnits(at: (count: number) => number, end: number, guess: number): number {
  let whole = Math.max(0, Math.round(guess))
  while (whole > 0 && at(whole) > end) whole--
  while (at(whole + 1) <= end) whole++
  return whole
}

type Parts = Record<'years' | 'months' | 'days' | ClockUnit, number>

/** Whole years, then months, then days, then the time that is left; each counted from the earlier of the two. */
function parts(from: DateTime, to: DateTime): Parts {
  if (to.toMillis() < from.toMillis()) {
    const turned = parts(to, from)
    return Object.fromEntries(Object.entries(turned).map(([name, value]) => [name, -value || 0])) as Parts
  }
  const end = to.toMillis()
  const months = wholeUnits((count) => moveOnCalendar(from, count, 0).first.toMillis(), end, (end - from.toMillis()) / (30.436875 * 86_400_000))
  const days = wholeUnits((count) => moveOnCalendar(from, months, count).first.toMillis(), end, 0)
  let left = end - moveOnCalendar(from, months, days).first.toMillis()
  const take = (unit: ClockUnit) => {
    const count = Math.floor(left / MILLIS[unit])
    left -= count * MILLIS[unit]
    return count
  }
  return {
    ...{ years: Math.floor(months / 12), months: months % 12, days },
    ...{ hours: take('hours'), minutes: take('minutes'), seconds: take('seconds'), milliseconds: take('milliseconds') },
  }
}
