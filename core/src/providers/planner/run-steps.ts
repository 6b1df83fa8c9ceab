import { columnName } from './parse/expressions.ts'
import type { Step } from './parse/scene.ts'
import { aggregate, best, checkRows, countRows, describe, distinct, extremeRow, formula, share } from './steps/figures.ts'
import { isRowOperation, runOnRows } from './steps/rows.ts'
import { isScalarOperation, runScalar } from './steps/scalars.ts'
import { tableOf, type State, type Table } from './steps/state.ts'
import { isValueOperation, runOnValues } from './steps/values.ts'
import { spoken } from './naming.ts'
import type { Operation } from './types.ts'

/** "Group by status and give me the total": figures without groups of their own take those that wait. */
export function withGroups(steps: Step[], state: State): Step[] {
  if (state.groupBy.length === 0) return steps
  const by = state.groupBy
  return steps.map((step): Step => {
    const { operation } = step
    const counts = operation.type === 'count_rows'
    if (!counts && (operation.type !== 'aggregate' || operation.by.length > 0)) return step
    state.groupsUsed = true
    return { ...step, operation: { type: 'aggregate', by, aggregates: counts ? [{ op: 'count', field: null }] : operation.aggregates } }
  })
}

export function runSteps(steps: Step[], text: string, state: State, queue: (() => void)[], flush: () => void) {
  const operations = steps.map((step) => step.operation)
  const first = operations[0]
  const changes = operations.findIndex(answersOnly)
  const isScoped =
    changes > 0 &&
    first !== undefined &&
    operations.slice(0, changes).every((item) => item.type === 'filter' || item.type === 'add_column' || item.type === 'iso_dates') &&
    steps.slice(changes).every((step) => answersOnly(step.operation) && step.on === 'table') &&
    !/^(?:keep|filter|remove|drop|exclude|only|delete|add|create)\b/i.test(text)
  if (isScoped) {
    // "total amount for West": the rest of the instruction is still about all rows.
    queue.push(() => runScoped(operations, state))
    return
  }
  for (const { operation, on } of steps) {
    if (state.stopped) return
    if (operation.type === 'group_by') {
      state.groupBy = operation.by
      state.groupsUsed = false
      continue
    }
    if (operation.type === 'aggregate') state.groupsUsed = true
    if (on === 'group') {
      flush()
      runOnGroup(operation, state)
    } else if (answersOnly(operation)) {
      const table = state.at
      queue.push(() => answer(operation, table, '', state))
    } else {
      flush()
      runChange(operation, state)
    }
  }
}

function answersOnly(operation: Operation): boolean {
  return (
    !isRowOperation(operation) &&
    operation.type !== 'scale' &&
    operation.type !== 'write' &&
    operation.type !== 'show' &&
    operation.type !== 'group_by'
  )
}

function runScoped(operations: Operation[], state: State) {
  const before = { at: state.at, tables: state.tables, touched: state.touched, stopped: state.stopped }
  const changes = operations.filter(isRowOperation)
  const done = changes.every((change) => runOnRows(change, state))
  const table = state.at
  Object.assign(state, before)
  if (!done) return
  const filter = changes.find((change) => change.type === 'filter')
  const made = changes.find((change) => change.type === 'add_column' && change.name.endsWith('value'))
  const suffix = `${made?.type === 'add_column' ? ` (${made.expression})` : ''}${filter?.type === 'filter' ? ` where ${conditionText(filter)}` : ''}`
  for (const operation of operations) if (!isRowOperation(operation)) answer(operation, table, suffix, state)
}

const SIGNS: Record<string, string> = {
  eq: '=',
  ne: 'is not',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
  in: 'is one of',
  not_in: 'is none of',
  empty: 'is empty',
  not_empty: 'is not empty',
}

function conditionText(operation: Extract<Operation, { type: 'filter' }>): string {
  return operation.conditions
    .map(({ field, op, value, figure }) =>
      [
        field,
        SIGNS[op] ?? op.replaceAll('_', ' '),
        figure ? spoken(figure) : value === undefined ? '' : Array.isArray(value) ? value.join(', ') : String(value),
      ]
        .join(' ')
        .trim(),
    )
    .join(operation.match === 'all' ? ' and ' : ' or ')
}

export function answer(operation: Operation, table: Table | undefined, suffix: string, state: State) {
  if (isScalarOperation(operation)) return runScalar(operation, state)
  if (isValueOperation(operation)) return runOnValues(operation, state)
  if (operation.type === 'problem') {
    state.problems.push(operation.message)
    return
  }
  if (operation.type === 'nothing') return
  if (!table) {
    state.problems.push('I found no table in the message to work on.')
    return
  }
  switch (operation.type) {
    case 'aggregate':
      return aggregate(operation, table, state, suffix)
    case 'best':
      return best(operation, table, state, suffix)
    case 'extreme_row':
      return extremeRow(operation, table, state, suffix)
    case 'count_rows':
      return countRows(operation, table, state, suffix)
    case 'distinct':
      return distinct(operation, table, state)
    case 'check_rows':
      return checkRows(operation, table, state)
    case 'formula':
      return formula(operation, table, state, suffix)
    case 'share':
      return share(operation, table, state, suffix)
    case 'describe':
      return describe(table, state)
    case 'columns':
      state.facts.push({
        type: 'figure',
        key: 'columns',
        value: table.columns.map((column) => column.name),
        sentence: `There are ${table.columns.length} columns: ${table.columns.map((column) => column.name).join(', ')}.`,
      })
  }
}

function runChange(operation: Operation, state: State) {
  if (operation.type === 'scale') return runScalar(operation, state)
  if (operation.type === 'write') return runOnValues(operation, state)
  if (operation.type === 'show') {
    state.product ??= 'rows'
    return
  }
  if (!isRowOperation(operation)) return
  if (operation.type === 'join') state.at = state.tables.find((table) => table.name === operation.left) ?? state.at
  if (!runOnRows(operation, state)) return
  if (operation.type === 'add_column') state.focus = operation.name
  else if ((operation.type === 'iso_dates' || operation.type === 'fill') && operation.fields.length === 1) state.focus = operation.fields[0]
  if (operation.type === 'join')
    state.tables = state.at ? [state.at, ...state.tables.filter((table) => table !== state.at && table.name !== operation.right)] : state.tables
  if (operation.type === 'iso_dates' && operation.pattern) writeDates(operation, state)
  if (['clean', 'iso_dates', 'rename', 'cast', 'fill', 'add_column', 'dedupe', 'pivot', 'unpivot'].includes(operation.type))
    state.product = operation.type === 'clean' || operation.type === 'iso_dates' || state.product === 'cleaned_data' ? 'cleaned_data' : 'rows'
  // What was grouped before the rows changed is no longer what "it" means.
  state.group = undefined
  if (operation.type !== 'sort' && operation.type !== 'limit' && operation.type !== 'filter') state.sorted = false
}

/** Dates that were asked for in a pattern of their own: ISO first, then the formula engine writes them. */
function writeDates(operation: Extract<Operation, { type: 'iso_dates' }>, state: State) {
  const fields =
    operation.fields.length > 0 ? operation.fields : (state.at?.columns.filter((column) => column.kind === 'date').map((column) => column.name) ?? [])
  for (const name of fields)
    runOnRows(
      { type: 'add_column', name, expression: `TEXT(${columnName(name)}, "${(operation.pattern ?? '').toLowerCase()}")`, replaces: true },
      state,
    )
}

/** Sorting, cutting and filtering the groups that an earlier clause asked for. */
function runOnGroup(operation: Operation, state: State) {
  const group = state.group
  if (!group || !isRowOperation(operation)) return
  const before = { at: state.at, tables: state.tables, touched: state.touched, sorted: state.sorted }
  state.at = tableOf('groups', group.rows)
  const done = runOnRows(operation, state)
  const rows = state.at.rows
  Object.assign(state, before)
  if (!done) return
  const changed = { ...group, rows }
  state.facts = state.facts.map((fact) => (fact === group ? changed : fact))
  state.group = changed
  if (operation.type === 'sort') state.sorted = true
}
