import { spoken } from '../naming.ts'
import { isRecord, listOf } from '../words.ts'
import { compute } from './compute.ts'
import { caveat, failure, note, rowsIn, setRows, type State } from './state.ts'
import type { Condition, Operation, Row } from '../types.ts'
import { callsFor } from './row-calls.ts'

export type Of<T extends Operation['type']> = Extract<Operation, { type: T }>
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
  // Rows that fit any of several go one condition after the other.
  if (operation.type === 'filter' && operation.negate && operation.match === 'any' && operation.conditions.length > 1) {
    return operation.conditions.every((condition) => runOnRows({ ...operation, conditions: [condition], match: 'all' }, state))
  }
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
    ['problems', 'could not be converted and stayed as they were'],
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
    caveat(state, `${list.length} value${list.length === 1 ? '' : 's'} ${said}: ${cells.join('; ')}${list.length > 5 ? '; ...' : ''}.`)
  }
}
