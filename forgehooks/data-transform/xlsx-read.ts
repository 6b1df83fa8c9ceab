import { HookError } from '@cadre/contract/forgehook'
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx'
import { bytesOf } from './bytes.ts'
import { nameColumns } from './name-columns.ts'
import { numberText, type Row } from './rows-shared.ts'
import { rowMaker } from './table.ts'
import { dateOfSerial, exactText, rawNumbers } from './xlsx-cell.ts'
import { openZip, type Zip } from './zip.ts'

export type XlsxOptions = {
  sheet?: string | number
  header?: boolean
  header_row?: number
  all_sheets?: boolean
  fill_merged?: boolean
  types?: 'auto' | 'text'
}
type Sheet = { name: string; hidden: boolean; rows: number; columns: number }
type Cells = unknown[][]

/** A sheet of a workbook as rows. Types are those of the cells: text stays text, dates become ISO 8601, formulas are what was last worked out. */
export async function readXlsx(base64: string, options: XlsxOptions) {
  const bytes = bytesOf(base64)
  const { book, zip, isDate } = await openWorkbook(bytes)
  const names = book.SheetNames
  if (names.length === 0) throw new HookError('the workbook has no sheets', 'data_base64')
  const lost = names.find((name) => !book.Sheets[name])
  if (lost !== undefined) throw new HookError(`the workbook is broken: its sheet "${lost}" is missing`, 'data_base64')
  const isHidden = (place: number) => (book.Workbook?.Sheets?.[place]?.Hidden ?? 0) !== 0
  const warnings: string[] = []
  const read = async (place: number) => {
    const name = names[place] as string
    const cells = await cellsOf(book, place, { zip, isDate, fillMerged: options.fill_merged ?? false, warnings })
    return { name, ...tableOf(cells, options, warnings, name) }
  }
  const sheets = names.map((name, place): Sheet => ({ name, hidden: isHidden(place), ...extentOf(book.Sheets[name] as WorkSheet) }))
  if (options.all_sheets) {
    const tables: Awaited<ReturnType<typeof read>>[] = []
    for (const place of names.keys()) tables.push(await read(place))
    const value = Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))
    return { value, sheets, ...(warnings.length > 0 ? { warnings } : {}) }
  }
  const place = sheetAt(names, options.sheet, isHidden)
  const { name, rows, columns } = await read(place)
  return { value: rows, rows, row_count: rows.length, columns, sheet: name, sheets, ...(warnings.length > 0 ? { warnings } : {}) }
}

async function openWorkbook(bytes: Uint8Array) {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const isOle = bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0
  if (!isZip && !isOle) throw new HookError('the bytes are no Excel workbook', 'data_base64')
  const zip = isZip ? await openZip(bytes) : undefined
  if (zip && !['xl/workbook.xml', 'xl/workbook.bin', 'content.xml'].some((name) => zip.has(name)))
    throw new HookError('the bytes are a zip file, but no Excel workbook', 'data_base64')
  const { read, SSF } = await import('@e965/xlsx')
  try {
    const book = read(bytes, { type: 'array', dense: true, cellNF: true, cellHTML: false, cellText: false })
    return { book, zip, isDate: (format: string) => SSF.is_date(format) as boolean }
  } catch (error) {
    const reason = (error as Error).message
    if (/password/i.test(reason)) throw new HookError('the workbook is protected by a password', 'data_base64')
    throw new HookError(`the workbook is broken and cannot be read: ${reason.split('\n')[0]}`, 'data_base64')
  }
}

function sheetAt(names: string[], asked: string | number | undefined, isHidden: (place: number) => boolean): number {
  if (asked === undefined || asked === '') {
    const visible = names.findIndex((_, place) => !isHidden(place))
    return Math.max(visible, 0)
  }
  const exact = names.indexOf(String(asked))
  if (exact >= 0 && typeof asked === 'string') return exact
  const folded = names.findIndex((name) => name.toLowerCase() === String(asked).toLowerCase())
  if (folded >= 0 && typeof asked === 'string') return folded
  const number = Number(asked)
  if (Number.isInteger(number) && number >= 1 && number <= names.length) return number - 1
  throw new HookError(`there is no sheet ${JSON.stringify(asked)}. Sheets, counted from 1: ${names.join(', ')}`, 'sheet')
}

const dataOf = (sheet: WorkSheet) => ((sheet as { '!data'?: (CellObject | undefined)[][] })['!data'] ?? []) as (CellObject | undefined)[][]

const isFilled = (found: CellObject | undefined) => found !== undefined && found.t !== 'z' && found.v !== undefined

function extentOf(sheet: WorkSheet) {
  let [rows, columns] = [0, 0]
  for (const [at, cells] of dataOf(sheet).entries()) {
    const last = cells?.findLastIndex(isFilled) ?? -1
    if (last >= 0) [rows, columns] = [at + 1, Math.max(columns, last + 1)]
  }
  return { rows, columns }
}

type Reading = { zip: Zip | undefined; isDate: (format: string) => boolean; fillMerged: boolean; warnings: string[] }

async function cellsOf(book: WorkBook, place: number, { zip, isDate, fillMerged, warnings }: Reading): Promise<Cells> {
  const name = book.SheetNames[place] as string
  const sheet = book.Sheets[name] as WorkSheet
  const is1904 = book.Workbook?.WBProps?.date1904 === true
  const long: { row: number; column: number }[] = []
  let errors = 0
  let unknown = 0
  const cells = dataOf(sheet).map((row, rowAt) =>
    Array.from(row ?? [], (found, column): unknown => {
      if (!found || !isFilled(found)) {
        if (found?.f !== undefined) unknown++
        return null
      }
      if (found.t === 'e') {
        errors++
        return ERRORS[found.v as number] ?? '#ERROR!'
      }
      if (found.t === 's') return exactText(found)
      if (found.t !== 'n') return found.v
      const value = found.v as number
      if (typeof found.z === 'string' && isDate(found.z)) return dateOfSerial(value, found.z, is1904)
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) long.push({ row: rowAt, column })
      return value
    }),
  )
  const raw = long.length > 0 && zip ? await rawNumbers(zip, name) : undefined
  for (const { row, column } of long) {
    const line = cells[row] as unknown[]
    const text = raw?.(row, column)
    if (text !== undefined && /^-?\d+$/.test(text)) line[column] = text
  }
  if (errors > 0) warnings.push(`sheet "${name}": ${errors} cell${errors === 1 ? ' holds an error' : 's hold errors'} such as #N/A, kept as text`)
  if (unknown > 0) warnings.push(`sheet "${name}": ${unknown} formula${unknown === 1 ? ' has' : 's have'} no stored value; the cells are null`)
  for (const { s, e } of fillMerged ? (sheet['!merges'] ?? []) : []) {
    const value = cells[s.r]?.[s.c] ?? null
    for (let row = s.r; row <= Math.min(e.r, cells.length - 1); row++)
      for (let column = s.c; column <= e.c; column++) (cells[row] ??= [])[column] = value
  }
  return cells
}

const ERRORS: Record<number, string> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
  43: '#GETTING_DATA',
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
