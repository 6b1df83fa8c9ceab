import { cell, columnsOf, needColumns, type Row } from './rows-shared.ts'

type DedupeInput = { rows: Row[]; by?: string[]; keep?: 'first' | 'last' }

export function dedupe({ rows, by, keep = 'first' }: DedupeInput) {
  const columns = columnsOf(rows)
  if (by) needColumns(columns, by, 'by')
  const fields = by ?? columns
  const stays = new Map<string, number>()
  for (const [index, row] of rows.entries()) {
    const key = keyOf(row, fields)
    if (keep === 'last' || !stays.has(key)) stays.set(key, index)
  }
  const places = new Set(stays.values())
  const kept = rows.filter((_, index) => places.has(index))
  return { rows: kept, row_count: kept.length, removed: rows.length - kept.length }
}

/** The same for rows with the same values in these columns; 1 and "1" differ, a missing cell is null. */
export function keyOf(row: Row, fields: string[]): string {
  return JSON.stringify(fields.map((field) => cell(row, field)))
}
