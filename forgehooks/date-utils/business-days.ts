import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime } from 'luxon'
import { workdays } from '../lib/expression-dates.ts'
import { needDate, needInRange } from './given.ts'

export type BusinessDaysInput = { from: string | number; to?: string | number; add?: number; holidays?: (string | number)[]; time_zone?: string }

/** Mondays to Fridays that are no holidays: how many from one day to another (both counted), or the day so many later. */
export function businessDays(input: BusinessDaysInput, context: HookContext) {
  if ((input.to === undefined) === (input.add === undefined))
    throw new HookError('give either "to" (count the business days) or "add" (go that many business days on)', 'to')
  const day = (value: string | number, field: string) => {
    const { at } = needDate(value, field, input.time_zone, context)
    return DateTime.utc(at.year, at.month, at.day)
  }
  const from = day(input.from, 'from')
  const holidays = new Set((input.holidays ?? []).map((value, at) => day(value, `holidays[${at}]`).toISODate() as string))
  if (input.to !== undefined) {
    const to = day(input.to, 'to')
    return { from: from.toISODate(), to: to.toISODate(), business_days: countBusinessDays(from, to, holidays) }
  }
  const add = input.add as number
  if (!Number.isInteger(add) || Math.abs(add) > 100_000) throw new HookError('must be a whole number from -100000 to 100000', 'add')
  let at: DateTime = from
  for (let left = Math.abs(add); left > 0;) {
    at = needInRange(at.plus({ days: Math.sign(add) }), 'add')
    if (at.weekday <= 5 && !holidays.has(at.toISODate() as string)) left--
  }
  return { from: from.toISODate(), date: at.toISODate(), business_days: add, weekday: at.setLocale('en-US').weekdayLong }
}

/** Both ends counted, as NETWORKDAYS; negative when `to` comes first. */
export function countBusinessDays(from: DateTime, to: DateTime, holidays: Set<string>): number {
  return workdays(from, to, holidays) || 0
}
