import { HookError } from '@cadre/contract/forgehook'
import { civilOf, dayNumber, pad } from './calendar.ts'
import { isImpossible, realDay } from './day.ts'
import type { Impossible } from './impossible.ts'

/** What a bare number counts. `auto` tells by its length; Excel's serial days only on request. */
export type Numbers = 'auto' | 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds' | 'excel' | 'excel_1904'
/** A moment, or with Excel a reading without zone. `beyond`: digits after the milliseconds. */
export type Counted = { millis: number; local: boolean; hasTime: boolean; beyond?: string; ambiguous?: string }

const NAMES: Record<string, Numbers> = {
  ...{ auto: 'auto', s: 'seconds', seconds: 'seconds', ms: 'milliseconds', milliseconds: 'milliseconds', us: 'microseconds' },
  ...{ microseconds: 'microseconds', ns: 'nanoseconds', nanoseconds: 'nanoseconds', excel: 'excel', excel_1904: 'excel_1904' },
}

export function numbersNamed(name = 'auto'): Numbers {
  const numbers = NAMES[name.toLowerCase()]
  if (numbers === undefined) throw new HookError(`unknown "${name.slice(0, 40)}"; use one of ${Object.keys(NAMES).join(', ')}`, 'numbers')
  return numbers
}

const DIGITS_AFTER: Record<string, number> = { seconds: 0, milliseconds: 3, microseconds: 6, nanoseconds: 9 }
const ASK = 'say with "numbers" what it counts: seconds, milliseconds, microseconds, nanoseconds or excel'

/** Reads a text of digits alone; undefined when it is none, or when its digits are those of a date. */
export function readNumber(input: string | number, text: string, numbers: Numbers): Counted | Impossible | undefined {
  const match = /^@?([-+]?)(\d{1,20})(?:[.,](\d{1,12}))?$/.exec(text)
  if (!match) return exponent(input, text, numbers)
  const [, sign = '', whole = '', fraction = ''] = match
  const negative = sign === '-'
  if (numbers === 'excel' || numbers === 'excel_1904') return excel(Number(text.replace('@', '').replace(',', '.')), numbers)
  if (numbers !== 'auto') return epoch(negative, whole, fraction, numbers)
  if (text.startsWith('@')) return epoch(negative, whole, fraction, 'seconds')
  const length = whole.length
  if (fraction !== '' && length < 9) return typeof input === 'number' ? { reason: `it is not clear what the number counts; ${ASK}` } : undefined
  if (sign === '' && (length === 4 || length === 8 || length === 14 || (typeof input === 'string' && length < 9))) return fewDigits(input, whole)
  if (length === 12 && sign === '' && /^(?:19|20)\d\d/.test(whole)) return twelveDigits(whole, fraction)
  if (length === 9 || length === 10) return epoch(negative, whole, fraction, 'seconds')
  if (length === 12 || length === 13) return epoch(negative, whole, fraction, 'milliseconds')
  if (length === 15 || length === 16) return epoch(negative, whole, fraction, 'microseconds')
  if (length === 18 || length === 19) return epoch(negative, whole, fraction, 'nanoseconds')
  if (negative && length < 8) return counted(epoch(negative, whole, fraction, 'seconds'), 'read as seconds since 1970')
  if (typeof input === 'number' && Number(whole) === 0) return counted(epoch(false, whole, fraction, 'seconds'), 'read as the epoch, 1970-01-01')
  return { reason: `a number is read as epoch seconds (10 digits), milliseconds (13) or as yyyymmdd (8); for others ${ASK}` }
}

function fewDigits(input: string | number, whole: string): Impossible | undefined {
  if (typeof input === 'string' || whole.length === 8 || whole.length === 14) return undefined
  return { reason: `it is not clear whether ${whole} is a year or counts something; write a year as text, or ${ASK} (epoch or Excel)` }
}

/** JSON writes large numbers as 1.7096328e+21. */
function exponent(input: string | number, text: string, numbers: Numbers): Impossible | undefined {
  if (typeof input !== 'number') return undefined
  return { reason: numbers === 'auto' ? `${text} is no number of seconds or days that is understood; ${ASK}` : 'it is outside the years 1 to 9999' }
}

/** 202403051015 is a time of 2024, or the milliseconds of a day in 1976. */
function twelveDigits(whole: string, fraction: string): Counted | Impossible | undefined {
  const [year, month, day, hour, minute] = [whole.slice(0, 4), whole.slice(4, 6), whole.slice(6, 8), whole.slice(8, 10), whole.slice(10)].map(
    Number,
  ) as [number, number, number, number, number]
  if (fraction === '' && !isImpossible(realDay(year, month, day)) && hour < 24 && minute < 60) return undefined
  return { reason: `it is no time yyyymmddhhmm; if it counts milliseconds, ${ASK}` }
}

function epoch(negative: boolean, whole: string, fraction: string, unit: Exclude<Numbers, 'auto' | 'excel' | 'excel_1904'>): Counted | Impossible {
  // In whole nanoseconds: a double would lose the last digits of microseconds.
  const after = DIGITS_AFTER[unit] as number
  const nanos = BigInt(whole + fraction.padEnd(9 - after, '0').slice(0, 9 - after)) * (negative ? -1n : 1n)
  const millis = nanos >= 0n ? nanos / 1_000_000n : -((-nanos + 999_999n) / 1_000_000n)
  const rest = nanos - millis * 1_000_000n
  const digits = pad(Number(rest), 6)
  const made = Number(millis)
  if (made < -62_135_596_800_000 || made > 253_402_300_799_999) return { reason: 'it is outside the years 1 to 9999' }
  return { millis: made, local: false, hasTime: true, ...(rest > 0n ? { beyond: digits.endsWith('000') ? digits.slice(0, 3) : digits } : {}) }
}

const counted = (made: Counted | Impossible, ambiguous: string): Counted | Impossible => (isImpossible(made) ? made : { ...made, ambiguous })

/** Days since 1899-12-31 with a 29 February 1900 that never was, as Excel counts; or since 1904-01-01. */
function excel(serial: number, system: 'excel' | 'excel_1904'): Counted | Impossible {
  const millisOfDay = Math.round((serial - Math.floor(serial)) * 86_400_000)
  const day = Math.floor(serial) + Math.floor(millisOfDay / 86_400_000)
  if (system === 'excel' && day === 60) return { reason: 'Excel shows serial 60 as 1900-02-29, a day that does not exist' }
  if (system === 'excel' && day < 1) return { reason: "Excel's dates begin with serial 1, 1900-01-01" }
  if (day < 0 || day > (system === 'excel' ? 2_958_465 : 2_957_003)) return { reason: "it is outside Excel's dates, which end with 9999-12-31" }
  const number = system === 'excel_1904' ? dayNumber(1904, 1, 1) + day : dayNumber(1899, 12, day < 60 ? 31 : 30) + day
  const time = millisOfDay % 86_400_000
  return { millis: number * 86_400_000 + time, local: true, hasTime: time > 0 }
}

export const dayOfMillis = (millis: number) => civilOf(Math.floor(millis / 86_400_000))
