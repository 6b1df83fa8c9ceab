import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime } from 'luxon'
import { needZone } from './clock.ts'
import { isImpossible } from './day.ts'
import { weekday } from './arithmetic.ts'
import { needDate } from './given.ts'
import { isoOf, parseText } from './parse-text.ts'

export type FormatInput = { date: string | number; format: string; time_zone?: string; locale?: string }

export function format(input: FormatInput, context: HookContext) {
  const { at } = needDate(input.date, 'date', input.time_zone, context)
  const locale = input.locale ?? 'en-US'
  let canonical: string[]
  try {
    canonical = Intl.getCanonicalLocales(locale)
  } catch {
    throw new HookError(`"${locale.slice(0, 40)}" is not a locale such as en-US or pt-BR`, 'locale')
  }
  return { text: at.setLocale(canonical[0] as string).toFormat(input.format) }
}

export type ConvertZoneInput = { date: string | number; from?: string; to: string }

/** The same moment on another clock. A reading in `from` may not exist (gap) or come twice (overlap): both are said, not hidden. */
export function convertZone(input: ConvertZoneInput, context: HookContext) {
  const [from, to] = [needZone(input.from, 'from'), needZone(input.to, 'to')]
  const local = parseText(input.date, { order: 'auto', zone: from, convert: false, reference: DateTime.fromMillis(context.now, { zone: from }) })
  let start: DateTime
  let status: 'normal' | 'gap' | 'overlap' = 'normal'
  let note: string | undefined
  if (isImpossible(local)) {
    const moved = overGap(input.date, input.from)
    if (!moved) throw new HookError(`"${String(input.date).slice(0, 80)}" cannot be read as a date: ${local.reason}`, 'date')
    status = 'gap'
    start = moved
    note = `${local.reason}; it was moved on by the length of the gap, to ${isoOf(moved)}`
  } else start = local.has_time ? DateTime.fromISO(local.iso, { setZone: true }) : DateTime.fromISO(local.iso, { zone: from })
  const inFrom = start.setZone(from)
  const offsets = inFrom.getPossibleOffsets()
  let alternative: string | undefined
  if (status === 'normal' && offsets.length > 1 && !hasZone(input.date)) {
    const other = offsets.find((one) => one.toMillis() !== start.toMillis())
    status = 'overlap'
    alternative = other ? isoOf(other.setZone(to)) : undefined
    note = `this time comes twice in ${from.name}, as the clocks go back; the first was taken`
  }
  const there = start.setZone(to)
  const ambiguity = note ?? (isImpossible(local) ? undefined : local.note)
  return {
    iso: isoOf(there),
    from_iso: isoOf(start),
    date: there.toISODate() as string,
    time: there.toFormat('HH:mm:ss'),
    weekday: weekday(there),
    offset: there.toFormat('ZZ'),
    status,
    ...(alternative ? { alternative } : {}),
    ...(ambiguity ? { note: ambiguity } : {}),
  }
}

/** The reading moved on by the gap: read in UTC, where every reading exists, then set on the clock of the zone. */
function overGap(date: string | number, zoneName: string | undefined): DateTime | undefined {
  const zone = needZone(zoneName, 'from')
  const plain = parseText(date, { order: 'auto', zone: needZone('UTC', 'from'), convert: false })
  if (isImpossible(plain) || !plain.has_time || hasZone(date)) return undefined
  return DateTime.fromISO(plain.iso, { zone: 'utc' }).setZone(zone, { keepLocalTime: true })
}

/** Whether the text says its own offset: then it is the same moment, whatever zone it is read in. */
function hasZone(date: string | number): boolean {
  const [one, other] = ['+01:00', '+02:00'].map((zone) => parseText(date, { order: 'auto', zone: needZone(zone, 'from'), convert: false }))
  if (!one || !other || isImpossible(one) || isImpossible(other) || !one.has_time) return false
  return Date.parse(one.iso) === Date.parse(other.iso)
}

export type NowInput = { time_zone?: string }

export function now(input: NowInput, context: HookContext) {
  const at = DateTime.fromMillis(context.now, { zone: needZone(input.time_zone, 'time_zone') })
  return {
    iso: isoOf(at),
    date: at.toISODate() as string,
    time: at.toFormat('HH:mm:ss'),
    weekday: weekday(at),
    week: at.toFormat("kkkk-'W'WW"),
    unix: Math.floor(context.now / 1000),
    time_zone: at.zoneName as string,
    offset: at.toFormat('ZZ'),
  }
}
