import { HookError } from '@cadre/contract/forgehook'
import { hasNumbers, keyMaker } from './equality.ts'
import { aggregate, opNamed } from './rows-aggregate.ts'
import { groupsOf, keyCell } from './rows-group.ts'
import { cell, columnOf, columnsOf, isMissing, MAX_ROWS, needColumn, needColumns, rowOf, textOf, type Row } from './rows-shared.ts'

type PivotInput = {
  rows: Row[]
  index: string | string[]
  columns: string
  values?: string
  aggregate?: string
  p?: number
  separator?: string
  fill?: unknown
  skip_invalid?: boolean
}
/** More columns than this are a mistake (an id or a date as columns), not a table. */
const MAX_COLUMNS = 2000

export function pivot({ rows, index, columns, values, aggregate: asked = 'sum', fill, skip_invalid: skipInvalid = false, p, separator }: PivotInput) {
  const op = opNamed(asked)
  const known = columnsOf(rows)
  const by = typeof index === 'string' ? [index] : index
  needColumns(known, by, 'index')
  needColumn(known, columns, 'columns')
  if (values !== undefined) needColumn(known, values, 'values')
  else if (op !== 'count') throw new HookError(`is needed for ${op}`, 'values')
  const nameOf = namerOf(rows, columns)
  const names = [...new Set(rows.map(nameOf))]
  if (names.length > MAX_COLUMNS)
    throw new HookError(`"${columns}" has ${names.length} different values; at most ${MAX_COLUMNS} can become columns`, 'columns')
  const clash = names.find((name) => by.includes(name))
  if (clash !== undefined) throw new HookError(`"${columns}" has the value "${clash}", which is also a column of index`, 'columns')
  const empty = fill !== undefined ? fill : op === 'count' || op === 'count_distinct' ? 0 : null
  const options = {
    field: values ?? '',
    skipInvalid,
    at: 'values',
    ...(p === undefined ? {} : { p }),
    ...(separator === undefined ? {} : { separator }),
  }
  const cells = values === undefined ? [] : columnOf(rows, values)
  const made = groupsOf(rows, by).map(({ first, places }) => {
    const placesOf = new Map<string, number[]>()
    for (const place of places) {
      const name = nameOf(rows[place] as Row)
      const found = placesOf.get(name)
      if (found) found.push(place)
      else placesOf.set(name, [place])
    }
    const work = (name: string) => {
      const found = placesOf.get(name)
      if (!found) return empty
      return values === undefined ? found.length : aggregate(op, { cells, places: found }, options)
    }
    return rowOf([...by.map((field) => [field, keyCell(first, field)] as const), ...names.map((name) => [name, work(name)] as const)])
  })
  return { rows: made, columns: names }
}

/** The name of the column a row goes to: values that are the same (see `Equality`) share the name of the first. */
function namerOf(rows: Row[], columns: string): (row: Row) => string {
  const keyOf = keyMaker({ numeric: hasNumbers(rows, columns) })
  const names = new Map<string | undefined, string>()
  return (row) => {
    const value = cell(row, columns)
    const key = keyOf(value)
    const known = names.get(key)
    if (known !== undefined) return known
    const name = isMissing(value) ? '(empty)' : textOf(value)
    names.set(key, name)
    return name
  }
}

type UnpivotInput = { rows: Row[]; keep?: string[]; columns?: string[]; name?: string; value?: string; drop_empty?: boolean }

export function unpivot({ rows, keep: given, columns: wanted, name = 'name', value = 'value', drop_empty: dropEmpty = false }: UnpivotInput) {
  const columns = columnsOf(rows)
  const only = wanted && wanted.length > 0 ? wanted : undefined
  if (!given && !only) throw new HookError('is needed, or columns', 'keep')
  const keep = given ?? columns.filter((column) => !only?.includes(column))
  needColumns(columns, keep, 'keep')
  if (only) needColumns(columns, only, 'columns')
  if (keep.includes(name)) throw new HookError(`"${name}" is a column of keep; choose another name`, 'name')
  if (keep.includes(value)) throw new HookError(`"${value}" is a column of keep; choose another name`, 'value')
  if (name === value) throw new HookError('must differ from name', 'value')
  const turned = only ?? columns.filter((column) => !keep.includes(column))
  if (rows.length * turned.length > MAX_ROWS) throw new HookError(`this would make more than ${MAX_ROWS} rows`, 'rows')
  const made = rows.flatMap((row) => {
    const kept = keep.map((field) => [field, cell(row, field)] as const)
    const cells = turned.filter((column) => !dropEmpty || !isMissing(cell(row, column)))
    return cells.map((column) => rowOf([...kept, [name, column], [value, cell(row, column)]]))
  })
  return { rows: made, row_count: made.length }
}
