import { HookError } from '@cadre/contract/forgehook'
import type { WorkSheet } from '@e965/xlsx'
import { isHidden, openWorkbook, sheetAt } from '../lib/workbook/open-workbook.ts'
import { type Cells, cellsOf, extentOf, type Workbook, wholeSheet } from '../lib/workbook/sheet-cells.ts'
import { bytesOf } from './bytes.ts'
import { nameColumns } from './name-columns.ts'
import { numberText, type Row } from './rows-shared.ts'
import { rowMaker } from './table.ts'

export type XlsxOptions = {
  sheet?: string | number
  header?: boolean
  header_row?: number
  all_sheets?: boolean
  fill_merged?: boolean
  types?: 'auto' | 'text'
}
type Sheet = { name: string; hidden: boolean; rows: number; columns: number }

/** A sheet of a workbook as rows. Types are those of the cells: text stays text, dates become ISO 8601, formulas are what was last worked out. */
export async function readXlsx(base64: string, options: XlsxOptions) {
  const bytes = bytesOf(base64)
  if (!isWorkbook(bytes)) throw new HookError('the bytes are no Excel workbook', 'data_base64')
  const workbook = await openWorkbook(bytes, { what: 'the workbook', field: 'data_base64' })
  const { book } = workbook
  const names = book.SheetNames
  const warnings: string[] = []
  const read = async (place: number) => {
    const name = names[place] as string
    const cells = await sheetCells(workbook, name, options.fill_merged ?? false, warnings)
    return { name, ...tableOf(cells, options, warnings, name) }
  }
  const sheets = names.map((name, place): Sheet => ({ name, hidden: isHidden(workbook, place), ...extentOf(book.Sheets[name] as WorkSheet) }))
  if (options.all_sheets) {
    const tables: Awaited<ReturnType<typeof read>>[] = []
    for (const place of names.keys()) tables.push(await read(place))
    const value = Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))
    return { value, sheets, ...(warnings.length > 0 ? { warnings } : {}) }
  }
  const place = sheetAt(workbook, options.sheet)
  const { name, rows, columns } = await read(place)
  return { value: rows, rows, row_count: rows.length, columns, sheet: name, sheets, ...(warnings.length > 0 ? { warnings } : {}) }
}

/** A zip file, or the container of older versions. */
function isWorkbook(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  return start.startsWith('504b') || start === 'd0cf11e0'
}

/** The cells of a whole sheet; with `fill_merged`, each cell of a joined range holds what its first does. */
async function sheetCells(workbook: Workbook, name: string, fillMerged: boolean, warnings: string[]): Promise<Cells> {
  const noted: string[] = []
  const cells = await cellsOf(workbook, name, wholeSheet, noted)
  warnings.push(...noted.map((warning) => `sheet "${name}": ${warning}`))
  for (const { s, e } of fillMerged ? (workbook.book.Sheets[name]?.['!merges'] ?? []) : []) {
    const value = cells[s.r]?.[s.c] ?? null
    for (let row = s.r; row <= Math.min(e.r, cells.length - 1); row++)
      for (let column = s.c; column <= e.c; column++) (cells[row] ??= [])[column] = value
  }
  return cells
}

const shown = (value: unknown) => (typeof value === 'number' ? numberText(value) : value === null || value === undefined ? '' : String(value))

function tableOf(cells: Cells, { header = true, header_row: headerRow, types }: XlsxOptions, warnings: string[], name: string) {
  const hasAny = (row: unknown[]) => row.some((value) => value !== null && value !== undefined)
  const first = headerRow === undefined ? cells.findIndex(hasAny) : headerRow - 1
  if (first < 0 || first >= cells.length) {
    if (headerRow !== undefined) throw new HookError(`sheet "${name}" has only ${cells.length} rows`, 'header_row')
    warnings.push(`sheet "${name}" is empty`)
    return { rows: [] as Row[], columns: [] as string[] }
  }
  const titles = header ? (cells[first] as unknown[]).map(shown) : []
  const all = cells.slice(header ? first + 1 : first)
  const body = all.filter(hasAny)
  const gaps = all.length - body.length
  if (gaps > 0) warnings.push(`sheet "${name}": ${gaps} empty row${gaps === 1 ? ' was' : 's were'} left out`)
  while (titles.at(-1) === '') titles.pop()
  // Rows of a sheet are as long as their last cell: a short one is nothing odd.
  const noted: string[] = []
  const columns = nameColumns(
    titles,
    body.map((row) => Array.from(row, (value) => (value === null || value === undefined ? '' : 'x'))),
    header,
    noted,
  )
  warnings.push(...noted.filter((warning) => !warning.includes('fewer cells')))
  const names = columns.map((column) => column.name)
  const make = rowMaker(names)
  const value = (row: unknown[], at: number) => {
    const found = row[at] ?? null
    return types === 'text' && found !== null ? shown(found) : found
  }
  return { rows: body.map((row) => make((place) => value(row, columns[place]?.at as number))), columns: names }
}
