import { AGGREGATE_WORDS, spoken } from '../naming.ts'
import { takes, wordFor, type PlannedCall } from '../toolbox.ts'
import { columnName } from '../parse/expressions.ts'
import { isRecord, listOf } from '../words.ts'
import { compute } from './compute.ts'
import { failure, note, rowsIn, setRows, type State } from './state.ts'
import type { Condition, Op, Operation, Row } from '../types.ts'

type Of<T extends Operation['type']> = Extract<Operation, { type: T }>
export type RowOperation = Of<
  | 'clean'
  | 'iso_dates'
  | 'filter'
  | 'sort'
  | 'limit'
  | 'select'
  | 'drop'
  | 'rename'
  | 'cast'
  | 'dedupe'
  | 'fill'
  | 'add_column'
  | 'join'
  | 'pivot'
  | 'unpivot'
>

const ROW_TYPES = new Set<Operation['type']>([
  'clean',
  'iso_dates',
  'filter',
  'sort',
  'limit',
  'select',
  'drop',
  'rename',
  'cast',
  'dedupe',
  'fill',
  'add_column',
  'join',
  'pivot',
  'unpivot',
])
export function isRowOperation(operation: Operation): operation is RowOperation {
  return ROW_TYPES.has(operation.type)
}

const OP_WORDS: Record<Op, string[]> = {
  eq: ['eq', '=', '==', 'equals', 'is'],
  ne: ['ne', '!=', '<>', 'neq', 'not_equals', 'not_eq', 'is_not'],
  gt: ['gt', '>', 'greater_than'],
  gte: ['gte', '>=', 'ge', 'greater_or_equal', 'at_least'],
  lt: ['lt', '<', 'less_than'],
  lte: ['lte', '<=', 'le', 'less_or_equal', 'at_most'],
  contains: ['contains', 'includes', 'like'],
  not_contains: ['not_contains', 'excludes', 'not_like'],
  starts_with: ['starts_with', 'startsWith', 'begins_with'],
  ends_with: ['ends_with', 'endsWith'],
  empty: ['empty', 'is_empty', 'is_null', 'blank', 'missing', 'null'],
  not_empty: ['not_empty', 'is_not_empty', 'not_null', 'is_not_null', 'present', 'exists'],
  in: ['in', 'one_of', 'any_of'],
  not_in: ['not_in', 'nin', 'none_of'],
}
const OPPOSITE: Record<Op, Op> = {
  eq: 'ne',
  ne: 'eq',
  gt: 'lte',
  lte: 'gt',
  lt: 'gte',
  gte: 'lt',
  contains: 'not_contains',
  not_contains: 'contains',
  empty: 'not_empty',
  not_empty: 'empty',
  in: 'not_in',
  not_in: 'in',
  starts_with: 'starts_with',
  ends_with: 'ends_with',
}

const NAMES: Record<RowOperation['type'], string> = {
  clean: 'Cleaning',
  iso_dates: 'Turning the dates into ISO 8601',
  filter: 'Filtering',
  sort: 'Sorting',
  limit: 'Taking the first rows',
  select: 'Choosing columns',
  drop: 'Dropping columns',
  rename: 'Renaming',
  cast: 'Changing types',
  dedupe: 'Removing duplicates',
  fill: 'Filling gaps',
  add_column: 'Adding a column',
  join: 'Joining',
  pivot: 'The pivot',
  unpivot: 'The unpivot',
}
/** What may fail without making later figures wrong. */
const HARMLESS = new Set<RowOperation['type']>(['iso_dates', 'sort', 'select', 'drop', 'clean'])

/** Runs an operation on the rows of the table at hand; false when it could not be done. */
export function runOnRows(operation: RowOperation, state: State): boolean {
  const rows = state.at?.rows ?? []
  if (operation.type === 'limit') {
    // Taking a part of rows that are here works nothing out; a tool is asked where there is one, so that the trace shows it.
    const attempt = state.box.attempt(callsFor(operation, rows, state), '')
    const kept = attempt.ok ? rowsIn(attempt.value) : undefined
    setRows(state, kept ?? (operation.from === 'end' ? rows.slice(-operation.count) : rows.slice(0, operation.count)))
    return true
  }
  if (operation.type === 'select' || operation.type === 'drop') return chooseColumns(operation, rows, state)
  const settled = operation.type === 'filter' ? withFigures(operation, rows, state) : operation
  if (!settled) return fail(operation, 'Filtering failed: the figure to compare with could not be worked out.', state)
  const calls = callsFor(settled, rows, state)
  const attempt = state.box.attempt(calls, `no tool for it is offered (${lacking(operation.type)} has one).`)
  if (!attempt.ok) return fail(operation, failure(attempt, NAMES[operation.type]), state)
  const made =
    rowsIn(attempt.value) ??
    (isRecord(attempt.value) && Object.keys(attempt.value).length > 0 && operation.type === 'filter' ? [attempt.value as Row] : undefined)
  if (!made) return fail(operation, `${NAMES[operation.type]} failed: ${attempt.tool} answered without rows.`, state)
  report(operation, attempt.value, rows, made, state)
  setRows(state, made)
  if (operation.type === 'sort') state.sorted = true
  return true
}

/** Works out the figures that conditions compare with, such as the average in "above average". */
function withFigures(operation: Of<'filter'>, rows: Row[], state: State): Of<'filter'> | undefined {
  const conditions: Condition[] = []
  for (const condition of operation.conditions) {
    if (!condition.figure) {
      conditions.push(condition)
      continue
    }
    const attempt = compute(rows, [], [condition.figure], state)
    const value = attempt.ok ? Object.values(attempt.rows?.[0] ?? {})[0] : undefined
    if (value === undefined || value === null) return undefined
    note(state, `The ${spoken(condition.figure)} is ${String(value)}.`)
    conditions.push({ field: condition.field, op: condition.op, value })
  }
  return { ...operation, conditions }
}

function fail(operation: RowOperation, message: string, state: State): boolean {
  state.problems.push(message)
  if (!HARMLESS.has(operation.type)) state.stopped = true
  return false
}

function lacking(type: RowOperation['type']): string {
  return type === 'iso_dates' ? 'date-utils' : type === 'add_column' ? 'formula-engine' : 'data-transform'
}

/** Columns are chosen by the tool where there is one; without, leaving out fields of rows at hand needs none. */
function chooseColumns(operation: Of<'select' | 'drop'>, rows: Row[], state: State): boolean {
  const all = state.at?.columns.map((column) => column.name) ?? []
  const fields = operation.type === 'select' ? operation.fields : all.filter((name) => !operation.fields.includes(name))
  const attempt = state.box.attempt([{ tool: 'data-transform__select', input: { rows, fields } }], '')
  const made = attempt.ok ? rowsIn(attempt.value) : undefined
  setRows(
    state,
    made ??
      rows.map((row) => Object.fromEntries(fields.filter((name) => Object.hasOwn(row, name)).map((name): [string, unknown] => [name, row[name]]))),
  )
  return true
}

function callsFor(operation: RowOperation, rows: Row[], state: State): PlannedCall[] {
  const tool = (name: string) => state.box.find(name)
  const transform = (name: string, input: Record<string, unknown>): PlannedCall => ({ tool: `data-transform__${name}`, input })
  const json = (expression: string): PlannedCall => ({ tool: 'json-utils__query', input: { data: rows, expression } })
  switch (operation.type) {
    case 'clean':
      return [transform('clean', { rows })]
    case 'iso_dates': {
      const parseDates = tool('date-utils__parse_dates')
      const order = operation.order ? { order: wordFor(parseDates, 'order', [operation.order.toLowerCase(), operation.order]) } : {}
      return [{ tool: 'date-utils__parse_dates', input: { rows, ...(operation.fields.length > 0 ? { fields: operation.fields } : {}), ...order } }]
    }
    case 'filter': {
      const conditions = operation.negate ? negated(operation.conditions, operation.match) : { list: operation.conditions, match: operation.match }
      const filter = tool('data-transform__filter')
      const where = conditions.list.map(({ field, op, value }) => ({
        field,
        op: wordFor(filter, 'op', OP_WORDS[op]),
        ...(value === undefined ? {} : { value }),
      }))
      return [
        transform('filter', { rows, where, match: wordFor(filter, 'match', conditions.match === 'all' ? ['all', 'and'] : ['any', 'or']) }),
        json(`[$[${jsonata(operation.conditions, operation.match, operation.negate)}]]`),
      ]
    }
    case 'sort':
      return [
        transform('sort', { rows, by: operation.by }),
        json(`[$^(${operation.by.map((key) => `${key.direction === 'desc' ? '>' : '<'}${quoted(key.field)}`).join(', ')})]`),
      ]
    case 'limit': {
      const limit = tool('data-transform__limit')
      if (operation.from === 'start') return [transform('limit', { rows, count: operation.count })]
      return takes(limit, 'from')
        ? [transform('limit', { rows, count: operation.count, from: wordFor(limit, 'from', ['end', 'last', 'tail']) })]
        : takes(limit, 'offset')
          ? [transform('limit', { rows, count: operation.count, offset: Math.max(0, rows.length - operation.count) })]
          : []
    }
    case 'rename':
      return [transform('rename', { rows, fields: operation.fields })]
    case 'cast':
      return [transform('cast', { rows, fields: operation.fields })]
    case 'dedupe':
      return [
        transform('dedupe', { rows, ...(operation.by.length > 0 ? { by: operation.by } : {}) }),
        transform('dedupe', { rows, by: operation.by.length > 0 ? operation.by : (state.at?.columns.map((column) => column.name) ?? []) }),
      ]
    case 'fill': {
      const fillTool = tool('data-transform__fill')
      const method = wordFor(
        fillTool,
        'method',
        {
          value: ['value', 'constant', 'fixed'],
          previous: ['previous', 'forward', 'ffill', 'last'],
          next: ['next', 'backward', 'bfill'],
          mean: ['mean', 'average', 'avg'],
          median: ['median'],
          mode: ['mode', 'most_common'],
          zero: ['zero'],
        }[operation.method],
      )
      return [transform('fill', { rows, fields: operation.fields, method, ...(operation.value === undefined ? {} : { value: operation.value }) })]
    }
    case 'add_column':
      return [
        {
          tool: 'formula-engine__add_column',
          input: { rows, name: operation.name, expression: operation.expression, ...(operation.replaces ? { replace: true } : {}) },
        },
      ]
    case 'join': {
      const [left, right] = [
        state.tables.find((table) => table.name === operation.left),
        state.tables.find((table) => table.name === operation.right),
      ]
      const joinTool = tool('data-transform__join')
      const type = wordFor(joinTool, 'type', operation.kind === 'full' ? ['full', 'outer'] : [operation.kind])
      const sides = { left: left?.rows ?? [], right: right?.rows ?? [] }
      const pair = { left: operation.leftKey, right: operation.rightKey }
      const same = operation.leftKey === operation.rightKey
      return (
        same
          ? [[operation.leftKey], operation.leftKey, [pair], pair]
          : [
              [pair],
              pair,
              { left: [operation.leftKey], right: [operation.rightKey] },
              { [operation.leftKey]: operation.rightKey },
              [`${operation.leftKey}=${operation.rightKey}`],
            ]
      ).map((on) => transform('join', { ...sides, on, type }))
    }
    case 'pivot': {
      const pivotTool = tool('data-transform__pivot')
      const aggregate = wordFor(pivotTool, 'aggregate', AGGREGATE_WORDS[operation.aggregate] ?? ['sum'])
      return [
        transform('pivot', { rows, index: operation.index, columns: operation.column, values: operation.values, aggregate }),
        transform('pivot', { rows, index: operation.index[0], columns: operation.column, values: operation.values, aggregate }),
      ]
    }
    case 'unpivot':
      return unpivotCalls(operation, rows, state)
    default:
      return []
  }
}

function unpivotCalls(operation: Of<'unpivot'>, rows: Row[], state: State): PlannedCall[] {
  const unpivot = state.box.find('data-transform__unpivot')
  const given: Record<string, unknown> = { rows }
  const put = (names: string[], value: unknown) => {
    const name = names.find((item) => takes(unpivot, item))
    if (name) given[name] = value
  }
  put(['columns', 'fields', 'values'], operation.fields)
  put(['index', 'keep', 'id', 'ids', 'by'], operation.keep)
  put(['names_to', 'name', 'name_to', 'key', 'variable', 'column_name', 'as_name', 'into_name'], operation.name)
  put(['values_to', 'value', 'value_to', 'value_name', 'as_value', 'into_value'], operation.value)
  return [{ tool: 'data-transform__unpivot', input: given }]
}

function negated(conditions: Condition[], match: 'all' | 'any'): { list: Condition[]; match: 'all' | 'any' } {
  return {
    list: conditions.map((item) => ({ ...item, op: OPPOSITE[item.op] })),
    match: conditions.length === 1 ? match : match === 'all' ? 'any' : 'all',
  }
}

const quoted = (field: string) => `\`${field.replaceAll('`', '')}\``

/** The same conditions in JSONata, for agents that have json-utils but not data-transform. */
function jsonata(conditions: Condition[], match: 'all' | 'any', negate: boolean): string {
  const parts = conditions.map(({ field, op, value }) => {
    const name = quoted(field)
    const literal = JSON.stringify(value)
    const text = `$lowercase($string(${name}))`
    const lower = JSON.stringify(String(value).toLowerCase())
    const missing = `($not($exists(${name})) or ${name} = null or ${name} = "")`
    switch (op) {
      case 'eq':
        return typeof value === 'string' ? `${text} = ${lower}` : `${name} = ${literal}`
      case 'ne':
        return typeof value === 'string' ? `${text} != ${lower}` : `${name} != ${literal}`
      case 'contains':
        return `$contains(${text}, ${lower})`
      case 'not_contains':
        return `$not($contains(${text}, ${lower}))`
      case 'starts_with':
        return `$substring(${text}, 0, ${String(value).length}) = ${lower}`
      case 'ends_with':
        return `$substring(${text}, -${String(value).length}) = ${lower}`
      case 'empty':
        return missing
      case 'not_empty':
        return `$not(${missing})`
      case 'in':
        return `${name} in ${literal}`
      case 'not_in':
        return `$not(${name} in ${literal})`
      default:
        return `${name} ${{ gt: '>', gte: '>=', lt: '<', lte: '<=' }[op]} ${literal}`
    }
  })
  const all = parts.map((part) => `(${part})`).join(match === 'all' ? ' and ' : ' or ')
  return negate ? `$not(${all})` : all
}

/** What a tool said beside its rows: dates it could not read, rows it left out. */
function report(operation: RowOperation, value: unknown, before: Row[], after: Row[], state: State) {
  if (operation.type === 'dedupe')
    note(
      state,
      `${before.length - after.length} of ${before.length} rows were duplicates${operation.by.length > 0 ? ` by ${listOf(operation.by)}` : ''}.`,
    )
  if (operation.type === 'fill' || operation.type === 'clean' || operation.type === 'cast') {
    const changed = isRecord(value) ? (value.filled ?? value.changed ?? value.changes) : undefined
    if (typeof changed === 'number') note(state, `${changed} cell${changed === 1 ? '' : 's'} changed.`)
  }
  if (!isRecord(value)) return
  for (const [key, said] of [
    ['unparsed', 'could not be read and stayed as they were'],
    ['ambiguous', 'can be read in two ways'],
    ['failed', 'could not be converted'],
    ['errors', 'had errors'],
    ['skipped', 'were skipped'],
  ] as const) {
    const list = value[key]
    if (!Array.isArray(list) || list.length === 0) continue
    const cells = list
      .slice(0, 5)
      .map((item) =>
        isRecord(item)
          ? [
              item.row === undefined ? '' : `row ${String(item.row)}`,
              item.value === undefined ? '' : JSON.stringify(item.value),
              item.iso ? `read as ${String(item.iso)}` : '',
            ]
              .filter(Boolean)
              .join(' ')
          : JSON.stringify(item),
      )
    note(state, `${list.length} value${list.length === 1 ? '' : 's'} ${said}: ${cells.join('; ')}${list.length > 5 ? '; ...' : ''}.`)
  }
  if (operation.type === 'filter')
    for (const condition of operation.conditions)
      if (!state.at?.columns.some((column) => column.name === condition.field)) note(state, `There is no column ${columnName(condition.field)}.`)
}
