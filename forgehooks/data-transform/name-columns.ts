import { HookError } from '@cadre/contract/forgehook'
import { uniqueName } from './table.ts'

export type Column = { name: string; at: number }

// One row with thousands of stray cells would widen all the others.
const MAX_CELLS = 50_000_000

/** A name for every place in a line that has a title or a cell; what is odd about the titles or the lengths of rows is said in `warnings`. */
export function nameColumns(titles: string[], body: string[][], header: boolean, warnings: string[]): Column[] {
  const used = usedCells(body, titles.length)
  const width = Math.max(titles.length, used.length)
  if (width > titles.length + 100 && width * body.length > MAX_CELLS)
    throw new HookError(
      `a row has ${width} cells where the header has ${titles.length}; that many columns by ${body.length} rows are too many`,
      'csv',
    )
  if (header) warnOfShortRows(titles.length, body, warnings)
  const taken = new Set(titles.map((title) => title.trim()))
  const seen = new Set<string>()
  const columns: Column[] = []
  for (let at = 0; at < width; at++) {
    const title = titles[at]?.trim() ?? ''
    const use = used[at]
    // A delimiter at the end of every line makes a column that is not there.
    if (header && title === '' && !use) continue
    if (header && title !== '' && !seen.has(title)) {
      seen.add(title)
      columns.push({ name: title, at })
      continue
    }
    const name = uniqueName(title || `column_${at + 1}`, taken)
    columns.push({ name, at })
    if (!header) continue
    if (title !== '') warnings.push(`the header has "${title}" more than once; column ${at + 1} is called "${name}"`)
    else if (at < titles.length) warnings.push(`column ${at + 1} has no name in the header; it is called "${name}"`)
    else if (use) warnings.push(ragged(use, `more cells than the header; cell ${at + 1} is kept as "${name}"`))
  }
  return columns
}

function warnOfShortRows(width: number, body: string[][], warnings: string[]) {
  let count = 0
  let first = 0
  for (let row = 0; row < body.length; row++) {
    if ((body[row] as string[]).length >= width) continue
    if (count++ === 0) first = row + 1
  }
  if (count > 0) warnings.push(ragged({ count, first }, 'fewer cells than the header; the missing cells are null'))
}

type Use = { count: number; first: number }

/** For each place in a line, how many rows have something there. Behind the header even blanks count: nothing is lost. */
function usedCells(body: string[][], width: number): (Use | undefined)[] {
  const used: (Use | undefined)[] = []
  for (let row = 0; row < body.length; row++) {
    const record = body[row] as string[]
    for (let at = 0; at < record.length; at++) {
      const text = record[at] as string
      if (text === '') continue
      const known = used[at]
      if (known) known.count++
      else if (at >= width || text.trim() !== '') used[at] = { count: 1, first: row + 1 }
    }
  }
  return used
}

function ragged({ count, first }: Use, what: string): string {
  return count === 1 ? `row ${first} has ${what}` : `${count} rows (the first is row ${first}) have ${what}`
}
