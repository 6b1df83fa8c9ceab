import { together } from '../toolbox.ts'
import { isRecord, listOf } from '../words.ts'
import { failure, textIn, valueIn, type State } from './state.ts'
import type { AggregateOp, Operation } from '../types.ts'

type Of<T extends Operation['type']> = Extract<Operation, { type: T }>
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

const NO_DATES = 'no tool that works with dates is offered (date-utils does).'
const NO_CALCULATOR = 'no tool that calculates is offered (calculator and formula-engine do).'
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

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

function calculate(expression: string, lead: string, state: State) {
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

function statistics(operation: Of<'statistics'>, state: State) {
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

function figure(op: AggregateOp, value: unknown, state: State) {
  const said = Array.isArray(value) ? (value.length === 0 ? 'none: no value comes twice' : listOf(value.map(String))) : String(value)
  state.facts.push({
    type: 'figure',
    key: (NAME[op] ?? op).replace(/ \(.*/, '').replaceAll(' ', '_'),
    value,
    sentence: `The ${NAME[op]} is ${said}.`,
  })
}

function convert({ value, from, to }: Of<'convert'>, state: State) {
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

type DateOperation = Exclude<ScalarOperation, Of<'calculate' | 'scale' | 'statistics' | 'convert'>>

function dateQuestion(operation: DateOperation, state: State) {
  switch (operation.type) {
    case 'business_days': {
      const [from, to] = [dateText(operation.from), dateText(operation.to)]
      const attempt = ask('date-utils__business_days', { from, to }, state, { tool: 'date-utils__diff', input: { from, to } })
      if (attempt)
        tell(
          'business_days',
          valueIn(attempt, ['business_days', 'days']),
          (value) => `There are ${value} business days from ${from} to ${to} (Monday to Friday, both ends counted, no holidays).`,
          state,
        )
      return
    }
    case 'today': {
      const answer = ask('date-utils__now', {}, state, { tool: 'date-utils__parse', input: { text: 'today' } })
      if (answer !== undefined) tell('today', valueIn(answer, ['date', 'iso']), (value) => `Today is ${value}${dayOf(answer)} (UTC).`, state)
      return
    }
    case 'business_add': {
      const date = dateText(operation.date)
      const answer = ask('date-utils__business_days', { from: date, add: operation.days }, state)
      if (answer !== undefined)
        tell(
          'date',
          valueIn(answer, ['date', 'iso']),
          (value) =>
            `${Math.abs(operation.days)} business days ${operation.days < 0 ? 'before' : 'after'} ${date} is ${value}${dayOf(answer)} (no holidays).`,
          state,
        )
      return
    }
    case 'date_diff': {
      const [from, to, unit] = [dateText(operation.from), dateText(operation.to), operation.unit]
      const answer = ask('date-utils__diff', { from, to, unit }, state)
      if (answer === undefined) return
      const exact = valueIn(answer, ['value', 'difference', unit])
      const whole = isRecord(answer) && typeof answer.whole === 'number' && answer.whole !== exact ? answer.whole : undefined
      tell(
        unit,
        exact,
        (value) =>
          `From ${from} to ${to} it is ${value} ${value === '1' ? unit.replace(/s$/, '') : unit}${whole === undefined ? '' : ` (${whole} full)`}.`,
        state,
      )
      return
    }
    case 'date_add': {
      const date = dateText(operation.date)
      const { amount, unit } = operation
      const answer = ask('date-utils__add', { date, amount, unit }, state)
      if (answer !== undefined)
        tell(
          'date',
          valueIn(answer, ['iso', 'date']),
          (value) => `${Math.abs(amount)} ${unit} ${amount < 0 ? 'before' : 'after'} ${date} is ${value}${dayOf(answer)}.`,
          state,
        )
      return
    }
    case 'weekday_from':
      return weekdayFrom(operation, state)
    case 'weekday_of': {
      const answer = ask('date-utils__add', { date: dateText(operation.date), amount: 0, unit: 'days' }, state, {
        tool: 'date-utils__format',
        input: { date: dateText(operation.date), format: 'cccc' },
      })
      if (answer !== undefined) tell('weekday', valueIn(answer, ['weekday', 'text']), (value) => `${dateText(operation.date)} is a ${value}.`, state)
      return
    }
    case 'date_range': {
      const answer = ask('date-utils__range', { from: dateText(operation.from), to: dateText(operation.to), unit: operation.unit }, state)
      const list = isRecord(answer) && Array.isArray(answer.dates) ? answer.dates : answer
      if (answer !== undefined)
        tell('dates', list, () => `${Array.isArray(list) ? `${list.length} dates: ${list.join(', ')}` : String(list)}.`, state)
      return
    }
    case 'convert_zone': {
      const from = operation.from ? { from: zone(operation.from) } : {}
      const answer = ask('date-utils__convert_zone', { date: operation.date, ...from, to: zone(operation.to) }, state)
      if (answer !== undefined)
        tell(
          'converted',
          valueIn(answer, ['iso']),
          (value) => `${operation.date}${operation.from ? ` ${operation.from}` : ''} is ${value} in ${operation.to}.`,
          state,
        )
      return
    }
    case 'parse_date': {
      const answer = ask('date-utils__parse', { text: operation.text }, state)
      if (answer === undefined) return
      tell(
        'iso',
        valueIn(answer, ['iso', 'date']),
        (value) =>
          `${operation.text} is ${value} in ISO 8601.${isRecord(answer) && answer.ambiguous === true && typeof answer.note === 'string' ? ` It can be read in another way: ${answer.note}.` : ''}`,
        state,
      )
    }
  }
}

/** The weekday of the start comes from the tool; from it follows how many days to go, and the tool goes them. */
function weekdayFrom(operation: Of<'weekday_from'>, state: State) {
  const date = dateText(operation.date)
  const start = ask('date-utils__add', { date, amount: 0, unit: 'days' }, state)
  if (start === undefined) return
  const today = WEEKDAYS.indexOf(textIn(isRecord(start) ? { weekday: start.weekday } : start, ['weekday']) ?? '')
  if (today < 0) {
    state.problems.push(`date-utils did not say which weekday ${date} is.`)
    return
  }
  const ahead = (operation.weekday - today + 7) % 7 || 7
  const amount = operation.side === 'after' ? ahead : ahead === 7 ? -7 : ahead - 7
  const answer = ask('date-utils__add', { date, amount, unit: 'days' }, state)
  if (answer !== undefined)
    tell(
      'date',
      valueIn(answer, ['iso', 'date']),
      (value) => `The ${operation.side === 'after' ? 'first' : 'last'} ${WEEKDAYS[operation.weekday]} ${operation.side} ${date} is ${value}.`,
      state,
    )
}

function ask(tool: string, input: Record<string, unknown>, state: State, other?: { tool: string; input: Record<string, unknown> }): unknown {
  const attempt = state.box.attempt([{ tool, input }, ...(other ? [other] : [])], NO_DATES)
  if (attempt.ok) return attempt.value
  state.problems.push(failure(attempt, 'The question about dates'))
  return undefined
}

function tell(key: string, value: unknown, sentence: (value: string) => string, state: State) {
  state.facts.push({ type: 'figure', key, value, sentence: sentence(String(value)) })
}

function dayOf(answer: unknown): string {
  return isRecord(answer) && typeof answer.weekday === 'string' ? `, a ${answer.weekday}` : ''
}

/** Dates reach the tools as they were written: reading them is the tools' trade. */
function dateText(said: string): string {
  return said.replace(/^the /i, '').replace(/\bof /i, '').trim()
}

const ZONES: Record<string, string> = {
  est: 'America/New_York',
  edt: 'America/New_York',
  et: 'America/New_York',
  pst: 'America/Los_Angeles',
  pdt: 'America/Los_Angeles',
  pt: 'America/Los_Angeles',
  cst: 'America/Chicago',
  cet: 'Europe/Paris',
  gmt: 'UTC',
  'new york': 'America/New_York',
  lisbon: 'Europe/Lisbon',
  london: 'Europe/London',
  paris: 'Europe/Paris',
  berlin: 'Europe/Berlin',
  madrid: 'Europe/Madrid',
  tokyo: 'Asia/Tokyo',
  'sao paulo': 'America/Sao_Paulo',
  'são paulo': 'America/Sao_Paulo',
  sydney: 'Australia/Sydney',
  delhi: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  india: 'Asia/Kolkata',
  ist: 'Asia/Kolkata',
  singapore: 'Asia/Singapore',
  dubai: 'Asia/Dubai',
  'los angeles': 'America/Los_Angeles',
  chicago: 'America/Chicago',
  shanghai: 'Asia/Shanghai',
  beijing: 'Asia/Shanghai',
  'hong kong': 'Asia/Hong_Kong',
  moscow: 'Europe/Moscow',
  toronto: 'America/Toronto',
  'mexico city': 'America/Mexico_City',
}

function zone(said: string): string {
  return ZONES[said.toLowerCase().replace(/ time$/, '')] ?? said
}
