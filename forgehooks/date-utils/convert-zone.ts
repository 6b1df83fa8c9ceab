import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { isoDay, pad, weekdayName } from './calendar.ts'
import { needReference, orderNamed, type Reading } from './given.ts'
import { numbersNamed } from './epoch.ts'
import { isImpossible } from './impossible.ts'
import { readText } from './read-text.ts'
import { isoOf, offsetText, startOfDay } from './wall.ts'
import { needZone } from './zone.ts'

export type ConvertZoneInput = Omit<Reading, 'time_zone'> & { date: string | number; from?: string; to: string }

/** The same moment on another clock. A reading in `from` may not exist (gap) or come twice (overlap): both are said, not hidden. */
export function convertZone(input: ConvertZoneInput, context: HookContext) {
  const [from, to] = [needZone(input.from, 'from'), needZone(input.to, 'to')]
  const read = readText(input.date, {
    ...{ order: orderNamed(input.order), numbers: numbersNamed(input.numbers), zone: from, convert: false, gaps: 'move' as const },
    reference: needReference(input.reference, from, context, input.from === undefined),
  })
  if (isImpossible(read)) throw new HookError(`"${String(input.date).slice(0, 80)}" cannot be read as a date: ${read.reason}`, 'date')
  const start = read.at ?? startOfDay(read.day, from)
  const there = start.setZone(to)
  if (there.year < 1 || there.year > 9999) throw new HookError('the result leaves the years 1 to 9999', 'date')
  const notes = [...read.ambiguous, ...read.notes]
  if (!read.at) notes.push('no time is written; the start of the day is taken')
  const alternative = read.second ? isoOf(read.second.setZone(to)) : undefined
  return {
    iso: isoOf(there, read.beyond),
    from_iso: isoOf(start, read.beyond),
    date: isoDay(there),
    time: `${pad(there.hour)}:${pad(there.minute)}:${pad(there.second)}`,
    weekday: weekdayName(there),
    offset: offsetText(there.offset),
    status: read.clock === 'twice' ? 'overlap' : read.clock === 'gap' ? 'gap' : 'normal',
    ...(alternative ? { alternative } : {}),
    ...(notes.length > 0 ? { note: notes.join('; ') } : {}),
  }
}
