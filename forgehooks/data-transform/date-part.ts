import { HookError } from '@cadre/contract/forgehook'
import { isMissing, quoted } from './rows-shared.ts'

export type Part = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'weekday' | 'hour'

/** 2024, 2024-Q1, 2024-03, 2024-W10 (ISO 8601), 2024-03-05, Tuesday, 14: a part of an ISO date, as it is written. */
export function datePart(value: unknown, part: Part, { row, field, at }: { row: number; field: string; at: string }): string | null {
  if (isMissing(value)) return null
  const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):\d{2}.*)?$/.exec(value.trim()) : null
  const [year, month, day] = [Number(match?.[1]), Number(match?.[2]), Number(match?.[3])]
  const date = new Date(Date.UTC(year, month - 1, day))
  if (!match || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day)
    throw new HookError(`row ${row} has ${quoted(value)} in "${field}", which is not an ISO date; cast the column to date first`, at)
  if (part === 'year') return match[1] as string
  if (part === 'quarter') return `${match[1]}-Q${Math.ceil(month / 3)}`
  if (part === 'month') return `${match[1]}-${match[2]}`
  if (part === 'day') return `${match[1]}-${match[2]}-${match[3]}`
  if (part === 'weekday') return DAYS[date.getUTCDay()] as string
  if (part === 'hour') {
    if (match[4] === undefined) throw new HookError(`row ${row} has ${quoted(value)} in "${field}", which has no time of day`, at)
    return match[4]
  }
  // The week belongs to the year of its Thursday.
  const thursday = new Date(date.getTime() + (3 - ((date.getUTCDay() + 6) % 7)) * 86_400_000)
  const start = Date.UTC(thursday.getUTCFullYear(), 0, 1)
  const week = 1 + Math.floor((thursday.getTime() - start) / (7 * 86_400_000))
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
