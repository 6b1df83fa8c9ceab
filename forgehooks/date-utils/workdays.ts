import { addDays, dayNumber, isoDay, weekdayOf, type Civil } from './calendar.ts'

/** Weekdays that are no business days, 1 = Monday. */
export type Weekend = ReadonlySet<number>
export const SATURDAY_SUNDAY: Weekend = new Set([6, 7])

const numberOf = (day: Civil) => dayNumber(day.year, day.month, day.day)

export function isWorkday(day: Civil, weekend: Weekend, holidays: ReadonlySet<string>): boolean {
  return !weekend.has(weekdayOf(numberOf(day))) && !holidays.has(isoDay(day))
}

/** Both ends counted, as NETWORKDAYS does; negative when `to` comes first. */
export function countWorkdays(from: Civil, to: Civil, weekend: Weekend, holidays: ReadonlySet<string>): number {
  const [first, last] = [numberOf(from), numberOf(to)]
  if (last < first) return -countWorkdays(to, from, weekend, holidays) || 0
  const length = last - first + 1
  let count = Math.floor(length / 7) * (7 - weekend.size)
  for (let day = last - (length % 7) + 1; day <= last; day++) if (!weekend.has(weekdayOf(day))) count++
  const [low, high] = [isoDay(from), isoDay(to)]
  for (const holiday of holidays) {
    if (holiday < low || holiday > high) continue
    const [year, month, day] = holiday.split('-').map(Number) as [number, number, number]
    if (!weekend.has(weekdayOf(dayNumber(year, month, day)))) count--
  }
  return count
}

/** The business day so many after (or before) a day; the day itself does not count. With 0 it stays where it is. */
export function stepWorkdays(from: Civil, amount: number, weekend: Weekend, holidays: ReadonlySet<string>): Civil {
  let day = from
  for (let left = Math.abs(amount); left > 0 && day.year >= 1 && day.year <= 9999;) {
    day = addDays(day, Math.sign(amount))
    if (isWorkday(day, weekend, holidays)) left--
  }
  return day
}
