import { isoDay } from './calendar.ts'
import type { Kind } from './day.ts'
import { isImpossible, type Impossible } from './impossible.ts'
import { lastDay } from './period.ts'
import { readText, type ParseOptions, type Read } from './read-text.ts'
import { isoOf } from './wall.ts'

export type { ParseOptions } from './read-text.ts'

export type Parsed = {
  /** ISO 8601: a date, or a date and time with offset. */
  iso: string
  date: string
  has_time: boolean
  kind: Kind
  /** First and last day of a week, quarter, month, half or year. */
  start?: string
  end?: string
  ambiguous: boolean
  /** What is ambiguous, or what was assumed. */
  note?: string
  /** The other reading of what is ambiguous. */
  alternative?: string
}

export function parseText(input: string | number, options: ParseOptions): Parsed | Impossible {
  const read = readText(input, options)
  return isImpossible(read) ? read : shown(read)
}

export function shown(read: Read): Parsed {
  const date = isoDay(read.day)
  const note = [...read.ambiguous, ...read.notes].join('; ')
  const doubt = {
    ambiguous: read.ambiguous.length > 0,
    ...(note ? { note } : {}),
    ...(read.alternative ? { alternative: read.alternative } : {}),
  }
  if (read.at) return { iso: isoOf(read.at, read.beyond), date, has_time: true, kind: 'datetime', ...doubt }
  const { kind } = read.day
  return { iso: date, date, has_time: false, kind, ...(kind === 'date' ? {} : { start: date, end: isoDay(lastDay(read.day)) }), ...doubt }
}
