import { HookError } from '@cadre/contract/forgehook'
import { cell, columnsOf, needColumn, needColumns, rowOf, type Row } from './rows-shared.ts'

export function select({ rows, fields }: { rows: Row[]; fields: string[] }) {
  needColumns(columnsOf(rows), fields, 'fields')
  return { rows: rows.map((row) => rowOf(fields.map((field) => [field, cell(row, field)]))) }
}

/** Names may be swapped; what counts is that no two columns end with the same one. */
export function rename({ rows, fields }: { rows: Row[]; fields: Record<string, string> }) {
  const columns = columnsOf(rows)
  const names = new Map(Object.entries(fields))
  for (const old of names.keys()) needColumn(columns, old, 'fields')
  const taken = new Map<string, string>()
  for (const column of new Set([...columns, ...names.keys()])) {
    const name = names.get(column) ?? column
    const other = taken.get(name)
    if (other !== undefined) throw new HookError(`"${other}" and "${column}" would both be called "${name}"`, 'fields')
    taken.set(name, column)
  }
  return { rows: rows.map((row) => rowOf(Object.entries(row).map(([name, value]) => [names.get(name) ?? name, value]))) }
}

export function limit({ rows, count, offset = 0 }: { rows: Row[]; count: number; offset?: number }) {
  const kept = rows.slice(offset, offset + count)
  return { rows: kept, row_count: kept.length }
}
