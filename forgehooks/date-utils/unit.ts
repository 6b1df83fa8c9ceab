import { HookError } from '@cadre/contract/forgehook'

export type ClockUnit = 'hours' | 'minutes' | 'seconds' | 'milliseconds'
export type Unit = 'years' | 'quarters' | 'months' | 'weeks' | 'days' | ClockUnit
const UNITS: Unit[] = ['years', 'quarters', 'months', 'weeks', 'days', 'hours', 'minutes', 'seconds', 'milliseconds']
const SHORT: Record<string, Unit> = {
  ...{ y: 'years', yr: 'years', yrs: 'years', q: 'quarters', qtr: 'quarters', mo: 'months', mos: 'months', mon: 'months', w: 'weeks', wk: 'weeks' },
  ...{
    wks: 'weeks',
    d: 'days',
    h: 'hours',
    hr: 'hours',
    hrs: 'hours',
    min: 'minutes',
    mins: 'minutes',
    s: 'seconds',
    sec: 'seconds',
    secs: 'seconds',
  },
  ...{ ms: 'milliseconds', msec: 'milliseconds', millis: 'milliseconds' },
}

export function needUnit(name: string, field: string): Unit {
  const said = name.trim().toLowerCase()
  // A lone m is minutes to some and months to others.
  const unit = UNITS.find((known) => known === said || known === `${said}s`) ?? (Object.hasOwn(SHORT, said) ? SHORT[said] : undefined)
  if (!unit) throw new HookError(`unknown unit "${name.slice(0, 40)}"; use one of ${UNITS.join(', ')}`, field)
  return unit
}

export const isClockUnit = (unit: Unit): unit is ClockUnit => Object.hasOwn(MILLIS, unit)
export const MILLIS: Record<ClockUnit, number> = { hours: 3_600_000, minutes: 60_000, seconds: 1000, milliseconds: 1 }
/** What a calendar unit is in months and days. */
export const CALENDAR: Record<Exclude<Unit, ClockUnit>, { months: number; days: number }> = {
  years: { months: 12, days: 0 },
  quarters: { months: 3, days: 0 },
  months: { months: 1, days: 0 },
  weeks: { months: 0, days: 7 },
  days: { months: 0, days: 1 },
}
