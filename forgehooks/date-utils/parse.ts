import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { needReference, orderNamed, type Reading } from './given.ts'
import { numbersNamed } from './epoch.ts'
import { isImpossible } from './impossible.ts'
import { parseText } from './parse-text.ts'
import { needZone } from './zone.ts'

export type ParseInput = Reading & { text: string | number }

export function parse(input: ParseInput, context: HookContext) {
  const zone = needZone(input.time_zone, 'time_zone')
  const parsed = parseText(input.text, {
    ...{ order: orderNamed(input.order), numbers: numbersNamed(input.numbers), zone, convert: input.time_zone !== undefined },
    reference: needReference(input.reference, zone, context, input.time_zone === undefined),
  })
  if (isImpossible(parsed)) throw new HookError(`"${String(input.text).slice(0, 80)}" cannot be read as a date: ${parsed.reason}`, 'text')
  return parsed
}
