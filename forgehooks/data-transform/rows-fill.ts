import { HookError } from '@cadre/contract/forgehook'
import { divide, jsonNumber, num } from '../lib/expression-number.ts'
import { aggregate } from './rows-aggregate.ts'
import { groupsOf } from './rows-group.ts'
import { cell, columnsOf, decimalOf, isMissing, needColumns, quoted, rowOf, type Row } from './rows-shared.ts'

type FillInput = { rows: Row[]; fields?: string[]; method?: string; value?: unknown; by?: string[] }
type Method = 'value' | 'zero' | 'forward' | 'backward' | 'interpolate' | 'mean' | 'median' | 'mode' | 'min' | 'max'

const METHODS: Record<string, Method> = {
  constant: 'value',
  fixed: 'value',
  ffill: 'forward',
  previous: 'forward',
  pad: 'forward',
  bfill: 'backward',
  next: 'backward',
  average: 'mean',
  avg: 'mean',
  most_common: 'mode',
  linear: 'interpolate',
  0: 'zero',
}

export function fill({ rows, fields: given, method: asked, value, by }: FillInput) {
  const columns = columnsOf(rows)
  const method = asked === undefined ? 'value' : (METHODS[asked] ?? (asked as Method))
  const fields = given ?? columns.filter((column) => !by?.includes(column))
  needColumns(columns, fields, 'fields')
  if (by) needColumns(columns, by, 'by')
  if (method === 'value' && value === undefined) throw new HookError('is needed for method value', 'value')
  if (method !== 'value' && value !== undefined) throw new HookError(`does not go with method ${method}`, 'value')
  let filled = 0
  const groups = by ? groupsOf(rows, by).map((group) => group.places) : [rows.map((_, place) => place)]
  const made = fields.map((field, index) => {
    const cells = rows.map((row) => cell(row, field))
    for (const places of groups) {
      const found = places.map((place) => cells[place])
      if (!found.some(isMissing)) continue
      const whole = filledCells(found, method, value, { field, at: `fields[${index}]`, column: cells, places, mayStay: by !== undefined })
      for (const [at, place] of places.entries()) {
        if (isMissing(cells[place]) && !isMissing(whole[at])) filled++
        cells[place] = whole[at]
      }
    }
    return cells
  })
  return {
    rows: rows.map((row, place) => rowOf([...Object.entries(row), ...fields.map((field, index) => [field, made[index]?.[place] ?? null] as const)])),
    filled,
  }
}

type Where = { field: string; at: string; column: unknown[]; places: number[]; mayStay: boolean }

function filledCells(cells: unknown[], method: Method, value: unknown, where: Where): unknown[] {
  if (method === 'forward') return carried(cells)
  if (method === 'backward') return carried(cells.toReversed()).toReversed()
  if (method === 'interpolate') return interpolated(cells, where)
  const wanted = method === 'value' ? value : method === 'zero' ? 0 : figureOf(cells, method, where)
  return cells.map((found) => (isMissing(found) ? (wanted ?? found) : found))
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

/** On the line between the numbers above and below, by rows. Before the first and after the last there is no line, and cells stay empty. */
function interpolated(cells: unknown[], { field, at, places }: Where): unknown[] {
  const made = [...cells]
  let before = -1
  for (const [index, found] of cells.entries()) {
    if (isMissing(found)) continue
    const high = decimalOf(found)
    if (!high) throw new HookError(`interpolate of "${field}": row ${(places[index] as number) + 1} has ${quoted(found)}, which is not a number`, at)
    const low = before < 0 ? undefined : decimalOf(cells[before])
    for (let gap = before + 1; low && gap < index; gap++) {
      const precision = { exact: true }
      const step = divide(precision, num(high.sub(low).mul(gap - before)), num(index - before))
      made[gap] = jsonNumber(num(low).add(step), precision.exact)
    }
    before = index
  }
  return made
}

function figureOf(cells: unknown[], method: 'mean' | 'median' | 'mode' | 'min' | 'max', { field, at, column, places, mayStay }: Where): unknown {
  const figure = aggregate(method, { cells: column, places }, { field, skipInvalid: false, at })
  // A group without any value stays as it is; a whole column without one is a mistake.
  if (figure === null && cells.length > 0 && !mayStay)
    throw new HookError(`"${field}" has no ${method === 'mode' ? 'value' : 'number'} to take the ${method} of`, at)
  return figure
}
