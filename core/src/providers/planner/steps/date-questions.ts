import { isRecord } from '../words.ts'
import { failure, textIn, valueIn, type State } from './state.ts'
import type { Of, ScalarOperation } from './scalars.ts'

const NO_DATES = 'no tool that works with dates is offered (date-utils does).'
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

type DateOperation = Exclude<ScalarOperation, Of<'calculate' | 'scale' | 'statistics' | 'convert'>>

export function dateQuestion(operation: DateOperation, state: State) {
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
