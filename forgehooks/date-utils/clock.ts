import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'
import { HookError } from '@cadre/contract/forgehook'

/** A wall clock reading with the zone that was written beside it, if any. */
export type Clock = { hour: number; minute: number; second: number; millisecond: number; zone?: Zone }
/** A reading that cannot be, with the reason. */
export type Impossible = { reason: string }

// Offsets that mean one thing everywhere they are used; IST, CST of China and the like are refused rather than guessed.
const ABBREVIATIONS: Record<string, number> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  UT: 0,
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  JST: 540,
  KST: 540,
  BRT: -180,
  BRST: -120,
  ART: -180,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
}

/** The zone of a parameter: an IANA name, UTC, or an offset such as +02:00. */
export function needZone(name: string | undefined, field: string): Zone {
  const written = (name ?? 'UTC').trim()
  const zone = readZone(written, true)
  if (zone) return zone
  throw new HookError(
    `unknown time zone "${written.slice(0, 60)}"; use an IANA name such as America/Sao_Paulo, UTC, or an offset such as -03:00`,
    field,
  )
}

/** Undefined when the text names no zone. */
export function readZone(written: string, anyName = false): Zone | undefined {
  const text = written.replace(/^\[(.*)\]$/, '$1').trim()
  const offset = /^(?:UTC|GMT)?\s*([-+−])(\d{1,2})(?::?(\d{2}))?$/i.exec(text)
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3] ?? 0)
    if (minutes > 14 * 60 || Number(offset[3] ?? 0) > 59) return undefined
    return FixedOffsetZone.instance(offset[1] === '+' ? minutes : -minutes)
  }
  const known = text.toUpperCase()
  if (Object.hasOwn(ABBREVIATIONS, known)) return FixedOffsetZone.instance(ABBREVIATIONS[known] as number)
  // Names like "Japan" or "MET" are zones too, but in the middle of a date only Area/City is taken for one.
  if ((anyName || text.includes('/')) && /^[A-Za-z_+\-0-9/]{2,60}$/.test(text) && IANAZone.isValidZone(text)) return IANAZone.create(text)
  return undefined
}

const TIME =
  /^(?:at\s+|as\s+|às\s+|um\s+|,\s*|@\s*)?(\d{1,2})(?:(?::|h|\.(?=\d{2}(?:\D|$)))(\d{2})(?:(?::|m|\.)(\d{2})(?:[.,](\d{1,9}))?)?s?(?:min)?|h(?:rs?|oras)?)?\s*(?:([ap])\.?m\.?(?!\p{L}))?\s*(.*)$/iu

/** `14:30`, `3pm`, `3:05:07.250 PM`, `14h30`, each with an offset or zone after it. Undefined when it is no time at all. */
export function readClock(text: string): Clock | Impossible | undefined {
  if (/^\d{4}/.test(text.trim())) return basicClock(text.trim())
  const match = TIME.exec(text.trim())
  if (!match) return undefined
  const [, hours = '', minutes, seconds, fraction, half, rest = ''] = match
  if (minutes === undefined && !half && !/^\D*\d{1,2}\s*h/i.test(text.trim())) return undefined
  return finish(Number(hours), Number(minutes ?? 0), Number(seconds ?? 0), fraction, half?.toLowerCase(), rest)
}

/** `101500`, `1015`, `101500.5` after the T of a basic ISO date. */
function basicClock(text: string): Clock | Impossible | undefined {
  const match = /^(\d{2})(\d{2})(?:(\d{2})(?:[.,](\d{1,9}))?)?\s*(\D.*)?$/.exec(text)
  return match ? finish(Number(match[1]), Number(match[2]), Number(match[3] ?? 0), match[4], undefined, match[5] ?? '') : undefined
}

function finish(
  written: number,
  minute: number,
  second: number,
  fraction: string | undefined,
  half: string | undefined,
  rest: string,
): Clock | Impossible | undefined {
  let hour = written
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return { reason: `hour ${hour} does not go with ${half}m` }
    hour = (hour % 12) + (half === 'p' ? 12 : 0)
  }
  if (hour > 23) return { reason: `hour ${hour} does not exist (0 to 23)` }
  if (minute > 59) return { reason: `minute ${minute} does not exist (0 to 59)` }
  if (second > 59) return { reason: `second ${second} does not exist (0 to 59)` }
  const clock = { hour, minute, second, millisecond: fraction ? Math.floor(Number(`0.${fraction}`) * 1000) : 0 }
  // JavaScript writes "GMT+0100 (Central European Standard Time)", Java "Z[UTC]".
  const after = rest
    .replace(/\(.*\)$/, '')
    .replace(/^(Z|[-+−]\d{2}:?\d{2})\s*\[[^\]]*\]$/i, '$1')
    .trim()
  if (after === '') return clock
  const zone = readZone(after)
  return zone ? { ...clock, zone } : { reason: `"${after.slice(0, 40)}" after the time is not a time zone that is understood` }
}
