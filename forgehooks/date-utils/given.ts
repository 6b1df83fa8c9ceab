import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime, type Zone } from 'luxon'
import { isoDay, type Civil } from './calendar.ts'
import type { Order } from './day.ts'
import { numbersNamed } from './epoch.ts'
import { isImpossible } from './impossible.ts'
import { readText, type Read } from './read-text.ts'
import { isoOf, startOfDay } from './wall.ts'
import { needZone } from './zone.ts'

/** What every endpoint that takes dates takes beside them. */
export type Reading = { order?: string; time_zone?: string; reference?: string; numbers?: string }
export type Given = { at: DateTime; day: Civil; hasTime: boolean; read: Read }

const ORDERS: Record<string, Order> = { auto: 'auto', mdy: 'mdy', month_first: 'mdy', dmy: 'dmy', day_first: 'dmy', ymd: 'ymd', year_first: 'ymd' }

export function orderNamed(name = 'auto'): Order {
  const order = ORDERS[name.toLowerCase()]
  if (order === undefined) throw new HookError(`unknown order "${name.slice(0, 40)}"; use one of ${Object.keys(ORDERS).join(', ')}`, 'order')
  return order
}

/** The moment that relative dates count from, on the clock of the call's zone; without one, on the clock that is written with it. */
export function needReference(written: string | undefined, zone: Zone, context: HookContext, ownClock = false): DateTime {
  const now = DateTime.fromMillis(context.now, { zone })
  if (written === undefined) return now
  const read = readText(written, { order: 'ymd', zone, convert: !ownClock })
  if (isImpossible(read)) throw new HookError(`"${written.slice(0, 60)}" is not an ISO 8601 date: ${read.reason}`, 'reference')
  const at = read.at ?? startOfDay(read.day, zone)
  return ownClock ? at : at.setZone(zone)
}

/** Reads the dates of one call, and gathers what is doubtful about them. */
export class Dates {
  readonly zone: Zone
  readonly warnings: string[] = []
  readonly #input: Reading
  readonly #reference: DateTime

  constructor(input: Reading, context: HookContext) {
    this.#input = input
    this.zone = needZone(input.time_zone, 'time_zone')
    this.#reference = needReference(input.reference, this.zone, context, input.time_zone === undefined)
  }

  /** A date without a time is the start of its day in the zone of the call (UTC by default). */
  need(value: string | number, field: string): Given {
    const { order, numbers, time_zone } = this.#input
    const read = readText(value, {
      ...{ order: orderNamed(order), numbers: numbersNamed(numbers), zone: this.zone },
      ...{ convert: time_zone !== undefined, reference: this.#reference },
    })
    if (isImpossible(read)) throw new HookError(`"${String(value).slice(0, 80)}" cannot be read as a date: ${read.reason}`, field)
    for (const note of [...read.ambiguous, ...read.notes]) this.warn(`${field}: ${note}`)
    if (read.day.kind !== 'date') this.warn(`${field}: a whole ${read.day.kind} is written; its first day, ${isoDay(read.day)}, is taken`)
    if (read.beyond !== '') this.warn(`${field}: the digits after the milliseconds are left out`)
    const at = read.at ?? startOfDay(read.day, this.zone)
    // The same instant on the clock of the zone, so that arithmetic knows its changes.
    const inZone = at.setZone(this.zone)
    return { at: inZone.offset === at.offset ? inZone : at, day: read.day, hasTime: read.at !== undefined, read }
  }

  warn(text: string) {
    if (!this.warnings.includes(text)) this.warnings.push(text)
  }

  /** The field of the answer, left out when there is nothing to say. */
  said(): { warnings?: string[] } {
    return this.warnings.length > 0 ? { warnings: this.warnings } : {}
  }
}

export function needInRange(at: DateTime, field: string): DateTime {
  if (!at.isValid || at.year < 1 || at.year > 9999) throw new HookError('the result leaves the years 1 to 9999', field)
  return at
}

export const written = (at: DateTime, hasTime: boolean) => (hasTime ? isoOf(at) : isoDay(at))
