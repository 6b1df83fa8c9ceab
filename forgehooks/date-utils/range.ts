import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { FixedOffsetZone } from 'luxon'
import { isoDay } from './calendar.ts'
import { Dates, needInRange, written, type Reading } from './given.ts'
import { plus } from './add.ts'
import { isClockUnit, needUnit } from './unit.ts'
import { startOfDay } from './wall.ts'

export type RangeInput = Reading & { from: string | number; to: string | number; step?: number; unit?: string; limit?: number }
const MOST = 10_000

/** Each date is counted from the first, so that the 31st comes back after a shorter month. */
export function range(input: RangeInput, context: HookContext) {
  const dates = new Dates(input, context)
  const from = dates.need(input.from, 'from')
  const to = dates.need(input.to, 'to')
  const unit = needUnit(input.unit ?? 'days', 'unit')
  // Days without times are walked on the calendar; a last day without a time is meant as a whole when the steps have times.
  const dateOnly = !from.hasTime && !isClockUnit(unit)
  const start = dateOnly ? startOfDay(from.day, FixedOffsetZone.utcInstance) : from.at
  const end = dateOnly ? startOfDay(to.hasTime ? to.at : to.day, FixedOffsetZone.utcInstance) : to.at
  const backwards = end.toMillis() < start.toMillis()
  const step = input.step ?? (backwards ? -1 : 1)
  if (!Number.isInteger(step) || step === 0) throw new HookError('must be a whole number other than 0', 'step')
  if (end.toMillis() !== start.toMillis() && backwards !== step < 0)
    throw new HookError('leads away from "to": use a negative step to go back', 'step')
  if (!to.hasTime && !dateOnly) dates.warn(`to: without a time it is the start of that day, ${written(to.at, true)}`)
  const list: string[] = []
  let truncated = false
  for (let count = 0; ; count++) {
    const { at, warning } = plus(start, unit, step * count)
    if (!at.isValid || (step > 0 ? at.toMillis() > end.toMillis() : at.toMillis() < end.toMillis())) break
    if (input.limit !== undefined && list.length === input.limit) {
      truncated = true
      break
    }
    if (list.length === MOST) throw new HookError(`the range has more than ${MOST} dates; take a larger step or unit`, 'to')
    list.push(dateOnly ? isoDay(at) : written(needInRange(at, 'to'), true))
    if (warning) dates.warn(warning)
  }
  return { dates: list, count: list.length, ...(truncated ? { truncated } : {}), ...dates.said() }
}
