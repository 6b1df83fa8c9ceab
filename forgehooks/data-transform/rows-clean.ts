import { cell, rowOf, type Row } from './rows-shared.ts'

export function clean({ rows }: { rows: Row[] }) {
  let changed = 0
  const kept: Row[] = []
  for (const row of rows) {
    const tidy = Object.keys(row).map((field) => [field, tidied(cell(row, field))] as const)
    if (tidy.every(([, value]) => value === null)) continue
    for (const [field, value] of tidy) if (value !== cell(row, field)) changed++
    kept.push(rowOf(tidy))
  }
  return { rows: kept, changed, removed: rows.length - kept.length }
}

/** White space includes no-break spaces; zero-width ones, which nobody sees, go altogether. */
function tidied(value: unknown): unknown {
  if (typeof value !== 'string') return value
  const text = value
    .replace(/[\u200b\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  return text === '' ? null : text
}
