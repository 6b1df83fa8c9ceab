import { findData } from './find-data.ts'
import { splitClauses, type Clause } from './parse/clauses.ts'
import { columnName } from './parse/expressions.ts'
import { withoutTable, withTable } from './parse/interpret.ts'
import { inEnglish } from './parse/portuguese.ts'
import type { Scene, Step } from './parse/scene.ts'
import { hasTables, loadTables } from './steps/load.ts'
import { aggregate, best, countRows, describe, distinct, extremeRow, formula, share } from './steps/figures.ts'
import { isRowOperation, runOnRows } from './steps/rows.ts'
import { isScalarOperation, runScalar } from './steps/scalars.ts'
import { newState, note, tableOf, type State, type Table } from './steps/state.ts'
import { isValueOperation, runOnValues } from './steps/values.ts'
import { columnsOf } from './columns.ts'
import { spoken } from './naming.ts'
import { together, type Toolbox } from './toolbox.ts'
import { fillInput, isPlanned, LIKELY, matchTool, namedTool, SURE, toolVerbs } from './unknown-tools.ts'
import type { Operation, Reading } from './types.ts'

/** Derives the whole plan from the prompt and goes as far as the tools have answered; throws `Pending` for what to call next. */
export function runPlan(reading: Reading, box: Toolbox): State {
  const { text, sources } = findData(reading.instruction, reading.data)
  const state = newState(reading, box, sources)
  const english = inEnglish(text)
  // Pieces that change nothing wait here, to be asked for in one turn.
  const queue: (() => void)[] = []
  const flush = () => together(queue.splice(0))
  const verbs = toolVerbs(box.offered)
  let clauses = splitClauses(english, [], verbs)
  if (clauses.some((clause) => needsTable(clause, state)) && hasTables(sources)) {
    loadTables(state)
    clauses = splitClauses(
      english,
      state.tables.flatMap((table) => table.columns.map((column) => column.name)),
      verbs,
    )
  }
  const asked = clauses.filter((clause, at) => !isHeading(clause, clauses[at + 1], state))
  for (const [at, clause] of asked.entries()) {
    if (state.stopped) {
      state.problems.push(
        `Because of that I did not go on with: ${asked
          .slice(at)
          .map((item) => item.text)
          .join('; ')}.`,
      )
      break
    }
    if (queue.length > 0 && FOLLOWS.test(clause.text)) flush()
    runClause(clause, state, queue, flush)
  }
  flush()
  // Grouped, and nothing asked of the groups: how many rows each has.
  if (state.groupBy.length > 0 && !state.groupsUsed && !state.stopped && state.at)
    aggregate({ type: 'aggregate', by: state.groupBy, aggregates: [{ op: 'count', field: null }] }, state.at, state, '')
  return state
}

/** Requests that may be about the groups or figures just asked for. */
const FOLLOWS =
  /^(?:sort|order|rank|arrange|keep|filter|only|show|return|give|list|limit|take|top|the top|bottom|multiply|divide|increase|decrease|add|subtract|export|convert|write|output|which|what)\b|\b(?:result|it|them|those|that|they|each)\b/i

function needsTable(clause: Clause, state: State): boolean {
  return !namedTool(clause.text, state.box.offered) && !withoutTable(clause.text, sceneOf(state)) && !sureTool(clause.text, state)
}

/** "Clean this CSV: fix the dates, ..." only announces what follows. */
function isHeading(clause: Clause, next: Clause | undefined, state: State): boolean {
  return clause.heading && next !== undefined && !namedTool(clause.text, state.box.offered)
}

function sureTool(text: string, state: State) {
  const unknown = state.box.offered.filter((tool) => !isPlanned(tool))
  return unknown.length > 0 ? matchTool(text, unknown, SURE) : undefined
}

function sceneOf(state: State): Scene {
  const { at, group } = state
  return {
    columns: at?.columns ?? [],
    rows: at?.rows ?? [],
    tables: state.tables,
    grouped: group ? { columns: columnsOf(group.rows), rows: group.rows, values: group.values } : undefined,
    groupColumns: group?.by ?? [],
    sorted: state.sorted,
    assume: (text) => note(state, text),
  }
}

function runClause(clause: Clause, state: State, queue: (() => void)[], flush: () => void) {
  const { text } = clause
  if (/^(?:do not|don't|never|avoid|no need to|there is no need)\b/i.test(text)) return
  const named = namedTool(text, state.box.offered)
  if (named && 'unknown' in named) {
    state.problems.push(`There is no tool "${named.unknown}" here. ${toolsSentence(state)}`)
    return
  }
  const sure = named?.tool ?? sureTool(text, state)
  if (sure) {
    flush()
    callTool(sure.name, named?.rest ?? text, state)
    return
  }
  const scene = sceneOf(state)
  const steps = withoutTable(text, scene) ?? (state.at || state.sources.length > 0 ? withTable(text, scene) : undefined)
  if (steps) {
    runSteps(withGroups(steps, state), text, state, queue, flush)
    return
  }
  const likely = matchTool(
    text,
    state.box.offered.filter((tool) => !isPlanned(tool)),
    LIKELY,
  )
  if (likely) {
    flush()
    callTool(likely.name, text, state)
    return
  }
  const lacksData = state.tables.length === 0 && withTable(text, { ...scene, columns: [] }) !== undefined
  if (lacksData && state.problems.length > 0) return
  state.problems.push(lacksData ? `For "${text}" I found no data in the message.` : `I did not understand "${text}".`)
}

export function toolsSentence(state: State): string {
  const names = state.box.offered.map((tool) => tool.name)
  return names.length > 0
    ? `The tools of this agent are ${names.slice(0, 40).join(', ')}${names.length > 40 ? ', ...' : ''}.`
    : 'This agent has no tools.'
}

function callTool(name: string, text: string, state: State) {
  const tool = state.box.find(name)
  if (!tool) return
  const wantsRows = JSON.stringify(tool.schema).includes('"array"')
  if (wantsRows && hasTables(state.sources)) loadTables(state)
  const earlier = state.facts.flatMap((fact) => ('value' in fact ? [fact.value] : []))
  const filled = fillInput(tool, { text, data: state.reading.data, earlier, rows: state.at?.rows })
  if ('missing' in filled) {
    state.problems.push(
      `To call ${name} I need ${filled.missing.join(', ')}: please state ${filled.missing.length === 1 ? 'it' : 'them'}, for example "${filled.missing[0]} = ...".`,
    )
    return
  }
  const outcome = state.box.call(name, filled.input)
  if (!outcome.ok) {
    state.problems.push(`${name} failed: ${outcome.error}`)
    // What follows may build on the answer that did not come.
    state.stopped = true
    return
  }
  state.facts.push(
    outcome.value !== null && typeof outcome.value === 'object'
      ? { type: 'value', key: name.split('__').at(-1) ?? name, value: outcome.value, title: `${name} answered` }
      : { type: 'figure', key: name.split('__').at(-1) ?? name, value: outcome.value, sentence: `${name} answered: ${String(outcome.value)}` },
  )
}

/** "Group by status and give me the total": figures without groups of their own take those that wait. */
function withGroups(steps: Step[], state: State): Step[] {
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

function runSteps(steps: Step[], text: string, state: State, queue: (() => void)[], flush: () => void) {
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
  const made = changes.find((change) => change.type === 'add_column' && /value$/.test(change.name))
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

function answer(operation: Operation, table: Table | undefined, suffix: string, state: State) {
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
