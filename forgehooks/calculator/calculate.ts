import { HookError, type HookContext } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { check, constantOf, evaluate } from '../lib/expression-evaluate.ts'
import { MAX_LENGTH } from '../lib/expression-lexer.ts'
import { add, ZERO } from '../lib/expression-number.ts'
import { parseExpression } from '../lib/expression-parser.ts'
import { isNumber, newEnvironment, type Environment, type Value } from '../lib/expression-value.ts'
import { answer, needValue, onField, type Answer } from './answer.ts'
import { convertUnits, findUnit, needUnit, type Unit } from './units.ts'

export type CalculateInput = { expression: string; precision?: number; variables?: Record<string, number | string> }

/** `15% of 240`, `200 + 10%`, `5 km in miles`, `sqrt(2) * rate`. */
export function calculate(input: CalculateInput, context: HookContext): Answer & { unit?: string } {
  const variables = new Map(Object.entries(input.variables ?? {}).map(([name, value]) => [name, needValue(value, `variables.${name}`)]))
  const env = newEnvironment({ now: context.now, relativePercent: true })
  // "2 + 2 =" is how people end a sum.
  if (input.expression.length > MAX_LENGTH) throw new HookError(`has ${input.expression.length} characters; the limit is ${MAX_LENGTH}`, 'expression')
  const expression = input.expression.trim().replace(/\s*=\s*\??$|\s*\?$/, '')
  return onField('expression', () => {
    const conversion = readConversion(expression)
    if (conversion) {
      const total = conversion.parts
        .map((part) => convertUnits(env, needNumber(work(part.amount, variables, env)), part.unit, conversion.to, 'expression'))
        .reduce((sum, value) => add(env, sum, value), ZERO)
      return { ...answer(total, env, input.precision), unit: conversion.to.name }
    }
    const value = work(expression, variables, env)
    return typeof value === 'boolean' ? { result: value, text: String(value), exact: true } : answer(needNumber(value), env, input.precision)
  })
}

function work(expression: string, variables: Map<string, Decimal>, env: Environment): Value {
  const tree = parseExpression(expression, { refuseGroupsInCalls: true })
  const resolved = check(tree, [...variables.keys()])
  const name = (written: string): Value => {
    const real = resolved.get(written) ?? written
    return constantOf(real, env) ?? variables.get(real) ?? null
  }
  return evaluate(tree, { env, name })
}

function needNumber(value: Value): Decimal {
  if (isNumber(value)) return value
  throw new HookError(`the result is ${Array.isArray(value) ? 'a list' : value === null ? 'blank' : 'text'}, not a number`, 'expression')
}

type Conversion = { parts: { amount: string; unit: Unit }[]; to: Unit }

/** `<amount> <unit> in <unit>`, also with several amounts as in `6 ft 2 in to cm`. */
function readConversion(expression: string): Conversion | undefined {
  const match = /^(.+)\s(?:in|to|into|as|em|para)\s+([^\s\d()"'[\]`][^()"'[\]`]{0,40})$/i.exec(expression)
  if (!match) return undefined
  const [, left = '', target = ''] = match
  const several = left.match(/\d[\d.,]*\s*[^\d\s()+*/^-][^\d()+*^-]*/g)
  if (several && several.length > 1 && several.join('').replace(/\s/g, '') === left.replace(/\s/g, '')) {
    const parts = several.map((part) => splitAmount(part.replace(/\s+and\s*$/i, '')))
    if (parts.every((part) => part !== undefined)) return { parts, to: needUnit(target, 'expression') }
  }
  const single = splitAmount(left)
  if (single) return { parts: [single], to: needUnit(target, 'expression') }
  const written = /[\d)]\s*([^\d\s()+*/^%-][^\d()+*^%-]*)$/.exec(left)?.[1]
  if (written) needUnit(written, 'expression')
  throw new HookError(`"${left.slice(0, 60)}" before "${target.slice(0, 40)}" must be an amount and a unit, as in 5 km in miles`, 'expression')
}

function splitAmount(text: string): { amount: string; unit: Unit } | undefined {
  // The unit is the longest ending that is the name of a unit and follows a digit or a bracket.
  for (const match of text.matchAll(/[\d)](\s*)(?=[^\d\s()])/g)) {
    const start = match.index + 1
    const unit = findUnit(text.slice(start))
    if (unit) return { amount: text.slice(0, start), unit }
  }
  return undefined
}
