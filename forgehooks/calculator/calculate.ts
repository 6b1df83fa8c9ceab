import { HookError, type HookContext } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { check, constantOf, evaluate } from '../lib/expression-evaluate.ts'
import { isoMoment } from '../lib/expression-iso.ts'
import { MAX_LENGTH } from '../lib/expression-lexer.ts'
import { add, ZERO } from '../lib/expression-number.ts'
import { parseExpression } from '../lib/expression-parser.ts'
import { isNumber, newEnvironment, type Environment, type Value } from '../lib/expression-value.ts'
import { answer, needValue, type Answer } from './answer.ts'
import { onField } from '../lib/on-field.ts'
import { readPhrase } from './phrases.ts'
import { readQuantity, type Quantity } from './quantities.ts'
import { convertUnits } from './units.ts'

export type CalculateInput = { expression: string; precision?: number; variables?: Record<string, number | string> }

/** `15% of 240`, `200 + 10%`, `5 km in miles`, `sqrt(2) * rate`, `2024-03-05 + 30`. */
export function calculate(input: CalculateInput, context: HookContext): Answer & { unit?: string } {
  const variables = new Map(Object.entries(input.variables ?? {}).map(([name, value]) => [name, needValue(value, `variables.${name}`)]))
  const env = newEnvironment({ now: context.now, relativePercent: true })
  if (input.expression.length > MAX_LENGTH) throw new HookError(`has ${input.expression.length} characters; the limit is ${MAX_LENGTH}`, 'expression')
  return onField('expression', () => {
    const { expression, unit } = readPhrase(input.expression)
    const quantity = readQuantity(expression)
    if (quantity) return { ...answer(total(quantity, variables, env), env, input.precision), unit: quantity.to.name }
    const value = work(expression, variables, env)
    if (typeof value === 'boolean') return { result: value, text: String(value), exact: true }
    if (typeof value === 'string' && isoMoment(value) !== undefined) return day(value, expression)
    return { ...answer(needNumber(value), env, input.precision), ...(unit ? { unit } : {}) }
  })
}

/** A date alone may be a subtraction, as 2000-10-10 is 1980 to somebody: nothing says which. */
function day(value: string, expression: string): Answer {
  if (value === expression.trim())
    throw new HookError(`"${value}" could be a date or a subtraction: put spaces around the signs, or ask something about the date`, 'expression')
  return { result: value, text: value, exact: true }
}

function total({ parts, to }: Quantity, variables: Map<string, Decimal>, env: Environment): Decimal {
  if (parts.length > 1 && parts.some((part) => part.unit.kind === 'temperature'))
    throw new HookError('temperatures cannot be added: say "delta C" or "delta F" for a difference of temperatures', 'expression')
  return parts
    .map((part) => ({ sign: part.sign, value: convertUnits(env, needNumber(work(part.amount, variables, env)), part.unit, to, 'expression') }))
    .reduce((sum, part) => add(env, sum, part.sign === 1 ? part.value : part.value.neg()), ZERO)
}

function work(source: string, variables: Map<string, Decimal>, env: Environment): Value {
  // 30° is an angle, which functions take in radians.
  const written = variables.has('pi') ? source : source.replace(/(\d)\s*°(?!\w)/g, '$1 * (pi / 180)')
  const tree = parseExpression(written, { refuseGroupsInCalls: true })
  const resolved = check(tree, [...variables.keys()])
  const name = (known: string): Value => {
    const real = resolved.get(known) ?? known
    return constantOf(real, env) ?? variables.get(real) ?? null
  }
  return evaluate(tree, { env, name })
}

function needNumber(value: Value): Decimal {
  if (isNumber(value)) return value
  throw new HookError(`the result is ${Array.isArray(value) ? 'a list' : value === null ? 'blank' : 'text'}, not a number`, 'expression')
}
