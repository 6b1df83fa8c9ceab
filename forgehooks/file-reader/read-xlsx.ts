import { HookError } from '@cadre/contract/forgehook'
import { nameColumns } from '../data-transform/name-columns.ts'
import { numberText, rowOf } from '../data-transform/rows-shared.ts'
import { isHidden, openWorkbook, sheetAt } from '../lib/workbook/open-workbook.ts'
import { type Cells, cellsOf, extentOf, wholeSheet } from '../lib/workbook/sheet-cells.ts'
import { type Context, MB, wholeFile } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'
import { columnName, type Range, rangeOf } from './sheet-range.ts'

export type XlsxFileInput = {
  path: string
  sheet?: string | number
  range?: string
  header?: boolean
  header_row?: number
  limit?: number
  offset?: number
}

const MOST_BYTES = 60 * MB
const USUAL_ROWS = 1_000

export async function readXlsxFile(input: XlsxFileInput, context: Context) {
  const { file, bytes } = await wholeFile(context, input.path, MOST_BYTES, 'Split it, or save the sheet as CSV.')
  const { kind, label, endpoint } = await kindOf(context, file)
  if (kind !== 'xlsx') throw new HookError(`${file.path} is ${label}, not a workbook${endpoint ? `; use ${endpoint}` : ''}`, 'path')
  const workbook = await openWorkbook(bytes, { what: file.path, field: 'path' })
  const { book } = workbook
  const sheets = book.SheetNames.map((name, place) => ({ name, hidden: isHidden(workbook, place), ...extentOf(book.Sheets[name] ?? {}) }))
  const asked: Range = input.range === undefined || input.range.trim() === '' ? wholeSheet : rangeOf(input.range)
  if (asked.sheet !== undefined && input.sheet !== undefined && sheetAt(workbook, asked.sheet) !== sheetAt(workbook, input.sheet))
    throw new HookError('the range names another sheet', 'range')
  const name = book.SheetNames[sheetAt(workbook, input.sheet ?? asked.sheet)] as string
  const warnings: string[] = []
  const cells = await cellsOf(workbook, name, asked, warnings)
  const table = tableOf(cells, input, asked, warnings)
  const { offset = 0, limit = USUAL_ROWS } = input
  const rows = table.rows
    .slice(offset, offset + limit)
    .map((line) => rowOf(table.columns.map(({ name: title, at }) => [title, line[at] ?? null] as const)))
  const next = offset + rows.length
  const hasMore = next < table.rows.length
  const columns = table.columns.map((column) => column.name)
  return {
    path: file.path,
    sheet: name,
    sheets,
    columns,
    rows,
    row_count: rows.length,
    total_rows: table.rows.length,
    offset,
    truncated: hasMore,
    ...(hasMore ? { next_offset: next } : {}),
    warnings,
  }
}

const shown = (value: unknown) => (typeof value === 'number' ? numberText(value) : value === null || value === undefined ? '' : String(value))
const hasAny = (line: unknown[]) => line.some((value) => value !== null)

function tableOf(cells: Cells, { header = true, header_row: headerRow }: XlsxFileInput, { rows: [top], columns: [left] }: Range, warnings: string[]) {
  const first = headerRow === undefined ? cells.findIndex(hasAny) : headerRow - 1 - top
  if (headerRow !== undefined && (first < 0 || first >= cells.length))
    throw new HookError(`row ${headerRow} is not among the rows that are read (${top + 1} to ${top + cells.length})`, 'header_row')
  if (first < 0) {
    warnings.push('there is nothing in these cells')
    return { columns: [], rows: [] as Cells }
  }
  const all = cells.slice(header ? first + 1 : first)
  const rows = all.filter(hasAny)
  const gaps = all.length - rows.length
  if (gaps > 0) warnings.push(`${gaps} empty row${gaps === 1 ? ' was' : 's were'} left out`)
  if (!header) {
    const width = rows.reduce((most, line) => Math.max(most, line.findLastIndex((value) => value !== null) + 1), 0)
    return { columns: Array.from({ length: width }, (_, at) => ({ name: columnName(left + at), at })), rows }
  }
  const titles = (cells[first] as unknown[]).map(shown)
  while (titles.at(-1) === '') titles.pop()
  const noted: string[] = []
  const texts = rows.map((line) => line.map((value) => (value === null ? '' : 'x')))
  const columns = nameColumns(titles, texts, true, noted)
  // A row of a sheet is as long as its last cell: a short one is nothing odd.
  warnings.push(...noted.filter((warning) => !warning.includes('fewer cells')))
  return { columns, rows }
}
