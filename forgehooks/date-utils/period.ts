import { addDays, addMonths, type Civil } from './calendar.ts'
import type { Day } from './day.ts'

const MONTHS: Record<string, number> = { month: 1, quarter: 3, half: 6, year: 12 }

/** The last day of a week, month, quarter, half or year that is given by its first. */
export function lastDay(day: Day): Civil {
  if (day.kind === 'date') return day
  return day.kind === 'week' ? addDays(day, 6) : addDays(addMonths(day, MONTHS[day.kind] as number), -1)
}
