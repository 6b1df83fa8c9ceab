import { labelColumn } from '../columns.ts'
import { nameOf, spoken } from '../naming.ts'
import { columnName } from '../parse/expressions.ts'
import { isRecord, listOf, snake } from '../words.ts'
import { compute } from './compute.ts'
import { failure, note, rowsIn, valueIn, type Fact, type State, type Table } from './state.ts'
import type { Aggregate, Operation, Row } from '../types.ts'

type Of<T extends Operation['type']> = Extract<Operation, { type: T }>

export function aggregate(operation: Of<'aggregate'>, table: Table, state: State, suffix: string) {
  const { by, aggregates } = operation
  const what = `The ${listOf(aggregates.map(spoken))}${by.length > 0 ? ` by ${listOf(by)}` : ''}`
  if (table.rows.length === 0) {
    state.facts.push({
      type: 'figure',
      key: aggregates.map(nameOf).join('_and_'),
      value: null,
      sentence: `There are no rows${suffix} to work out ${what.toLowerCase().replace(/^the/, 'the')} from.`,
    })
    return
  }
  const attempt = compute(table.rows, by, aggregates, state)
  if (!attempt.ok) {
    state.problems.push(failure(attempt, what))
    return
  }
  const rows = attempt.rows ?? []
  if (isRecord(attempt.value) && typeof attempt.value.skipped === 'number')
    note(state, `${attempt.value.skipped} values that are no numbers were left out.`)
  if (by.length > 0) {
    const fact = groupFact(by, aggregates, rows, `${what}${suffix}`)
    state.facts.push(fact)
    state.group = fact
    state.sorted = false
    return
  }
  for (const item of aggregates) {
    const value = rows[0]?.[nameOf(item)]
    state.facts.push({ type: 'figure', key: nameOf(item), value, sentence: `The ${spoken(item)}${suffix} is ${show(value)}.` })
  }
}

export function groupFact(by: string[], aggregates: Aggregate[], rows: Row[], title: string): Extract<Fact, { type: 'groups' }> {
  const names = aggregates.map(nameOf)
  const only = aggregates.length === 1 ? aggregates[0] : undefined
  const head = only?.op === 'sum' ? 'totals' : only?.field === null ? 'count' : names.join('_and_')
  return { type: 'groups', key: `${head}_by_${by.map(snake).join('_and_')}`, title, by, values: names, rows }
}

export function show(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The groups with the highest or lowest figure, ties and all. */
export function best(operation: Of<'best'>, table: Table, state: State, suffix: string) {
  const { by, direction, count } = operation
  const word = direction === 'desc' ? 'highest' : 'lowest'
  const what = spoken(operation.aggregate)
  const attempt = compute(table.rows, by, [operation.aggregate], state)
  if (!attempt.ok) {
    state.problems.push(failure(attempt, `Comparing ${listOf(by)} by ${what}`))
    return
  }
  const name = nameOf(operation.aggregate)
  const ranked = ranking(attempt.rows ?? [], name, direction)
  if (ranked.length === 0) {
    state.facts.push({ type: 'figure', key: `${word}_${name}`, value: null, sentence: `There are no figures${suffix} to compare.` })
    return
  }
  if (count > 1) {
    const fact = groupFact(by, [operation.aggregate], ranked.slice(0, count), `The ${count} ${listOf(by)} values with the ${word} ${what}${suffix}`)
    fact.key = `${direction === 'desc' ? 'top' : 'bottom'}_${fact.key}`
    state.facts.push(fact)
    state.group = fact
    state.sorted = true
    return
  }
  const tied = ranked.filter((row) => row[name] === ranked[0]?.[name])
  const who = tied.map((row) => by.map((key) => show(row[key])).join(' / '))
  const verb = tied.length === 1 ? 'has' : 'share'
  const sentence = `${listOf(who)} ${verb} the ${word} ${what}${suffix}: ${show(ranked[0]?.[name])}.`
  state.facts.push({
    type: 'figure',
    key: `${word}_${snake(by.join('_'))}`,
    value: tied.length === 1 ? { ...Object.fromEntries(by.map((key): [string, unknown] => [key, tied[0]?.[key]])), [name]: ranked[0]?.[name] } : tied,
    sentence,
  })
  if (ranked.length > 1 && ranked.length <= 20) {
    state.facts.push(groupFact(by, [operation.aggregate], ranked, `All by ${what}`))
  }
}

/** Puts figures that a tool worked out in order. */
function ranking(rows: Row[], name: string, direction: 'asc' | 'desc'): Row[] {
  const sign = direction === 'desc' ? -1 : 1
  const filled = rows.filter((row) => row[name] !== null && row[name] !== undefined && row[name] !== '')
  return filled.toSorted((a, b) => sign * compare(a[name], b[name]))
}

function compare(a: unknown, b: unknown): number {
  const [left, right] = [Number(a), Number(b)]
  if (!Number.isNaN(left) && !Number.isNaN(right)) return left - right
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0
}

/** The row (or rows, when they tie) with the highest or lowest value: the tool finds the value, the rows are those that hold it. */
export function extremeRow(operation: Of<'extreme_row'>, table: Table, state: State, suffix: string) {
  const { field, direction } = operation
  const word = direction === 'desc' ? 'highest' : 'lowest'
  const attempt = compute(table.rows, [], [{ op: direction === 'desc' ? 'max' : 'min', field }], state)
  if (!attempt.ok) {
    state.problems.push(failure(attempt, `Finding the ${word} ${field}`))
    return
  }
  const value = Object.values(attempt.rows?.[0] ?? {})[0]
  const holders = table.rows.filter(
    (row) => row[field] === value || (row[field] !== null && row[field] !== '' && Number(row[field]) === Number(value) && value !== null),
  )
  const label = operation.show ?? labelColumn(table.columns)?.name
  const who = label ? listOf(holders.map((row) => show(row[label]))) : ''
  const isDate = table.columns.some((column) => column.name === field && column.kind === 'date')
  const degree = isDate ? (direction === 'desc' ? 'latest' : 'earliest') : word
  const [holder] = holders
  if (operation.show === null && holder && holders.length === 1) {
    const others = Object.entries(holder)
      .filter(([key]) => key !== field && key !== label)
      .slice(0, 12)
    const name = label && label !== field ? `${who}, with` : 'the one with'
    state.facts.push({
      type: 'figure',
      key: `${degree}_${snake(field)}`,
      value: holder,
      sentence: `The ${degree} ${field}${suffix} is ${show(value)}: ${name} ${listOf(others.map(([key, item]) => `${key} ${show(item)}`)) || 'nothing else'}.`,
    })
    return
  }
  state.facts.push({
    type: 'figure',
    key: `${degree}_${snake(field)}`,
    value: holders.length === 1 ? holders[0] : holders,
    sentence:
      holders.length === 0
        ? `The ${degree} ${field}${suffix} is ${show(value)}.`
        : `${who} ${holders.length === 1 ? 'has' : 'share'} the ${degree} ${field}${suffix}: ${show(value)}.`,
  })
}

export function countRows(operation: Of<'count_rows'>, table: Table, state: State, suffix: string) {
  const count = table.rows.length
  const noun = /^(?:rows?|records?|lines?|entries|entry|are|of|it|them|there)$/i.test(operation.noun) ? 'row' : operation.noun
  const plural = noun === 'row' ? (count === 1 ? 'row' : 'rows') : count === 1 ? noun.replace(/(?<=[a-z]{2}[^s])s$/, '') : noun
  state.facts.push({
    type: 'figure',
    key: noun === 'row' ? 'row_count' : `${snake(noun)}_count`,
    value: count,
    sentence: suffix ? `${count} ${plural}${suffix}.` : `There ${count === 1 ? 'is' : 'are'} ${count} ${plural}${state.touched ? ' left' : ''}.`,
  })
}

/** The different values of a column, as the rows hold them; counted by a tool where one is offered. */
export function distinct(operation: Of<'distinct'>, table: Table, state: State) {
  const attempt = compute(table.rows, [operation.field], [{ op: 'count', field: null }], state)
  const rows = attempt.ok ? (attempt.rows ?? []) : undefined
  const values = [...new Set((rows ?? table.rows).map((row) => row[operation.field]))].filter(
    (value) => value !== null && value !== '' && value !== undefined,
  )
  state.facts.push({
    type: 'figure',
    key: `distinct_${snake(operation.field)}`,
    value: values,
    sentence: `There are ${values.length} different values of ${operation.field}: ${values.slice(0, 100).map(show).join(', ')}${values.length > 100 ? ', ...' : ''}.`,
  })
}

/** What part of the whole each group has: two figures from tools, and one more call that divides them. */
export function share(operation: Of<'share'>, table: Table, state: State, suffix: string) {
  const item: Aggregate = operation.field === null ? { op: 'count', field: null } : { op: 'sum', field: operation.field }
  const attempt = compute(table.rows, operation.by, [item], state)
  const what = `The share of the total${operation.field ? ` ${operation.field}` : ' number of rows'} by ${listOf(operation.by)}`
  if (!attempt.ok) {
    state.problems.push(failure(attempt, what))
    return
  }
  const name = nameOf(item)
  const column = columnName(name)
  const divided = state.box.attempt(
    [
      {
        tool: 'formula-engine__add_column',
        input: { rows: attempt.rows ?? [], name: 'share_percent', expression: `ROUND(${column} / SUM(ALL(${column})) * 100, 2)` },
      },
    ],
    'formula-engine, which divides them, is not offered.',
  )
  if (!divided.ok) {
    state.problems.push(failure(divided, what))
    return
  }
  const fact: Fact = {
    type: 'groups',
    key: `share_by_${operation.by.map(snake).join('_and_')}`,
    title: `${what}${suffix}, in percent`,
    by: operation.by,
    values: [name, 'share_percent'],
    rows: rowsIn(divided.value) ?? [],
  }
  state.facts.push(fact)
  state.group = fact
}

export function formula(operation: Of<'formula'>, table: Table, state: State, suffix: string) {
  const attempt = state.box.attempt(
    [{ tool: 'formula-engine__evaluate', input: { expression: operation.expression, rows: table.rows } }],
    'formula-engine is not offered.',
  )
  if (!attempt.ok) state.problems.push(failure(attempt, `The ${operation.label}`))
  else
    state.facts.push({
      type: 'figure',
      key: snake(operation.label),
      value: valueIn(attempt.value),
      sentence: `The ${operation.label}${suffix} is ${show(valueIn(attempt.value))}.`,
    })
}

export function checkRows(operation: Of<'check_rows'>, table: Table, state: State) {
  const attempt = state.box.attempt(
    [{ tool: 'data-transform__validate', input: { rows: table.rows, rules: operation.rules } }],
    'no tool that checks rows is offered (data-transform has one).',
  )
  if (!attempt.ok) {
    state.problems.push(failure(attempt, 'Checking the rows'))
    return
  }
  const problems = isRecord(attempt.value) && Array.isArray(attempt.value.problems) ? attempt.value.problems.filter(isRecord) : []
  const count = isRecord(attempt.value) && typeof attempt.value.problem_count === 'number' ? attempt.value.problem_count : problems.length
  const said = problems.slice(0, 20).map((item) => `- row ${show(item.row)}, ${show(item.field)}: ${show(item.value)} (${show(item.reason)})`)
  const fields = listOf(operation.rules.map((rule) => String(rule.field)))
  state.facts.push({
    type: 'figure',
    key: 'validation',
    value: attempt.value,
    sentence:
      count === 0
        ? `All ${table.rows.length} rows pass the check of ${fields}.`
        : `${count} problem${count === 1 ? '' : 's'} in ${fields}:\n${said.join('\n')}`,
  })
}

export function describe(table: Table, state: State) {
  const attempt = state.box.attempt(
    [{ tool: 'data-transform__describe', input: { rows: table.rows } }],
    'no tool that describes tables is offered (data-transform has one).',
  )
  if (!attempt.ok) {
    state.problems.push(failure(attempt, 'Describing the data'))
    return
  }
  const list = isRecord(attempt.value) ? Object.entries(attempt.value).find(([, item]) => Array.isArray(item) && item.every(isRecord)) : undefined
  const facts = isRecord(attempt.value) ? Object.entries(attempt.value).filter(([, item]) => typeof item === 'number') : []
  if (list) {
    const said = facts.map(([key, item]) => `${key.replaceAll('_', ' ')}: ${String(item)}`).join(', ')
    state.facts.push({
      type: 'rows',
      key: list[0],
      rows: list[1] as Row[],
      sentence: `${table.rows.length} rows, ${table.columns.length} columns${said ? ` (${said})` : ''}.`,
    })
  } else
    state.facts.push({ type: 'value', key: 'description', value: attempt.value, title: `${table.rows.length} rows, ${table.columns.length} columns` })
}
