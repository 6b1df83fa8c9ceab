import type { DateTime, Zone } from 'luxon'
import { isImpossible, type Impossible } from './impossible.ts'
import { readZone } from './zone.ts'

/** A wall clock reading with the zone that was written beside it, if any. */
export type Clock = {
  hour: number
  minute: number
  second: number
  millisecond: number
  /** Digits of the fraction after the milliseconds. */
  beyond?: string
  zone?: Zone
  /** 1 for 24:00, which is 00:00 of the next day. */
  nextDay?: 1
  /** 23:59:60: the second after the one that is given here. */
  leapSecond?: true
  /** A zone that was written as well as an offset: the two must agree. */
  also?: Zone
  note?: string
}

const WORDS: Record<string, string> = {
  ...{ noon: 'noon', midday: 'noon', 'meio-dia': 'noon', 'meio dia': 'noon', mediodia: 'noon', midi: 'noon', mittag: 'noon', '12 noon': 'noon' },
  ...{
    midnight: 'midnight',
    'meia-noite': 'midnight',
    'meia noite': 'midnight',
    medianoche: 'midnight',
    minuit: 'midnight',
    mitternacht: 'midnight',
  },
  ...{ '12 midnight': 'midnight', '12:00 noon': 'noon', '12:00 midnight': 'midnight' },
}
const WORD = new RegExp(
  `^(${Object.keys(WORDS)
    .toSorted((one, other) => other.length - one.length)
    .join('|')})(?![\\p{L}\\d])(.*)$`,
  'iu',
)
const HALF = '(?:([ap])\\.? ?m\\b\\.?(?!\\p{L}))?'
const HOURS_WORD = '(?:hours|horas|heures|hora|hrs|hs|hr|h|uhr)\\b\\.?'
const AT = /^(?:(?:at|@|as|ao|a las|a la|um|alle|ore|om)\s+|à(?:s)? |@|a (?=\d{1,2} ?h))/iu

// In each: hour, minute, second, fraction, half of the day, rest.
const FORMS = [
  new RegExp(`^(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:[.,:](\\d{1,12}))?)? ?(?:${HOURS_WORD})? ?${HALF}(.*)$`, 'iu'),
  new RegExp(`^(\\d{1,2})\\.(\\d{2})(?:\\.(\\d{2})(?:[.,](\\d{1,12}))?)?(?![\\d.]) ?(?:${HOURS_WORD})? ?${HALF}(.*)$`, 'iu'),
  new RegExp(`^(\\d{1,2}) ?h ?(\\d{2})(?: ?(?:min|mn|m)?(?: ?(\\d{2})(?: ?s)?)?\\b)()?()(.*)$`, 'iu'),
  new RegExp(`^(\\d{1,2}) ?${HOURS_WORD}()()() ?${HALF}(.*)$`, 'iu'),
  /^(\d{1,2})()()()()( (?:in the (?:morning|afternoon|evening)|at night|da |de la |du ).*)$/iu,
  new RegExp(`^(\\d{1,2})()()() ?(?:([ap])\\.? ?m\\b\\.?(?!\\p{L}))(.*)$`, 'iu'),
]
// Without colons only after a T or the like, or with a word that makes it a time: 2024 alone is a year.
const BASIC = /^(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,12}))?)?()((?!\d).*)$/
const BASIC_SAID = /^(\d{2})(\d{2})()()()(?: ?(?:hrs|hours|hr|h|uhr)\b\.?|(?=Z$))(.*)$/i
const HOUR_ONLY = /^(\d{2})()()()()((?:Z|[-+]\d{2}(?::?\d{2})?)?)$/i

/**
 * `14:30`, `3pm`, `3:05:07.250 PM`, `14h30`, `noon`, each with an offset or zone after it. Undefined when it is no time at all.
 * `basic`: the text follows a date in the way ISO 8601 writes it, so 1430 and 14 are times.
 */
export function readClock(written: string, basic = false): Clock | Impossible | undefined {
  const text = written.trim().replace(AT, '').trim()
  const word = WORD.exec(text)
  if (word) {
    const noon = WORDS[(word[1] as string).toLowerCase()] === 'noon'
    const note = noon ? undefined : 'midnight is taken as the start of the day, 00:00'
    return withZone({ hour: noon ? 12 : 0, minute: 0, second: 0, millisecond: 0, ...(note ? { note } : {}) }, word[2] as string)
  }
  for (const form of basic ? [...FORMS, BASIC, HOUR_ONLY] : [...FORMS, BASIC_SAID]) {
    const match = form.exec(text)
    if (match) return finish(match.slice(1).map((part) => part ?? ''))
  }
  return undefined
}

function finish([hours = '', minutes = '', seconds = '', fraction = '', half = '', rest = '']: string[]): Clock | Impossible {
  const [minute, second] = [Number(minutes), Number(seconds)]
  let hour = Number(hours)
  const said = half === '' ? dayPart(rest, hour) : { half: half.toLowerCase(), rest }
  if (isImpossible(said)) return said
  if (said.half !== '') {
    if (hour < 1 || hour > 12) return { reason: `hour ${hour} does not go with ${said.half}m` }
    hour = (hour % 12) + (said.half === 'p' ? 12 : 0)
  }
  if (minute > 59) return { reason: `minute ${minute} does not exist (0 to 59)` }
  if (hour === 24 && (minute > 0 || second > 0 || Number(fraction) > 0)) return { reason: 'a day ends at 24:00:00; there is nothing after it' }
  if (hour > 24) return { reason: `hour ${hour} does not exist (0 to 23)` }
  const leap = second === 60 && minute === 59
  if (second > 59 && !leap) return { reason: `second ${second} does not exist (0 to 59)` }
  const clock: Clock = {
    hour: hour % 24,
    minute,
    second: leap ? 59 : second,
    millisecond: leap ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3)),
    ...(!leap && /[1-9]/.test(fraction.slice(3)) ? { beyond: inGroups(fraction.slice(3)) } : {}),
    ...(hour === 24 ? { nextDay: 1, note: '24:00 is 00:00 of the next day' } : {}),
    ...(leap ? { leapSecond: true } : {}),
  }
  return withZone(clock, said.rest)
}

/** Digits by threes, as microseconds and nanoseconds are written. */
function inGroups(digits: string): string {
  const short = digits.replace(/0+$/, '')
  return short.padEnd(Math.ceil(short.length / 3) * 3, '0')
}

/** `9 in the morning`, `8:30 at night`, `3 da tarde`. The night has hours before and after midnight: only 6 to 11 are sure. */
function dayPart(rest: string, hour: number): { half: string; rest: string } | Impossible {
  const match =
    /^ ?(?:in the |at |da |de la |du |de l')(morning|afternoon|evening|night|manha|manhã|tarde|noite|mañana|noche|matin|soir)(?!\p{L})(.*)$/iu.exec(
      rest,
    )
  if (!match) return { half: '', rest }
  const [, part = '', after = ''] = match
  if (hour > 12) return { half: '', rest: after }
  const morning = /^m/i.test(part)
  if ((morning && hour === 12) || (/^n/i.test(part) && (hour < 6 || hour === 12))) return { reason: `write "${hour} ${part}" with am or pm` }
  return { half: morning ? 'a' : 'p', rest: after }
}

function withZone(clock: Clock, written: string): Clock | Impossible {
  // JavaScript writes "GMT+0100 (Central European Standard Time)", mail programs "+0000 (UTC)".
  const after = written.replace(/^,/, '').trim()
  if (after === '') return clock
  const alone = readZone(after.replace(/^\((.*)\)$/, '$1'))
  if (alone) return isImpossible(alone) ? alone : { ...clock, zone: alone }
  // 2024-03-05T14:30-05:00[America/New_York], Go's "-0500 EST", "+0000 (UTC)"
  const both = /^((?:UTC|GMT)?[-+]\d{2}:?\d{2}(?::\d{2})?|Z|UTC|GMT) ?(?:\[!?([^\]]+)\]|\(([^)]*)\)|([A-Z]{2,5}))$/i.exec(after)
  const zone = both ? readZone(both[1] as string) : undefined
  if (!both || !zone) return { reason: `"${after.slice(0, 40)}" after the time is not a time zone that is understood` }
  if (isImpossible(zone)) return zone
  const other = readZone((both[2] ?? both[3] ?? both[4]) as string, both[2] !== undefined)
  if (other && isImpossible(other) && both[2] !== undefined) return other
  if (!other && both[2] !== undefined) return { reason: `"${both[2]}" is not a time zone that is known` }
  // What is written beside an offset in brackets is a comment; a zone that is known must agree with it all the same.
  return { ...clock, zone, ...(other && !isImpossible(other) ? { also: other } : {}) }
}

/** Whether the second zone that was written has the offset of the first at that moment. */
export function zonesDisagree(clock: Clock, at: DateTime): Impossible | undefined {
  const other = clock.also?.offset(at.toMillis())
  if (other === undefined || other === clock.zone?.offset(at.toMillis())) return undefined
  return { reason: `the offset that is written is not that of ${clock.also?.name} at that time` }
}
