import { addDays, dayNumber, isoDay, weekdayOf, type Civil } from './calendar.ts'
import type { Day } from './day.ts'
import type { Impossible } from './impossible.ts'
import { ordinalNumber, weekdayNumber } from './names.ts'
import { lastDay } from './period.ts'
import { SATURDAY_SUNDAY, stepWorkdays } from './workdays.ts'

/** The first, second or last Monday, day or business day of a month, quarter or year. Undefined when the words are others. */
export function nthOf(which: string, what: string, period: Day): Civil | Impossible | undefined {
  const back = which === 'last' ? 1 : /^(?:second|next)(?: to)? last$|^penultimate$/.test(which) ? 2 : undefined
  const place = back ?? ordinalNumber(which)
  if (place === undefined || place < 1) return undefined
  const [first, last] = [period as Civil, lastDay(period)]
  const found = step(what, place, back === undefined ? first : last, back === undefined ? 1 : -1)
  if (!found) return undefined
  const [from, at, to] = [first, found, last].map((day) => dayNumber(day.year, day.month, day.day)) as [number, number, number]
  if (at >= from && at <= to) return found
  return { reason: `the ${period.kind} from ${isoDay(first)} to ${isoDay(last)} has no ${which} ${what}` }
}

function step(what: string, place: number, edge: Civil, direction: 1 | -1): Civil | undefined {
  const before = addDays(edge, -direction)
  if (what === 'day') return addDays(before, direction * place)
  if (what === 'business day' || what === 'working day' || what === 'workday' || what === 'weekday')
    return stepWorkdays(before, direction * place, SATURDAY_SUNDAY, new Set())
  const weekday = weekdayNumber(what)
  if (weekday === undefined) return undefined
  const here = weekdayOf(dayNumber(edge.year, edge.month, edge.day))
  const ahead = (((weekday - here) * direction + 7) % 7) + (place - 1) * 7
  return addDays(edge, direction * ahead)
}
