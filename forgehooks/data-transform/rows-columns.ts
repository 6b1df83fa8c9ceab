import { HookError } from '@cadre/contract/forgehook'
import { cell, columnsOf, needColumn, needColumns, rowOf, type Row } from './rows-shared.ts'

export function select({ rows, fields, drop }: { rows: Row[]; fields?: string[]; drop?: string[] }) {
  if ((fields === undefined) === (drop === undefined)) throw new HookError('give either fields or drop', 'fields')
  const columns = columnsOf(rows)
  needColumns(columns, fields ?? drop ?? [], fields ? 'fields' : 'drop')
  const kept = fields ?? columns.filter((column) => !drop?.includes(column))
  return { rows: rows.map((row) => rowOf(kept.map((field) => [field, cell(row, field)]))) }
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

export function limit({ rows, count, offset = 0, from = 'start' }: { rows: Row[]; count: number; offset?: number; from?: 'start' | 'end' }) {
  const end = rows.length - offset
  const kept = from === 'end' ? rows.slice(Math.max(0, end - count), Math.max(0, end)) : rows.slice(offset, offset + count)
  return { rows: kept, row_count: kept.length }
}
