import { together } from '../toolbox.ts'
import { isRecord, listOf } from '../words.ts'
import { failure, valueIn, type State } from './state.ts'
import type { AggregateOp, Operation } from '../types.ts'
import { dateQuestion } from './date-questions.ts'

export type Of<T extends Operation['type']> = Extract<Operation, { type: T }>
export type ScalarOperation = Of<
  | 'calculate'
  | 'scale'
  | 'statistics'
  | 'convert'
  | 'today'
  | 'date_diff'
  | 'business_days'
  | 'business_add'
  | 'date_add'
  | 'weekday_from'
  | 'weekday_of'
  | 'date_range'
  | 'convert_zone'
  | 'parse_date'
>
const SCALAR_TYPES = new Set<Operation['type']>([
  'calculate',
  'scale',
  'statistics',
  'convert',
  'today',
  'date_diff',
  'business_days',
  'business_add',
  'date_add',
  'weekday_from',
  'weekday_of',
  'date_range',
  'convert_zone',
  'parse_date',
])
export function isScalarOperation(operation: Operation): operation is ScalarOperation {
  return SCALAR_TYPES.has(operation.type)
}

const NO_CALCULATOR = 'no tool that calculates is offered (calculator and formula-engine do).'
export function runScalar(operation: ScalarOperation, state: State) {
  switch (operation.type) {
    case 'calculate':
      return calculate(operation.expression, `${operation.expression.replace(/\s+/g, ' ')} = `, state)
    case 'scale': {
      const last = state.facts.findLast((fact) => fact.type === 'figure' && typeof fact.value === 'number')
      if (last?.type !== 'figure') {
        state.problems.push('There is no single figure yet to go on calculating with.')
        return
      }
      const by =
        operation.by.endsWith('%') && (operation.operator === '+' || operation.operator === '-')
          ? `(1 ${operation.operator} ${operation.by.slice(0, -1)} / 100)`
          : operation.by
      return calculate(`${String(last.value)} ${by.startsWith('(') ? '*' : operation.operator} ${by}`, '', state)
    }
    case 'statistics':
      return statistics(operation, state)
    case 'convert':
      return convert(operation, state)
    default:
      return dateQuestion(operation, state)
  }
}

export function calculate(expression: string, lead: string, state: State) {
  const attempt = state.box.attempt(
    [
      { tool: 'calculator__calculate', input: { expression } },
      {
        tool: 'formula-engine__evaluate',
        input: { expression: expression.replace(/(\d+(?:\.\d+)?)\s*%/g, '($1 / 100)').replace(/\)\s+of\s+/gi, ') * ') },
      },
    ],
    NO_CALCULATOR,
  )
  if (!attempt.ok) {
    state.problems.push(failure(attempt, `Working out ${expression}`))
    return
  }
  const value = valueIn(attempt.value)
  state.facts.push({ type: 'figure', key: 'result', value, sentence: `${lead || `${expression} = `}${String(value)}` })
}

const FIELD: Partial<Record<AggregateOp, string[]>> = {
  sum: ['sum', 'total'],
  avg: ['mean', 'average', 'avg'],
  median: ['median'],
  stddev: ['stdev', 'stddev', 'standard_deviation', 'std'],
  variance: ['variance'],
  mode: ['mode'],
  min: ['min', 'minimum'],
  max: ['max', 'maximum'],
  count: ['count', 'n'],
}
const NAME: Partial<Record<AggregateOp, string>> = {
  sum: 'sum',
  avg: 'average',
  median: 'median',
  stddev: 'standard deviation (of a sample)',
  variance: 'variance (of a sample)',
  mode: 'mode',
  min: 'minimum',
  max: 'maximum',
  count: 'count',
}
const FORMULA: Partial<Record<AggregateOp, string>> = {
  sum: 'SUM',
  avg: 'AVERAGE',
  median: 'MEDIAN',
  stddev: 'STDEV',
  variance: 'VAR',
  min: 'MIN',
  max: 'MAX',
  count: 'COUNT',
  mode: 'MODE',
}

export function statistics(operation: Of<'statistics'>, state: State) {
  const { values } = operation
  const wanted = operation.wanted.length > 0 ? operation.wanted : (['count', 'sum', 'avg', 'median', 'min', 'max', 'stddev'] as const)
  const all = state.box.attempt([{ tool: 'calculator__statistics', input: { values } }], NO_CALCULATOR)
  if (all.ok && isRecord(all.value)) {
    for (const op of wanted) {
      const key = FIELD[op]?.find((name) => isRecord(all.value) && all.value[name] !== undefined)
      if (key) figure(op, all.value[key], state)
    }
    return
  }
  const rows = values.map((value) => ({ value }))
  for (const { op, attempt } of together(
    wanted.map((op) => () => ({
      op,
      attempt: state.box.attempt([{ tool: 'formula-engine__evaluate', input: { expression: `${FORMULA[op]}(value)`, rows } }], NO_CALCULATOR),
    })),
  )) {
    if (attempt.ok) figure(op, valueIn(attempt.value), state)
    else state.problems.push(failure(attempt, `The ${NAME[op]}`))
  }
}

export function figure(op: AggregateOp, value: unknown, state: State) {
  const said = Array.isArray(value) ? (value.length === 0 ? 'none: no value comes twice' : listOf(value.map(String))) : String(value)
  state.facts.push({
    type: 'figure',
    key: (NAME[op] ?? op).replace(/ \(.*/, '').replaceAll(' ', '_'),
    value,
    sentence: `The ${NAME[op]} is ${said}.`,
  })
}

export function convert({ value, from, to }: Of<'convert'>, state: State) {
  const attempt = state.box.attempt(
    [
      { tool: 'calculator__convert', input: { value, from, to } },
      { tool: 'calculator__calculate', input: { expression: `${value} ${from} in ${to}` } },
    ],
    'no tool that converts units is offered (calculator does).',
  )
  if (!attempt.ok) {
    state.problems.push(failure(attempt, `Converting ${value} ${from} to ${to}`))
    return
  }
  const result = valueIn(attempt.value)
  state.facts.push({
    type: 'figure',
    key: `${value}_${from}_in_${to}`.replace(/[^\p{L}\p{N}]+/gu, '_'),
    value: result,
    sentence: `${value} ${from} is ${String(result)} ${to}.`,
  })
}
