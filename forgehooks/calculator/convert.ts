import { newEnvironment } from '../lib/expression-value.ts'
import type { HookContext } from '@cadre/contract/forgehook'
import { answer, needValue } from './answer.ts'
import { onField } from '../lib/on-field.ts'
import { convertUnits, needUnit } from './units.ts'

export type ConvertInput = { value: number | string; from: string; to: string; precision?: number }

export function convert(input: ConvertInput, context: HookContext) {
  const [from, to] = [needUnit(input.from, 'from'), needUnit(input.to, 'to')]
  const env = newEnvironment({ now: context.now })
  const value = onField('value', () => convertUnits(env, needValue(input.value, 'value'), from, to, 'to'))
  return { ...answer(value, env, input.precision), unit: to.name }
}
