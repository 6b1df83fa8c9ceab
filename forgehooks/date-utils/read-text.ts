import { DateTime, type Zone } from 'luxon'
import { addDays, isoDay, outOfYears, weekdayName, type Civil } from './calendar.ts'
import { readClock, zonesDisagree, type Clock } from './clock.ts'
import type { Day, Order } from './day.ts'
import { dayOfMillis, readNumber, type Numbers } from './epoch.ts'
import { isImpossible, type Impossible } from './impossible.ts'
import { isLeapSecond } from './leap-seconds.ts'
import { weekdayNumber } from './names.ts'
import { clean } from './normalize.ts'
import { readDay, type ReadDay } from './read-day.ts'
import { readRelative } from './relative.ts'
import { isoOf, place } from './wall.ts'

export type ParseOptions = {
  order: Order
  /** What a reading without offset is taken in. */
  zone: Zone
  /** Whether the caller asked for that zone: only then is a written offset converted into it. */
  convert: boolean
  /** The moment "tomorrow" counts from; without it relative dates, and days without a year, are refused. */
  reference?: DateTime
  /** What bare numbers count. */
  numbers?: Numbers
  /** What to do with a reading that the clocks jumped over. Refused if left out. */
  gaps?: 'refuse' | 'move'
}

/** What was understood. With a time there is a moment (`at`), else a day. */
export type Read = {
  day: Day
  at?: DateTime
  /** Digits after the milliseconds of `at`. */
  beyond: string
  /** Whether the text says its own offset: then it is one moment, whatever zone it is read in. */
  zoned: boolean
  clock: 'once' | 'gap' | 'twice'
  /** The second moment of a time that comes twice. */
  second?: DateTime
  /** Why it may be meant in another way, and that way in ISO 8601. */
  ambiguous: string[]
  alternative?: string
  /** What was assumed without doubt. */
  notes: string[]
}

const NOT_UNDERSTOOD = 'it is not a date in a form that is understood'

/** Any usual way to write a date or a moment. Never rolls over: what the calendar or the clock does not have is refused with the reason. */
export function readText(input: string | number, options: ParseOptions): Read | Impossible {
  if (typeof input === 'string' && input.length > 200) return { reason: 'it is longer than 200 characters' }
  const { text, foreignDigits } = clean(String(input))
  if (text === '') return { reason: 'it is empty' }
  const read = understand(input, text, options)
  // Persian and Thai dates count their years from elsewhere; in their digits a year far from ours is one of those.
  if (foreignDigits && !isImpossible(read) && (read.day.year < 1800 || read.day.year > 2200))
    return { reason: `year ${read.day.year} in digits of another script may be of another calendar` }
  return read
}

function understand(input: string | number, text: string, options: ParseOptions): Read | Impossible {
  const dotNet = /^\/Date\((-?\d{1,16})(?:[-+]\d{4})?\)\/$/.exec(text)
  const count = dotNet ? readNumber(text, dotNet[1] as string, 'milliseconds') : readNumber(input, text, options.numbers ?? 'auto')
  if (count) {
    if (isImpossible(count)) return count
    const day: Day = { ...dayOfMillis(count.millis), kind: 'date' }
    const ambiguous = count.ambiguous ? [count.ambiguous] : []
    if (!count.hasTime) return { day, beyond: '', zoned: false, clock: 'once', ambiguous, notes: [] }
    if (!count.local) {
      // A double holds the milliseconds of such a number, and not its nanoseconds.
      const exact = typeof input === 'string' || Number.isSafeInteger(input) || !Number.isInteger(input)
      const read = moment(DateTime.fromMillis(count.millis, { zone: options.zone }), exact ? (count.beyond ?? '') : '', ambiguous)
      if (!exact && !isImpossible(read)) read.notes.push('a number of this size is not exact to the nanosecond; write it as text')
      return read
    }
    const wall = DateTime.fromMillis(count.millis, { zone: 'utc' })
    return atClock(day, { hour: wall.hour, minute: wall.minute, second: wall.second, millisecond: wall.millisecond }, options)
  }
  if (options.reference && /^(?:now|right now|agora|ahora|maintenant|jetzt)$/i.test(text)) return moment(options.reference, '', [])
  const absolute = readAbsolute(text, options)
  if (absolute && (!isImpossible(absolute) || !absolute.maybe)) return absolute
  if (!options.reference) return absolute ?? { reason: NOT_UNDERSTOOD }
  const found = readRelative(text, options.reference)
  if (!found) return absolute ?? { reason: /^\d{1,2}[/.-]\d{1,2}(?!\S)/.test(text) ? `the year is missing, or ${NOT_UNDERSTOOD}` : NOT_UNDERSTOOD }
  if (isImpossible(found)) return found
  const day: Day = { ...found.day, ...(found.note ? { ambiguous: found.note } : {}), ...(found.other ? { other: found.other } : {}) }
  if (found.at) return moment(found.at, '', [])
  return found.clock ? atClock(day, found.clock, { ...options, zone: options.reference.zone }) : dayOnly(day)
}

/** `maybe`: a day was read, but not what stands after it; the whole may be a phrase. */
type Refusal = Impossible & { maybe?: boolean }

function readAbsolute(written: string, options: ParseOptions): Read | Refusal | undefined {
  const text = yearToDay(written)
  const { weekday, body } = leadingWeekday(text)
  const dayOptions = { order: options.order, ...(options.reference ? { year: options.reference.year } : {}) }
  const found: TimeFirst | undefined = readDay(body, dayOptions) ?? timeFirst(body, dayOptions)
  if (!found) return undefined
  const { day } = found
  if (isImpossible(day)) return day
  const after = trailingWeekday(found.rest)
  for (const said of [weekday, after.weekday]) {
    if (said === undefined || day.kind !== 'date') continue
    const real = weekdayName(day)
    if (weekdayNumber(real) !== said) return { reason: `${isoDay(day)} is a ${real}, not the weekday that is written` }
  }
  if (weekday !== undefined && day.kind !== 'date') return { reason: `a weekday does not go with a whole ${day.kind}` }
  if (after.rest === '') return dayOnly(day)
  const clock = found.clock ?? readClock(after.rest, found.basic)
  if (!clock) return { reason: `"${after.rest.slice(0, 40)}" after the date is not a time`, maybe: true }
  if (isImpossible(clock)) return { ...clock, maybe: day.ambiguous !== undefined }
  if (day.kind !== 'date') return { reason: `a time does not go with a whole ${day.kind}` }
  return atClock(day, clock, options)
}

/** ctime, Unix date, git and Java put the year behind the time: `Mar 5 10:15:00 UTC 2024`, `Mar 5 10:15:00 2024 +0100`. */
function yearToDay(text: string): string {
  const match =
    /^((?:\p{L}{3,9},? )?\p{L}{3,9}\.? \d{1,2}|(?:\p{L}{3,9},? )?\d{1,2} \p{L}{3,9}\.?),? (\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: [ap]m)?)((?: [A-Z]{1,5}(?:[-+]\d{2}:?\d{2})?| [-+]\d{2}:?\d{2})?) (\d{4})((?: [-+]\d{2}:?\d{2}| [A-Z]{1,5})?)$/iu.exec(
      text,
    )
  if (!match || (match[3] && match[5])) return text
  return `${match[1]} ${match[4]} ${match[2]}${match[3]}${match[5]}`
}

const LEAD = /^(?:on |the |em |dia |no dia |le |el |den |am |del? )+(?=[\p{L}\d])/iu

/** `Tue, 5 Mar 2024`: the weekday is set aside, and checked later. */
function leadingWeekday(text: string): { weekday?: number; body: string } {
  const match = /^(?:on )?(\p{L}{2,9}(?:-feira)?)\.?,? +(.*)$/iu.exec(text)
  const weekday = match ? weekdayNumber(match[1] as string) : undefined
  const body = match?.[2] ?? ''
  return weekday === undefined || !/\d/.test(body) ? { body: text.replace(LEAD, '') } : { weekday, body: body.replace(LEAD, '') }
}

/** `2024-03-05 (Tue)`, `5 March 2024, Tuesday 14:30` */
function trailingWeekday(rest: string): { weekday?: number; rest: string } {
  const match = /^\(?(\p{L}{2,9}(?:-feira)?)\.?\)?,?(?= |$)(.*)$/iu.exec(rest)
  const weekday = match ? weekdayNumber(match[1] as string) : undefined
  return weekday === undefined ? { rest } : { weekday, rest: (match?.[2] ?? '').trim() }
}

type TimeFirst = ReadDay & { clock?: Clock }

/** `14:30 05/03/2024`, `3pm EST on March 5 2024` */
function timeFirst(text: string, options: Parameters<typeof readDay>[1]): TimeFirst | undefined {
  // The longest time first: in `12:05 am 5 March` the am is no German word.
  for (let space = text.lastIndexOf(' '); space > 0; space = text.lastIndexOf(' ', space - 1)) {
    const clock = readClock(text.slice(0, space).replace(/,$/, ''))
    if (!clock || isImpossible(clock)) continue
    const { weekday, body } = leadingWeekday(text.slice(space + 1).replace(/^(?:-|on|of|em|de|del) /i, ''))
    const found = readDay(body, options)
    if (!found || isImpossible(found.day) || found.day.kind !== 'date') continue
    if (weekday !== undefined && weekdayNumber(weekdayName(found.day)) !== weekday)
      return { ...found, day: { reason: `${isoDay(found.day)} is a ${weekdayName(found.day)}, not the weekday that is written` } }
    if (found.rest === '') return { ...found, rest: 'time', clock }
    const zoned = clock.zone ? undefined : readClock(`00:00 ${found.rest}`)
    if (zoned && !isImpossible(zoned) && zoned.zone) return { ...found, rest: 'time', clock: { ...clock, zone: zoned.zone } }
  }
  return undefined
}

function dayOnly(day: Day): Read {
  return {
    ...{ day, beyond: '', zoned: false, clock: 'once', notes: day.note ? [day.note] : [] },
    ambiguous: day.ambiguous ? [day.ambiguous] : [],
    ...(day.other ? { alternative: isoDay(day.other) } : {}),
  }
}

export function atClock(day: Day, clock: Clock, options: Pick<ParseOptions, 'zone' | 'convert' | 'gaps'>): Read | Impossible {
  const zone = clock.zone ?? options.zone
  const shown = clock.zone && options.convert ? options.zone : zone
  const at = (civil: Civil) => place(clock.nextDay ? addDays(civil, 1) : civil, clock, zone)
  const placed = at(day)
  const disagreement = zonesDisagree(clock, placed.first)
  if (disagreement) return disagreement
  const notes = [...(day.note ? [day.note] : []), ...(clock.note ? [clock.note] : [])]
  let moved = placed.first
  if (clock.leapSecond) {
    if (!isLeapSecond(moved)) return { reason: 'second 60 does not exist (0 to 59): no leap second was added there' }
    moved = moved.plus({ seconds: 1 })
    notes.push('the leap second 23:59:60 UTC is written as the moment that follows it, as Unix time does')
  }
  const read = moment(moved.setZone(shown), clock.beyond ?? '', day.ambiguous ? [day.ambiguous] : [])
  if (isImpossible(read)) return read
  const made: Read = { ...read, zoned: clock.zone !== undefined, clock: clock.nextDay && placed.type === 'gap' ? 'once' : placed.type, notes }
  if (day.other) made.alternative = isoOf(at(day.other).first.setZone(shown))
  // 24:00 before a midnight that the clocks jump over is the end of that day all the same.
  if (placed.type === 'gap' && !clock.nextDay) {
    const reason = `${isoDay(day)} ${clockText(clock)} does not exist in ${zone.name}: the clocks go forward over it`
    if (options.gaps !== 'move') return { reason }
    made.notes.push(`${reason}; it was moved on by the length of the gap, to ${isoOf(moved)}`)
  }
  if (placed.second) {
    made.second = placed.second.setZone(shown)
    made.alternative ??= isoOf(made.second)
    made.ambiguous.push(`this time comes twice in ${zone.name}, as the clocks go back; the first was taken`)
  }
  return made
}

const clockText = ({ hour, minute }: Clock) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`

function moment(at: DateTime, beyond: string, ambiguous: string[]): Read | Impossible {
  const outside = at.isValid ? outOfYears(at.year) : { reason: 'it is outside the years 1 to 9999' }
  if (outside) return outside
  const day: Day = { year: at.year, month: at.month, day: at.day, kind: 'date' }
  return { day, at, beyond, zoned: true, clock: 'once', ambiguous: [...ambiguous], notes: [] }
}
