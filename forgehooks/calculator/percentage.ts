import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { add, divide, multiply, num } from '../lib/expression-number.ts'
import { newEnvironment } from '../lib/expression-value.ts'
import { answer, needValue } from './answer.ts'
import { onField } from '../lib/on-field.ts'

type Given = number | string
export type PercentageInput = { part?: Given; whole?: Given; percent?: Given; from?: Given; to?: Given; precision?: number }

/** Questions told apart by what is given: what percent is part of whole, how much is percent of whole, of what is part percent, by how many percent does from grow to to, and what becomes of from by percent. */
export function percentage(input: PercentageInput, context: HookContext) {
  const env = newEnvironment({ now: context.now })
  const given = (['part', 'whole', 'percent', 'from', 'to'] as const).filter((name) => input[name] !== undefined).join('+')
  // 15 and "15%" are the same percent.
  const value = (name: 'part' | 'whole' | 'percent' | 'from' | 'to') =>
    needValue(name === 'percent' && typeof input.percent === 'string' ? input.percent.replace(/\s*%\s*$/, '') : (input[name] as Given), name)
  const hundred = num(100)
  if (given === 'part+whole') {
    const result = onField('whole', () => divide(env, multiply(env, value('part'), hundred), value('whole')))
    return { ...answer(result, env, input.precision), meaning: 'part as a percentage of whole' }
  }
  if (given === 'whole+percent') {
    const result = onField('percent', () => divide(env, multiply(env, value('whole'), value('percent')), hundred))
    return { ...answer(result, env, input.precision), meaning: 'percent of whole' }
  }
  if (given === 'from+to') {
    const start = value('from')
    const result = onField('from', () => divide(env, multiply(env, add(env, value('to'), start.neg()), hundred), start.abs()))
    return { ...answer(result, env, input.precision), meaning: 'percentage change from from to to' }
  }
  if (given === 'part+percent') {
    const result = onField('percent', () => divide(env, multiply(env, value('part'), hundred), value('percent')))
    return { ...answer(result, env, input.precision), meaning: 'the whole of which part is percent' }
  }
  if (given === 'percent+from') {
    const result = onField('from', () => divide(env, multiply(env, value('from'), add(env, hundred, value('percent'))), hundred))
    return { ...answer(result, env, input.precision), meaning: 'from changed by percent' }
  }
  throw new HookError(
    `give part and whole, percent and whole, part and percent, from and to, or from and percent (given: ${given.replaceAll('+', ', ') || 'none of them'})`,
    'part',
  )
}
