import { HookError } from '@cadre/contract/forgehook'
import type { DateTime } from 'luxon'
import { dayNumber, pad } from './calendar.ts'
import { offsetText } from './wall.ts'

type Write = (at: DateTime, locale: string) => string

/** One part of a date as a language writes it, in our calendar and digits. */
function part(at: DateTime, locale: string, options: Intl.DateTimeFormatOptions, type: Intl.DateTimeFormatPartTypes): string {
  // The names depend on the day on the wall alone: it is shown as if it were UTC.
  const wall = new Date(0)
  wall.setUTCFullYear(at.year, at.month - 1, at.day)
  wall.setUTCHours(at.hour, at.minute)
  const written = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' })
  return written.formatToParts(wall).find((piece) => piece.type === type)?.value ?? ''
}
const month = (style: 'long' | 'short' | 'narrow', inDate: boolean): Write => {
  return (at, locale) => part(at, locale, inDate ? { month: style, day: 'numeric' } : { month: style }, 'month')
}
const weekday =
  (style: 'long' | 'short' | 'narrow'): Write =>
  (at, locale) =>
    part(at, locale, { weekday: style }, 'weekday')
const half: Write = (at, locale) => part(at, locale, { hour: 'numeric', hour12: true }, 'dayPeriod') || (at.hour < 12 ? 'AM' : 'PM')
const number =
  (read: (at: DateTime) => number, length = 1): Write =>
  (at) =>
    pad(read(at), length)
const both = (names: string, write: Write) => names.split(' ').map((name): [string, Write] => [name, write])
const dayOfYear = (at: DateTime) => dayNumber(at.year, at.month, at.day) - dayNumber(at.year, 1, 1) + 1
const short = (at: DateTime) =>
  offsetText(at.offset)
    .replace(/:00$/, '')
    .replace(/^([-+])0/, '$1')
const plain = (at: DateTime) => offsetText(at.offset).replace(/:/g, '')

const TOKENS = new Map<string, Write>([
  ...both(
    'yyyy',
    number((at) => at.year, 4),
  ),
  ...both('yy', (at) => pad(at.year % 100)),
  ...both(
    'y',
    number((at) => at.year),
  ),
  ...both('MMMM', month('long', true)),
  ...both('LLLL', month('long', false)),
  ...both('MMM', month('short', true)),
  ...both('LLL', month('short', false)),
  ...both('MMMMM LLLLL', month('narrow', false)),
  ...both(
    'MM LL',
    number((at) => at.month, 2),
  ),
  ...both(
    'M L',
    number((at) => at.month),
  ),
  ...both(
    'dd',
    number((at) => at.day, 2),
  ),
  ...both(
    'd',
    number((at) => at.day),
  ),
  ...both('d_', (at) => String(at.day).padStart(2)),
  ...both('Do', (at) => ordinal(at.day)),
  ...both('cccc EEEE dddd', weekday('long')),
  ...both('ccc EEE EE ddd', weekday('short')),
  ...both('ccccc EEEEE', weekday('narrow')),
  ...both(
    'c E',
    number((at) => at.weekday),
  ),
  ...both(
    'HH',
    number((at) => at.hour, 2),
  ),
  ...both(
    'H',
    number((at) => at.hour),
  ),
  ...both(
    'hh',
    number((at) => at.hour % 12 || 12, 2),
  ),
  ...both(
    'h',
    number((at) => at.hour % 12 || 12),
  ),
  ...both(
    'mm',
    number((at) => at.minute, 2),
  ),
  ...both(
    'm',
    number((at) => at.minute),
  ),
  ...both(
    'ss',
    number((at) => at.second, 2),
  ),
  ...both(
    's',
    number((at) => at.second),
  ),
  ...both(
    'SSS fff',
    number((at) => at.millisecond, 3),
  ),
  ...both(
    'S',
    number((at) => at.millisecond),
  ),
  ...both('SSS000', (at) => `${pad(at.millisecond, 3)}000`),
  ...both('a A tt', half),
  ...both('aaa', (at, locale) => half(at, locale).toLowerCase()),
  ...both('o', number(dayOfYear)),
  ...both('ooo', number(dayOfYear, 3)),
  ...both(
    'q Q',
    number((at) => at.quarter),
  ),
  ...both(
    'W',
    number((at) => at.weekNumber),
  ),
  ...both(
    'WW',
    number((at) => at.weekNumber, 2),
  ),
  ...both(
    'kkkk',
    number((at) => at.weekYear, 4),
  ),
  ...both('kk', (at) => pad(at.weekYear % 100)),
  ...both('Z', short),
  ...both('ZZ xxx zzz', (at) => offsetText(at.offset)),
  ...both('ZZZ xx', plain),
  ...both('XXX', (at) => (at.offset === 0 ? 'Z' : offsetText(at.offset))),
  ...both('z', (at) => at.zoneName ?? ''),
  ...both('ZZZZ', (at) => at.setLocale('en-US').offsetNameShort ?? ''),
  ...both('X', (at) => String(Math.floor(at.toSeconds()))),
  ...both('x', (at) => String(at.toMillis())),
])
const KNOWN = 'yyyy yy MMMM (March) MMM (Mar) MM M dd d Do cccc (Tuesday) ccc (Tue) HH H hh h mm ss SSS a ooo q WW kkkk ZZ ZZZ z X x'

function ordinal(day: number): string {
  const suffix = day % 100 > 10 && day % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th')
  return `${day}${suffix}`
}

/** A letter that means nothing is refused: left as it is it would look like a part of the date. */
export function needToken(token: string): Write {
  const found = TOKENS.get(token)
  if (found) return found
  throw new HookError(`"${token}" is no part of a pattern; known: ${KNOWN}; text goes in single quotes`, 'format')
}
