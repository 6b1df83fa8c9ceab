import { rowKeys } from './equality.ts'
import { columnsOf, needColumns, type Row } from './rows-shared.ts'

type DedupeInput = { rows: Row[]; by?: string | string[]; keep?: 'first' | 'last' | 'none'; case_sensitive?: boolean }

export function dedupe({ rows, by, keep = 'first', case_sensitive: caseSensitive = true }: DedupeInput) {
  const columns = columnsOf(rows)
  const fields = by === undefined ? columns : [by].flat()
  needColumns(columns, fields, 'by')
  const keyOf = rowKeys(rows, fields, caseSensitive)
  const stays = new Map<string, number>()
  const repeated = new Set<string>()
  for (let index = 0; index < rows.length; index++) {
    const key = keyOf(index)
    if (!stays.has(key)) stays.set(key, index)
    else {
      repeated.add(key)
      if (keep === 'last') stays.set(key, index)
    }
  }
  if (keep === 'none') for (const key of repeated) stays.delete(key)
  const places = new Set(stays.values())
  const kept = rows.filter((_, index) => places.has(index))
  return { rows: kept, row_count: kept.length, removed: rows.length - kept.length }
}
