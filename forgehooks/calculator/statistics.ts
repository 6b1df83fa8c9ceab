import type { HookContext } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { deviation, mean, modes, percentile, sum, variance } from '../lib/expression-columns.ts'
import { add, answerNumber, jsonNumber, num } from '../lib/expression-number.ts'
import { newEnvironment, type Environment } from '../lib/expression-value.ts'
import { needValue } from './answer.ts'
import { onField } from '../lib/on-field.ts'

export type StatisticsInput = { values: (number | string)[] }

/** Each figure is worked out from the exact decimals on its own, so that one rounded figure does not blur the others. */
export function statistics(input: StatisticsInput, context: HookContext) {
  const values = input.values.map((value, at) => needValue(value, `values[${at}]`))
  const figure = (work: (env: Environment) => Decimal | null) => {
    const env = newEnvironment({ now: context.now })
    const found = onField('values', () => work(env))
    return found === null ? null : answerNumber(found, env.exact)
  }
  const inOrder = values.toSorted((a, b) => a.cmp(b))
  const [low, high] = [inOrder[0] as Decimal, inOrder.at(-1) as Decimal]
  const quartile = (part: string) => figure((env) => percentile(values, num(part), env))
  return {
    count: values.length,
    sum: figure((env) => sum(values, env)),
    mean: figure((env) => mean(values, env)),
    median: quartile('0.5'),
    mode: modes(values).map((value) => jsonNumber(value, true)),
    min: jsonNumber(low, true),
    max: jsonNumber(high, true),
    range: figure((env) => add(env, high, low.neg())),
    stdev: figure((env) => deviation(values, 'sample', env)),
    variance: figure((env) => variance(values, 'sample', env)),
    stdev_population: figure((env) => deviation(values, 'population', env)),
    variance_population: figure((env) => variance(values, 'population', env)),
    quartiles: { q1: quartile('0.25'), q2: quartile('0.5'), q3: quartile('0.75') },
  }
}
