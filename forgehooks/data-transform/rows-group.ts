import { HookError } from '@cadre/contract/forgehook'
import { datePart, type Part } from './date-part.ts'
import { rowKeys } from './equality.ts'
import { aggregate, opNamed } from './rows-aggregate.ts'
import { type Condition, filter } from './rows-filter.ts'
import { cell, columnOf, columnsOf, isMissing, needColumn, needColumns, type Row } from './rows-shared.ts'
import { rowMaker } from './table.ts'

type Wanted = { op: string; field?: string; as?: string; p?: number; separator?: string; distinct?: boolean }
type By = string | { field: string; part?: Part; as?: string }
type GroupInput = {
  rows: Row[]
  by?: By | By[]
  aggregates?: Wanted[]
  having?: Condition | Condition[]
  skip_invalid?: boolean
  case_sensitive?: boolean
}
/** Rows of one group, by their place in the table. */
type Group = { first: Row; places: number[] }

export function group(input: GroupInput) {
  const { aggregates = [{ op: 'count' }], skip_invalid: skipInvalid = false } = input
  const { rows, columns, by } = withParts(input.rows, input.by === undefined ? [] : [input.by].flat())
  needColumns(columns, by, 'by')
  const names = namesOf(by, aggregates)
  for (const [index, { op, field }] of aggregates.entries()) {
    if (field !== undefined && field !== '*') needColumn(columns, field, `aggregates[${index}].field`)
    else if (opNamed(op) !== 'count') throw new HookError(`is needed for ${op}`, `aggregates[${index}].field`)
  }
  const cells = columnCells(rows)
  const work = (wanted: Wanted, places: number[], index: number) => {
    const { op, field, p, separator, distinct } = wanted
    if (field === undefined || field === '*') return places.length
    const options = {
      field,
      skipInvalid,
      at: `aggregates[${index}]`,
      ...(p === undefined ? {} : { p }),
      ...(separator === undefined ? {} : { separator }),
    }
    return aggregate(op, { cells: cells(field), places }, distinct ? { ...options, distinct } : options)
  }
  const groups = groupsOf(rows, by, input.case_sensitive)
  // Without columns to group by there is one group, even of no rows.
  if (by.length === 0 && groups.length === 0) groups.push({ first: {}, places: [] })
  const make = rowMaker([...by, ...names])
  const made = groups.map(({ first, places }) =>
    make((place) =>
      place < by.length ? keyCell(first, by[place] as string) : work(aggregates[place - by.length] as Wanted, places, place - by.length),
    ),
  )
  return { rows: input.having ? filter({ rows: made, where: input.having }).rows : made }
}

/** Columns of a table, each made when it is first asked for. */
function columnCells(rows: Row[]): (field: string) => unknown[] {
  const made = new Map<string, unknown[]>()
  return (field) => {
    const known = made.get(field) ?? columnOf(rows, field)
    made.set(field, known)
    return known
  }
}

/** Empty cells are one group, whatever way they are empty. */
export function keyCell(row: Row, field: string): unknown {
  const value = cell(row, field)
  return isMissing(value) ? null : value
}

/** Parts of dates are columns of their own, under `as` or a name such as date_month. */
function withParts(rows: Row[], by: By[]): { rows: Row[]; columns: string[]; by: string[] } {
  const columns = columnsOf(rows)
  const made = new Map<string, { field: string; part: Part; at: string }>()
  const names = by.map((given, index) => {
    if (typeof given === 'string') return given
    const { field, part, as } = given
    if (part === undefined) return field
    needColumn(columns, field, `by[${index}].field`)
    const name = as ?? `${field}_${part}`
    made.set(name, { field, part, at: `by[${index}].field` })
    return name
  })
  if (made.size === 0) return { rows, columns, by: names }
  const all = [...columns.filter((column) => !made.has(column)), ...made.keys()]
  const make = rowMaker(all)
  const wide = rows.map((row, index) =>
    make((place) => {
      const name = all[place] as string
      const wanted = made.get(name)
      return wanted ? datePart(cell(row, wanted.field), wanted.part, { row: index + 1, field: wanted.field, at: wanted.at }) : cell(row, name)
    }),
  )
  return { rows: wide, columns: rows.length === 0 ? [] : all, by: names }
}

/** Groups in the order of their first rows. */
export function groupsOf(rows: Row[], by: string[], caseSensitive = true): Group[] {
  const keyOf = rowKeys(rows, by, caseSensitive)
  const groups = new Map<string, Group>()
  for (let place = 0; place < rows.length; place++) {
    const key = keyOf(place)
    const known = groups.get(key)
    if (known) known.places.push(place)
    else groups.set(key, { first: rows[place] as Row, places: [place] })
  }
  return [...groups.values()]
}

function namesOf(by: string[], aggregates: Wanted[]): string[] {
  const taken = new Set(by)
  return aggregates.map(({ op, field, as }, index) => {
    const name = as ?? (field === undefined || field === '*' ? op : `${op}_${field}`)
    if (taken.has(name)) throw new HookError(`there is already a column "${name}"; choose another name`, `aggregates[${index}].as`)
    taken.add(name)
    return name
  })
}
