import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { DateTime } from 'luxon'
import { needZone } from './clock.ts'
import { isImpossible, type Order } from './day.ts'
import { parseText } from './parse-text.ts'

export type ParseInput = { text: string | number; order?: Order; time_zone?: string; reference?: string }

export function parse(input: ParseInput, context: HookContext) {
  const zone = needZone(input.time_zone, 'time_zone')
  let reference = DateTime.fromMillis(context.now, { zone })
  if (input.reference !== undefined) {
    const read = parseText(input.reference, { order: 'ymd', zone, convert: true })
    if (isImpossible(read)) throw new HookError(`"${input.reference.slice(0, 60)}" is not an ISO 8601 date: ${read.reason}`, 'reference')
    reference = DateTime.fromISO(read.iso, { zone })
  }
  const parsed = parseText(input.text, { order: input.order ?? 'auto', zone, convert: input.time_zone !== undefined, reference })
  if (isImpossible(parsed)) throw new HookError(`"${String(input.text).slice(0, 80)}" cannot be read as a date: ${parsed.reason}`, 'text')
  return parsed
}
