import * as chrono from 'chrono-node'
import type { DateTime } from 'luxon'
import type { Clock, Impossible } from './clock.ts'
import { readClock } from './clock.ts'
import { isImpossible, realDay, type Day } from './day.ts'
import { fold, weekdayNumber } from './names.ts'

export type Relative = { day: Day; clock?: Clock; note?: string }

/** `next friday at 3pm`, `in 3 days`, `amanhã às 15h`: a day counted from the reference, in its zone. */
export function readRelative(text: string, reference: DateTime): Relative | Impossible | undefined {
  return portuguese(text, reference) ?? english(text, reference)
}

function english(text: string, reference: DateTime): Relative | Impossible | undefined {
  // Chrono takes an offset in minutes and leaves the server's zone alone when it has one.
  const results = chrono.casual.parse(text, { instant: reference.toJSDate(), timezone: reference.offset })
  const [found] = results
  // Dates in the middle of other words are not what was asked for.
  if (results.length !== 1 || !found || found.end || found.text.length < text.replace(/[.!?]$/, '').length) return undefined
  const { start } = found
  const part = (name: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond') => start.get(name) ?? 0
  const day = realDay(part('year'), part('month'), part('day'))
  if (isImpossible(day)) return day
  // Chrono turns 31 April into 1 May in its dates, but keeps the words: they were checked above.
  const notes: string[] = []
  if (!start.isCertain('year') && start.isCertain('month')) notes.push(`no year is written; ${part('year')} is assumed`)
  if (start.isCertain('hour') && !start.isCertain('day') && !start.isCertain('weekday'))
    notes.push('no day is written; the day of the reference is assumed')
  if (/\bnext\s+\p{L}+day\b/iu.test(text)) notes.push('"next" before a weekday is taken as the day of next week')
  const note = notes.length > 0 ? { note: notes.join('; ') } : {}
  const wholeMonth = start.isCertain('month') && !start.isCertain('day') && !start.isCertain('weekday') && part('day') === 1
  if (!start.isCertain('hour')) return { day: wholeMonth ? { ...day, kind: 'month' } : day, ...note }
  const offset = start.isCertain('timezoneOffset') ? start.get('timezoneOffset') : null
  const written =
    offset === null || offset === reference.offset ? undefined : readClock(`00:00 ${offset < 0 ? '-' : '+'}${clockText(Math.abs(offset))}`)
  const zone = written && !isImpossible(written) ? written.zone : undefined
  return {
    day,
    clock: { hour: part('hour'), minute: part('minute'), second: part('second'), millisecond: part('millisecond'), ...(zone ? { zone } : {}) },
    ...note,
  }
}

const clockText = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

const UNITS: Record<string, 'days' | 'weeks' | 'months' | 'years'> = {
  dia: 'days',
  dias: 'days',
  semana: 'weeks',
  semanas: 'weeks',
  mes: 'months',
  meses: 'months',
  ano: 'years',
  anos: 'years',
}

/** The usual Portuguese forms; chrono's own reads "amanhã às 15h" as amanhã alone. */
function portuguese(text: string, reference: DateTime): Relative | Impossible | undefined {
  const match =
    /^(hoje|ontem|anteontem|amanha|depois de amanha|(?:daqui a|em|ha) \d{1,4} \p{L}+|\d{1,4} \p{L}+ atras|(?:proxim[ao]|ultim[ao]) [\p{L}-]+)(?:,?\s+(?:as\s+)?(.+))?$/u.exec(
      fold(text),
    )
  if (!match) return undefined
  const moved = portugueseDay(match[1] as string, reference)
  if (!moved) return undefined
  const day = realDay(moved.year, moved.month, moved.day)
  if (isImpossible(day)) return day
  if (!match[2]) return { day }
  const clock = readClock(match[2].replace(/^meio-dia$/, '12:00').replace(/^meia-noite$/, '00:00'))
  return !clock ? undefined : isImpossible(clock) ? clock : { day, clock }
}

function portugueseDay(words: string, reference: DateTime): DateTime | undefined {
  const days: Record<string, number> = { hoje: 0, ontem: -1, anteontem: -2, amanha: 1, 'depois de amanha': 2 }
  const named = days[words]
  if (named !== undefined) return reference.plus({ days: named })
  const counted = /(\d+) (\p{L}+)/u.exec(words)
  if (counted) {
    const unit = UNITS[counted[2] as string]
    const past = words.startsWith('ha ') || words.endsWith('atras')
    return unit ? reference.plus({ [unit]: (past ? -1 : 1) * Number(counted[1]) }) : undefined
  }
  const [which = '', name = ''] = words.split(' ')
  const weekday = weekdayNumber(name)
  if (weekday === undefined) return undefined
  const ahead = (weekday - reference.weekday + 7) % 7 || 7
  return reference.plus({ days: which.startsWith('ultim') ? (ahead === 7 ? -7 : ahead - 7) : ahead })
}
