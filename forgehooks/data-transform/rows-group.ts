import { HookError } from '@cadre/contract/forgehook'
import { aggregate, type Found, type Op } from './rows-aggregate.ts'
import { keyOf } from './rows-dedupe.ts'
import { cell, columnsOf, needColumn, needColumns, rowOf, type Row } from './rows-shared.ts'

type Wanted = { op: Op; field?: string; as?: string }
type GroupInput = { rows: Row[]; by: string[]; aggregates: Wanted[]; skip_invalid?: boolean }
/** Rows of one group, by their place in the table. */
type Group = { first: Row; places: number[] }

export function group({ rows, by, aggregates, skip_invalid: skipInvalid = false }: GroupInput) {
  const columns = columnsOf(rows)
  needColumns(columns, by, 'by')
  const names = namesOf(by, aggregates)
  for (const [index, { op, field }] of aggregates.entries()) {
    if (field !== undefined) needColumn(columns, field, `aggregates[${index}].field`)
    else if (op !== 'count') throw new HookError(`is needed for ${op}`, `aggregates[${index}].field`)
  }
  const work = ({ op, field }: Wanted, places: number[], index: number) =>
    field === undefined ? places.length : aggregate(op, cellsOf(rows, places, field), { field, skipInvalid, at: `aggregates[${index}]` })
  const groups = groupsOf(rows, by)
  // Without columns to group by there is one group, even of no rows.
  if (by.length === 0 && groups.length === 0) groups.push({ first: {}, places: [] })
  return {
    rows: groups.map(({ first, places }) =>
      rowOf([
        ...by.map((field) => [field, cell(first, field)] as const),
        ...aggregates.map((wanted, index) => [names[index] as string, work(wanted, places, index)] as const),
      ]),
    ),
  }
}

/** Groups in the order of their first rows. */
export function groupsOf(rows: Row[], by: string[]): Group[] {
  const groups = new Map<string, Group>()
  for (const [place, row] of rows.entries()) {
    const key = keyOf(row, by)
    const known = groups.get(key)
    if (known) known.places.push(place)
    else groups.set(key, { first: row, places: [place] })
  }
  return [...groups.values()]
}

export function cellsOf(rows: Row[], places: number[], field: string): Found[] {
  return places.map((place) => ({ value: cell(rows[place] as Row, field), row: place + 1 }))
}

function namesOf(by: string[], aggregates: Wanted[]): string[] {
  const taken = new Set(by)
  return aggregates.map(({ op, field, as }, index) => {
    const name = as ?? (field === undefined ? op : `${op}_${field}`)
    if (taken.has(name)) throw new HookError(`there is already a column "${name}"; choose another name`, `aggregates[${index}].as`)
    taken.add(name)
    return name
  })
}
