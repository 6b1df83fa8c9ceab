import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime, type Zone } from 'luxon'
import { needZone } from './clock.ts'
import { isImpossible, type Order } from './day.ts'
import { isoOf, parseText, type Parsed } from './parse-text.ts'

export type Given = { at: DateTime; hasTime: boolean; parsed: Parsed }

/** The date of a parameter, in the zone of the call (UTC by default) or the one that is written in it. */
export function needDate(value: string | number, field: string, zoneName: string | undefined, context: HookContext, order: Order = 'auto'): Given {
  const zone = needZone(zoneName, 'time_zone')
  const reference = DateTime.fromMillis(context.now, { zone })
  const parsed = parseText(value, { order, zone, convert: zoneName !== undefined, reference })
  if (isImpossible(parsed)) throw new HookError(`"${String(value).slice(0, 80)}" cannot be read as a date: ${parsed.reason}`, field)
  return { at: moment(parsed, zone), hasTime: parsed.has_time, parsed }
}

/** A date without a time is the start of its day in the zone. */
function moment(parsed: Parsed, zone: Zone): DateTime {
  if (!parsed.has_time) return DateTime.fromISO(parsed.iso, { zone })
  const at = DateTime.fromISO(parsed.iso, { setZone: true })
  // The same instant shown by the named zone, so that arithmetic knows its clock changes.
  const inZone = at.setZone(zone)
  return inZone.offset === at.offset ? inZone : at
}

export function needInRange(at: DateTime, field: string): DateTime {
  if (!at.isValid || at.year < 1 || at.year > 9999) throw new HookError('the result leaves the years 1 to 9999', field)
  return at
}

export const written = (at: DateTime, hasTime: boolean) => (hasTime ? isoOf(at) : (at.toISODate() as string))

export type Unit = 'years' | 'quarters' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds'
const UNITS: Unit[] = ['years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds']

export function needUnit(name: string, field: string): Unit {
  const unit = UNITS.find((known) => known === name.toLowerCase() || known === `${name.toLowerCase()}s`)
  if (!unit) throw new HookError(`unknown unit "${name.slice(0, 40)}"; use one of ${UNITS.join(', ')}`, field)
  return unit
}

export const isClockUnit = (unit: Unit) => unit === 'hours' || unit === 'minutes' || unit === 'seconds' || unit === 'milliseconds'
