import { HookError } from '@cadre/contract/forgehook'
import { aggregate, type Op } from './rows-aggregate.ts'
import { cellsOf, groupsOf } from './rows-group.ts'
import { cell, columnsOf, isMissing, MAX_ROWS, needColumn, needColumns, rowOf, textOf, type Row } from './rows-shared.ts'

type PivotInput = { rows: Row[]; index: string | string[]; columns: string; values?: string; aggregate?: Op; skip_invalid?: boolean }
/** More columns than this are a mistake (an id or a date as columns), not a table. */
const MAX_COLUMNS = 2000

export function pivot({ rows, index, columns, values, aggregate: op = 'sum', skip_invalid: skipInvalid = false }: PivotInput) {
  const known = columnsOf(rows)
  const by = typeof index === 'string' ? [index] : index
  needColumns(known, by, 'index')
  needColumn(known, columns, 'columns')
  if (values !== undefined) needColumn(known, values, 'values')
  else if (op !== 'count') throw new HookError(`is needed for ${op}`, 'values')
  const nameOf = (row: Row) => (isMissing(cell(row, columns)) ? '(empty)' : textOf(cell(row, columns)))
  const names = [...new Set(rows.map(nameOf))]
  if (names.length > MAX_COLUMNS)
    throw new HookError(`"${columns}" has ${names.length} different values; at most ${MAX_COLUMNS} can become columns`, 'columns')
  const clash = names.find((name) => by.includes(name))
  if (clash !== undefined) throw new HookError(`"${columns}" has the value "${clash}", which is also a column of index`, 'columns')
  const empty = op === 'count' || op === 'count_distinct' ? 0 : null
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
      return values === undefined ? found.length : aggregate(op, cellsOf(rows, found, values), { field: values, skipInvalid, at: 'values' })
    }
    return rowOf([...by.map((field) => [field, cell(first, field)] as const), ...names.map((name) => [name, work(name)] as const)])
  })
  return { rows: made, columns: names }
}

type UnpivotInput = { rows: Row[]; keep: string[]; name?: string; value?: string }

export function unpivot({ rows, keep, name = 'name', value = 'value' }: UnpivotInput) {
  const columns = columnsOf(rows)
  needColumns(columns, keep, 'keep')
  if (keep.includes(name)) throw new HookError(`"${name}" is a column of keep; choose another name`, 'name')
  if (keep.includes(value)) throw new HookError(`"${value}" is a column of keep; choose another name`, 'value')
  if (name === value) throw new HookError('must differ from name', 'value')
  const turned = columns.filter((column) => !keep.includes(column))
  if (rows.length * turned.length > MAX_ROWS) throw new HookError(`this would make more than ${MAX_ROWS} rows`, 'rows')
  const made = rows.flatMap((row) => {
    const kept = keep.map((field) => [field, cell(row, field)] as const)
    return turned.map((column) => rowOf([...kept, [name, column], [value, cell(row, column)]]))
  })
  return { rows: made, row_count: made.length }
}
