import { HookError } from '@cadre/contract/forgehook'
import { inferType, typed } from './infer-types.ts'
import type { Row } from './rows-shared.ts'
import { detectDelimiter, scanCsv } from './scan-csv.ts'
import { makeRow, uniqueName } from './table.ts'

export type CsvOptions = { delimiter?: string; header?: boolean; types?: 'auto' | 'text' }
export type Table = { rows: Row[]; columns: string[]; row_count: number; warnings: string[] }

export function csvToJson(input: CsvOptions & { csv: string }): Table {
  return readCsv(input.csv, input)
}

/** With `types: 'text'` every cell is the text as it stands, spaces and emptiness included. */
export function readCsv(csv: string, { delimiter: asked, header = true, types = 'auto' }: CsvOptions): Table {
  const { text, delimiter } = opened(csv, asked)
  const { records, warnings } = scanCsv(text, { delimiter, trim: types === 'auto' })
  const filled = withoutBlankLines(records)
  const titles = header ? (filled[0] ?? []) : []
  const body = header ? filled.slice(1) : filled
  if (filled.length === 0) warnings.push('the text is empty')
  const columns = nameColumns(titles, body, header, warnings)
  const width = titles.length
  if (header) {
    const short = body.flatMap((record, index) => (record.length < width ? [index + 1] : []))
    if (short.length > 0)
      warnings.push(ragged({ count: short.length, first: short[0] as number }, 'fewer cells than the header; the missing cells are null'))
  }
  const kinds = columns.map(({ at }) => (types === 'text' ? 'text' : inferType(cellsAt(body, at))))
  const names = columns.map((column) => column.name)
  const rows = body.map((record) =>
    makeRow(names, (_, index) => {
      const cell = record[columns[index]?.at as number]
      if (cell === undefined) return null
      return types === 'text' ? cell : typed(cell, kinds[index] ?? 'text')
    }),
  )
  return { rows, columns: names, row_count: rows.length, warnings }
}

/** Without byte order mark and without the line `sep=;` with which Excel announces a delimiter. */
function opened(csv: string, asked: string | undefined): { text: string; delimiter: string } {
  const text = csv.startsWith('\uFEFF') ? csv.slice(1) : csv
  const announced = /^sep=([^\r\n])(?:\r\n|\r|\n|$)/i.exec(text)
  const rest = announced ? text.slice(announced[0].length) : text
  const delimiter = asked ?? announced?.[1] ?? detectDelimiter(rest)
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new HookError('must be one character, and no quote or line end', 'delimiter')
  return { text: rest, delimiter }
}

/** In a table of one column an empty line among others may be an empty cell; elsewhere it is nothing. */
function withoutBlankLines(records: string[][]): string[][] {
  const isFilled = (record: string[]) => record.length > 0
  if (records.some((record) => record.length > 1)) return records.filter(isFilled)
  const first = records.findIndex(isFilled)
  return first < 0 ? [] : records.slice(first, records.findLastIndex(isFilled) + 1).map((record) => (isFilled(record) ? record : ['']))
}

type Column = { name: string; at: number }

// One row with thousands of stray cells would widen all the others.
const MAX_CELLS = 50_000_000

function nameColumns(titles: string[], body: string[][], header: boolean, warnings: string[]): Column[] {
  const used = usedCells(body)
  const width = Math.max(titles.length, used.length)
  if (width > titles.length + 100 && width * body.length > MAX_CELLS)
    throw new HookError(
      `a row has ${width} cells where the header has ${titles.length}; that many columns by ${body.length} rows are too many`,
      'csv',
    )
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

type Use = { count: number; first: number }

/** For each place in a line, how many rows have something there. */
function usedCells(body: string[][]): (Use | undefined)[] {
  const used: (Use | undefined)[] = []
  for (const [row, record] of body.entries()) {
    for (let at = 0; at < record.length; at++) {
      const known = used[at]
      if (known && record[at] !== '') known.count++
      else if (!known && (record[at] ?? '').trim() !== '') used[at] = { count: 1, first: row + 1 }
    }
  }
  return used
}

function* cellsAt(body: string[][], at: number): Generator<string> {
  for (const record of body) yield record[at] ?? ''
}

function ragged({ count, first }: Use, what: string): string {
  return count === 1 ? `row ${first} has ${what}` : `${count} rows (the first is row ${first}) have ${what}`
}
