import { DateTime, FixedOffsetZone, type Zone } from 'luxon'
import { readClock, type Clock, type Impossible } from './clock.ts'
import { isImpossible, readDay, type Day, type Kind, type Order } from './day.ts'
import { weekdayNumber } from './names.ts'
import { readRelative } from './relative.ts'

export type ParseOptions = {
  order: Order
  /** What a reading without offset is taken in. */
  zone: Zone
  /** Whether the caller asked for that zone: only then is a written offset converted into it. */
  convert: boolean
  /** The moment "tomorrow" counts from; without it relative dates are refused. */
  reference?: DateTime
}

export type Parsed = {
  /** ISO 8601: a date, or a date and time with offset. */
  iso: string
  date: string
  has_time: boolean
  kind: Kind
  /** First and last day of a week, quarter, month or year. */
  start?: string
  end?: string
  ambiguous: boolean
  /** What is ambiguous, or what was assumed. */
  note?: string
}

/** Any usual way to write a date or a moment. Never rolls over: what the calendar or the clock does not have is refused with the reason. */
export function parseText(input: string | number, options: ParseOptions): Parsed | Impossible {
  const text = String(input).normalize('NFKC').trim().replace(/\s+/g, ' ')
  if (text === '') return { reason: 'it is empty' }
  if (text.length > 200) return { reason: 'it is longer than 200 characters' }
  const epoch = /^-?(\d{10}|\d{13})(\.\d{1,9})?$/.exec(text)
  if (epoch) return moment(DateTime.fromMillis(Math.round(Number(text) * (epoch[1]?.length === 10 ? 1000 : 1)), { zone: options.zone }))
  if (typeof input === 'number' && text.length !== 8)
    return { reason: 'a number is read only as epoch seconds (10 digits), milliseconds (13) or as yyyymmdd (8)' }
  const { weekday, body } = leadingWeekday(text)
  const found = readDay(body, options.order) ?? timeFirst(body, options.order)
  if (!found) return javaScriptDate(body, options) ?? relative(text, options)
  if (isImpossible(found.day)) return found.day
  if (weekday !== undefined && found.day.kind === 'date') {
    const real = DateTime.utc(found.day.year, found.day.month, found.day.day)
    if (real.weekday !== weekday)
      return { reason: `${real.toISODate()} is a ${real.setLocale('en-US').weekdayLong}, not the weekday that is written` }
  }
  if (found.rest === '') return dayOnly(found.day)
  const clock = readClock(found.rest)
  if (!clock) return relative(text, options, `"${found.rest.slice(0, 40)}" after the date is not a time`)
  if (isImpossible(clock)) return clock
  if (found.day.kind !== 'date') return { reason: `a time does not go with a whole ${found.day.kind}` }
  return atClock(found.day, clock, options)
}

/** `Tue, 5 Mar 2024`: the weekday is set aside, and checked later. */
function leadingWeekday(text: string): { weekday?: number; body: string } {
  const match = /^([\p{L}]{3,9}(?:-feira)?)\.?,?\s+(.*)$/iu.exec(text)
  const weekday = match ? weekdayNumber(match[1] as string) : undefined
  return weekday === undefined || !/\d/.test(match?.[2] ?? '') ? { body: text } : { weekday, body: match?.[2] as string }
}

/** `14:30 05/03/2024`, `3pm on March 5 2024` */
function timeFirst(text: string, order: Order): ReturnType<typeof readDay> {
  const match = /^(\d{1,2}(?::\d{2}){0,2}\s*(?:[ap]\.?m\.?)?)(?:\s*,)?\s+(?:on\s+|em\s+|de\s+)?(.+)$/i.exec(text)
  if (!match || !/[:apm]/i.test(match[1] as string)) return undefined
  const found = readDay(match[2] as string, order)
  return found && found.rest === '' && !isImpossible(found.day) && found.day.kind === 'date'
    ? { day: found.day, rest: match[1] as string }
    : undefined
}

/** `Mar 05 10:15:00 UTC 2024` (Unix date) */
function javaScriptDate(text: string, options: ParseOptions): Parsed | Impossible | undefined {
  const match = /^([\p{L}]{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?: ([A-Z]{1,4}))? (\d{4})$/u.exec(text)
  return match ? parseText(`${match[1]} ${match[2]} ${match[5]} ${match[3]}${match[4] ? ` ${match[4]}` : ''}`, options) : undefined
}

function relative(text: string, options: ParseOptions, otherwise = 'it is not a date in a form that is understood'): Parsed | Impossible {
  if (!options.reference) return { reason: otherwise }
  // Chrono would take 1/2 for January whatever the order says.
  if (/(?<![\d/.-])\d{1,2}[/.-]\d{1,2}(?![\d:])/.test(text))
    return { reason: 'the year is missing, or it is not a date in a form that is understood' }
  const found = readRelative(text, options.reference)
  if (!found) return { reason: otherwise }
  if (isImpossible(found)) return found
  const parsed = found.clock ? atClock(found.day, found.clock, options) : dayOnly(found.day)
  return isImpossible(parsed) || !found.note ? parsed : { ...parsed, ambiguous: true, note: found.note }
}

function iso(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

function dayOnly(day: Day): Parsed {
  const date = iso(day.year, day.month, day.day)
  const common = {
    iso: date,
    date,
    has_time: false,
    kind: day.kind,
    ambiguous: day.ambiguous !== undefined,
    ...(day.ambiguous ? { note: day.ambiguous } : {}),
  }
  if (day.kind === 'date') return common
  const first = DateTime.utc(day.year, day.month, day.day)
  return { ...common, start: date, end: first.endOf(day.kind).toISODate() ?? date }
}

export function atClock(day: Day, clock: Clock, options: Pick<ParseOptions, 'zone' | 'convert'>): Parsed | Impossible {
  const zone = clock.zone ?? options.zone
  const { year, month } = day
  const { hour, minute, second, millisecond } = clock
  const local = DateTime.fromObject({ year, month, day: day.day, hour, minute, second, millisecond }, { zone })
  if (!local.isValid) return { reason: local.invalidExplanation ?? 'there is no such moment' }
  if (local.hour !== hour || local.minute !== minute) {
    return { reason: `${iso(year, month, day.day)} ${pad(hour)}:${pad(minute)} does not exist in ${zone.name}: the clocks go forward over it` }
  }
  const twice = local.getPossibleOffsets()
  const earlier = twice.reduce((first, other) => (other < first ? other : first), local)
  const parsed = moment(clock.zone && options.convert ? earlier.setZone(options.zone) : earlier)
  if (isImpossible(parsed)) return parsed
  const notes = [
    day.ambiguous,
    twice.length > 1 ? `this time comes twice in ${zone.name}, as the clocks go back; the first was taken` : undefined,
  ].filter((note) => note !== undefined)
  return notes.length > 0 ? { ...parsed, ambiguous: true, note: notes.join('; ') } : parsed
}

const pad = (value: number) => String(value).padStart(2, '0')

function moment(at: DateTime): Parsed | Impossible {
  if (!at.isValid || at.year < 1 || at.year > 9999) return { reason: 'the year is outside 1 to 9999' }
  return { iso: isoOf(at), date: at.toISODate() as string, has_time: true, kind: 'datetime', ambiguous: false }
}

/** With seconds always, milliseconds only where there are some, and Z for UTC. */
export function isoOf(at: DateTime): string {
  const utc = at.offset === 0 && (at.zone.name === 'UTC' || at.zone instanceof FixedOffsetZone) ? at.toUTC() : at
  return utc.toISO({ suppressMilliseconds: true }) as string
}
