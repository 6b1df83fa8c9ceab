import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { isoDay, weekdayName } from './calendar.ts'
import { Dates, type Reading } from './given.ts'
import { weekdayNumber } from './names.ts'
import { civil } from './wall.ts'
import { countWorkdays, isWorkday, SATURDAY_SUNDAY, stepWorkdays, type Weekend } from './workdays.ts'

export type BusinessDaysInput = Reading & {
  from: string | number
  to?: string | number
  add?: number
  holidays?: (string | number)[]
  weekend?: (string | number)[]
  include_from?: boolean
  include_to?: boolean
}

/** Days of the week that are no weekend and no holiday: how many from one day to another (both counted), or the day so many later. */
export function businessDays(input: BusinessDaysInput, context: HookContext) {
  if ((input.to === undefined) === (input.add === undefined))
    throw new HookError('give either "to" (count the business days) or "add" (go that many business days on)', 'to')
  const dates = new Dates(input, context)
  const day = (value: string | number, field: string) => {
    const given = dates.need(value, field)
    return given.hasTime ? civil(given.at) : given.day
  }
  const from = day(input.from, 'from')
  const holidays = new Set((input.holidays ?? []).map((value, at) => isoDay(day(value, `holidays[${at}]`))))
  const weekend = needWeekend(input.weekend)
  if (input.to !== undefined) {
    const to = day(input.to, 'to')
    const both = countWorkdays(from, to, weekend, holidays)
    const sign = isoDay(to) < isoDay(from) ? -1 : 1
    const ends = new Set([...(input.include_from === false ? [isoDay(from)] : []), ...(input.include_to === false ? [isoDay(to)] : [])])
    const left = [...ends].filter((end) => isWorkday(end === isoDay(from) ? from : to, weekend, holidays)).length
    return { from: isoDay(from), to: isoDay(to), business_days: both - sign * left || 0, ...dates.said() }
  }
  const add = input.add as number
  if (!Number.isInteger(add) || Math.abs(add) > 100_000) throw new HookError('must be a whole number from -100000 to 100000', 'add')
  const found = stepWorkdays(from, add, weekend, holidays)
  if (found.year < 1 || found.year > 9999) throw new HookError('the result leaves the years 1 to 9999', 'add')
  if (add === 0 && !isWorkday(from, weekend, holidays)) dates.warn(`from: ${isoDay(from)} is no business day; 0 days on is the same day`)
  return { from: isoDay(from), date: isoDay(found), business_days: add, weekday: weekdayName(found), ...dates.said() }
}

function needWeekend(names: (string | number)[] | undefined): Weekend {
  if (names === undefined) return SATURDAY_SUNDAY
  const days = names.map((name, at) => {
    const written = String(name).trim()
    const number = /^[0-7]$/.test(written) ? Number(written) || 7 : (weekdayNumber(written.replace(/s$/i, '')) ?? weekdayNumber(written))
    if (number === undefined)
      throw new HookError(`"${written.slice(0, 40)}" is not a weekday such as friday, or 1 (Monday) to 7 (Sunday)`, `weekend[${at}]`)
    return number
  })
  if (new Set(days).size === 7) throw new HookError('leaves no business day in the week', 'weekend')
  return new Set(days)
}
