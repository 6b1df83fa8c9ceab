import { HookError } from '@cadre/contract/forgehook'
import { aggregate } from './rows-aggregate.ts'
import { cell, columnsOf, isMissing, needColumns, rowOf, type Row } from './rows-shared.ts'

type FillInput = { rows: Row[]; fields: string[]; method: 'value' | 'forward' | 'backward' | 'mean'; value?: unknown }

export function fill({ rows, fields, method, value }: FillInput) {
  needColumns(columnsOf(rows), fields, 'fields')
  if (method === 'value' && value === undefined) throw new HookError('is needed for method value', 'value')
  if (method !== 'value' && value !== undefined) throw new HookError(`does not go with method ${method}`, 'value')
  let filled = 0
  const columns = new Map(
    fields.map((field, index) => {
      const cells = rows.map((row) => cell(row, field))
      const wanted = method === 'value' ? value : method === 'mean' ? meanOf(cells, field, `fields[${index}]`) : null
      const made =
        method === 'backward'
          ? carried(cells.toReversed()).toReversed()
          : method === 'forward'
            ? carried(cells)
            : cells.map((found) => (isMissing(found) ? wanted : found))
      for (const [at, found] of cells.entries()) if (isMissing(found) && !isMissing(made[at])) filled++
      return [field, made]
    }),
  )
  return {
    rows: rows.map((row, at) => rowOf([...Object.entries(row), ...fields.map((field) => [field, columns.get(field)?.[at]] as const)])),
    filled,
  }
}

/** Empty cells take what stood last before them; at the start there is nothing to take, and they stay. */
function carried(cells: unknown[]): unknown[] {
  let last: unknown
  return cells.map((found) => {
    if (isMissing(found)) return last === undefined ? found : last
    last = found
    return found
  })
}

function meanOf(cells: unknown[], field: string, at: string): unknown {
  const all = cells.map((value, index) => ({ value, row: index + 1 }))
  const mean = aggregate('avg', all, { field, skipInvalid: false, at })
  if (mean === null && cells.length > 0) throw new HookError(`"${field}" has no number to take the mean of`, at)
  return mean
}
