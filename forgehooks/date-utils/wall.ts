import { DateTime, type Zone } from 'luxon'
import { addDays, addMonths, pad, utcMillis, type Civil } from './calendar.ts'

export type TimeOfDay = { hour: number; minute: number; second: number; millisecond: number }

/**
 * Where a reading of a wall clock lies in time. `gap`: clocks were put forward over it; `first` is then the reading moved on by the
 * length of the gap. `twice`: clocks were put back, and it came a second time.
 */
export type Placed = { type: 'once' | 'gap' | 'twice'; first: DateTime; second?: DateTime }

export function place(day: Civil, time: TimeOfDay, zone: Zone): Placed {
  const local = utcMillis(day.year, day.month, day.day, time.hour, time.minute, time.second, time.millisecond)
  const at = (offset: number) => local - Math.round(offset * 60_000)
  // No zone changes its clocks twice within a day; a day's distance lies on either side of any change.
  const [before, after] = [zone.offset(local - 86_400_000), zone.offset(local + 86_400_000)]
  const found = [before, after].map(at).filter((moment, index) => Math.abs(zone.offset(moment) - ([before, after][index] as number)) < 1e-9)
  const moments = [...new Set(found)].toSorted((one, other) => one - other)
  const made = (millis: number) => DateTime.fromMillis(millis, { zone })
  if (moments.length === 0) {
    const middle = zone.offset(at(before))
    // A short rule between two changes, as some countries had in wartime.
    if (zone.offset(at(middle)) === middle) return { type: 'once', first: made(at(middle)) }
    return { type: 'gap', first: made(at(before)) }
  }
  const first = made(moments[0] as number)
  return moments.length > 1 ? { type: 'twice', first, second: made(moments[1] as number) } : { type: 'once', first }
}

export const civil = (at: DateTime): Civil => ({ year: at.year, month: at.month, day: at.day })
export const timeOf = (at: DateTime): TimeOfDay => ({ hour: at.hour, minute: at.minute, second: at.second, millisecond: at.millisecond })

/** The first moment of a day in a zone: midnight, or later where clocks went forward over midnight. */
export function startOfDay(day: Civil, zone: Zone): DateTime {
  return place(day, { hour: 0, minute: 0, second: 0, millisecond: 0 }, zone).first
}

/** Months, then days, on the calendar with the time of day kept; the clock changes are then looked at once. */
export function moveOnCalendar(at: DateTime, months: number, days: number): Placed {
  if (months === 0 && days === 0) return { type: 'once', first: at }
  return place(addDays(addMonths(civil(at), months), days), timeOf(at), at.zone)
}

/** ISO 8601 with offset: seconds always, milliseconds only where there are some, Z for UTC. `beyond`: digits after the milliseconds. */
export function isoOf(at: DateTime, beyond = ''): string {
  const { year, month, day, hour, minute, second, millisecond, offset } = at
  const fraction = beyond !== '' ? `.${pad(millisecond, 3)}${beyond}` : millisecond > 0 ? `.${pad(millisecond, 3)}` : ''
  const zone = offset === 0 && (at.zone.name === 'UTC' || at.zone.type === 'fixed') ? 'Z' : offsetText(offset)
  return `${pad(year, 4)}-${pad(month)}-${pad(day)}T${pad(hour)}:${pad(minute)}:${pad(second)}${fraction}${zone}`
}

/** Before zones were agreed on, places kept the time of their sun: such offsets have seconds, and they are written too. */
export function offsetText(offset: number): string {
  const seconds = Math.round(Math.abs(offset) * 60)
  const rest = seconds % 60
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}${rest ? `:${pad(rest)}` : ''}`
}
