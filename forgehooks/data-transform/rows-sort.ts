import { cell, columnsOf, compareNumeric, compareText, isMissing, isNumeric, needColumn, textOf, type Row } from './rows-shared.ts'

type SortInput = { rows: Row[]; by: { field: string; direction?: 'asc' | 'desc' }[] }
/** A number (or its text), or the place of a text among all texts of the column; empty cells have no key. */
type Key = { number: number | string } | { rank: number } | undefined

/** Array.sort is stable. Keys are made once for each cell, because comparing texts by the rules of a language is slow. */
export function sort({ rows, by }: SortInput) {
  const columns = columnsOf(rows)
  for (const [index, { field }] of by.entries()) needColumn(columns, field, `by[${index}].field`)
  const orders = by.map(({ field, direction }) => ({ keys: keysOf(rows, field), sign: direction === 'desc' ? -1 : 1 }))
  const places = rows
    .map((_, index) => index)
    .sort((a, b) => {
      for (const { keys, sign } of orders) {
        const order = compareKeys(keys[a], keys[b], sign)
        if (order !== 0) return order
      }
      return 0
    })
  return { rows: places.map((place) => rows[place] as Row) }
}

function keysOf(rows: Row[], field: string): Key[] {
  const values = rows.map((row) => cell(row, field))
  const texts = new Set<string>()
  for (const value of values) if (!isMissing(value) && !isNumeric(value)) texts.add(textOf(value))
  const ranks = new Map<string, number>()
  let rank = 0
  let before: string | undefined
  for (const text of [...texts].toSorted((a, b) => compareText(a, b))) {
    // Texts that differ only in case share a rank, so that their rows keep their order.
    if (before !== undefined && compareText(before, text) !== 0) rank++
    ranks.set(text, rank)
    before = text
  }
  return values.map((value): Key => {
    if (isMissing(value)) return undefined
    return isNumeric(value) ? { number: value } : { rank: ranks.get(textOf(value)) as number }
  })
}

function compareKeys(a: Key, b: Key, sign: number): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0
  if ('number' in a) return sign * ('number' in b ? compareNumeric(a.number, b.number) : -1)
  return sign * ('number' in b ? 1 : a.rank - b.rank)
}
