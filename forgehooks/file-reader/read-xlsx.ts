import { HookError } from '@cadre/contract/forgehook'
import { nameColumns } from '../data-transform/name-columns.ts'
import { numberText, rowOf } from '../data-transform/rows-shared.ts'
import { openZip } from '../data-transform/zip.ts'
import { type Context, MB, wholeFile } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'
import { type Cells, cellsOf, extentOf, type Workbook } from './sheet-cells.ts'
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
  const workbook = await openWorkbook(bytes, file.path)
  const { book } = workbook
  const isHidden = (place: number) => (book.Workbook?.Sheets?.[place]?.Hidden ?? 0) !== 0
  const sheets = book.SheetNames.map((name, place) => ({ name, hidden: isHidden(place), ...extentOf(book.Sheets[name] ?? {}) }))
  const asked: Range = input.range === undefined || input.range.trim() === '' ? { rows: [0, Infinity], columns: [0, Infinity] } : rangeOf(input.range)
  if (
    asked.sheet !== undefined &&
    input.sheet !== undefined &&
    sheetAt(book.SheetNames, asked.sheet, isHidden) !== sheetAt(book.SheetNames, input.sheet, isHidden)
  )
    throw new HookError('the range names another sheet', 'range')
  const name = book.SheetNames[sheetAt(book.SheetNames, input.sheet ?? asked.sheet, isHidden)] as string
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

async function openWorkbook(bytes: Uint8Array, path: string): Promise<Workbook> {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const zip = isZip
    ? await openZip(bytes).catch((error: unknown) => {
        if (error instanceof HookError) throw new HookError(error.message.replace('data_base64: the workbook', path), 'path')
        throw error
      })
    : undefined
  const { read, SSF } = await import('@e965/xlsx')
  try {
    const book = read(bytes, { type: 'array', dense: true, cellNF: true, cellHTML: false, cellText: false })
    if (book.SheetNames.length === 0) throw new Error('it has no sheets')
    return { book, zip, isDate: (format) => SSF.is_date(format) as boolean }
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? ''
    if (/password|encrypt/i.test(reason)) throw new HookError(`${path} is protected by a password`, 'path')
    throw new HookError(`${path} is broken and cannot be read: ${reason.slice(0, 200)}`, 'path')
  }
}

function sheetAt(names: string[], asked: string | number | undefined, isHidden: (place: number) => boolean): number {
  if (asked === undefined || asked === '')
    return Math.max(
      0,
      names.findIndex((_, place) => !isHidden(place)),
    )
  if (typeof asked === 'string') {
    const exact = names.indexOf(asked)
    const folded = exact >= 0 ? exact : names.findIndex((name) => name.trim().toLowerCase() === asked.trim().toLowerCase())
    if (folded >= 0) return folded
  }
  const number = Number(asked)
  if (Number.isInteger(number) && number >= 1 && number <= names.length) return number - 1
  throw new HookError(`there is no sheet ${JSON.stringify(asked)}. Sheets, counted from 1: ${names.join(', ')}`, 'sheet')
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
