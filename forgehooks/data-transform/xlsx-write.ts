import { HookError } from '@cadre/contract/forgehook'
import type { CellObject, WorkSheet } from '@e965/xlsx'
import { workbookLibrary } from '../lib/workbook/workbook-library.ts'
import { columnsOf, isBigInteger, needColumns, type Row, textOf } from './rows-shared.ts'

export type SheetToWrite = { name: string; rows: Row[]; columns?: string[] }

const MAX_ROWS = 1_048_576
const MAX_COLUMNS = 16_384
const MAX_TEXT = 32_767

/** A workbook as base64. Every cell has its type, so that no text can become a formula; what Excel cannot hold is refused. */
export async function writeXlsx(sheets: SheetToWrite[]) {
  if (sheets.length === 0) throw new HookError('must not be empty', 'sheets')
  const taken = new Set<string>()
  for (const { name } of sheets) needSheetName(name, taken)
  const { utils, write } = await workbookLibrary()
  const book = utils.book_new()
  const warnings: string[] = []
  for (const sheet of sheets) utils.book_append_sheet(book, sheetOf(sheet, utils.encode_range, warnings), sheet.name)
  const bytes = write(book, { type: 'buffer', bookType: 'xlsx', bookSST: true, compression: true }) as Buffer
  return { data_base64: bytes.toString('base64'), ...(warnings.length > 0 ? { warnings } : {}) }
}

function needSheetName(name: string, taken: Set<string>) {
  const reason =
    name.trim() === ''
      ? 'must not be empty'
      : name.length > 31
        ? 'has more than the 31 characters that Excel allows'
        : /[[\]:*?/\\]/.test(name)
          ? 'has one of the characters []:*?/\\, which Excel does not allow'
          : name.startsWith("'") || name.endsWith("'")
            ? "must not begin or end with '"
            : taken.has(name.toLowerCase())
              ? 'stands twice'
              : undefined
  if (reason) throw new HookError(`the sheet name ${JSON.stringify(name.slice(0, 60))} ${reason}`, 'sheets')
  taken.add(name.toLowerCase())
}

function sheetOf({ name, rows, columns }: SheetToWrite, range: (cells: { s: Place; e: Place }) => string, warnings: string[]): WorkSheet {
  const known = columnsOf(rows)
  if (columns) needColumns(known, columns, 'columns')
  const names = columns ?? known
  if (rows.length + 1 > MAX_ROWS) throw new HookError(`sheet "${name}" would have ${rows.length + 1} rows; Excel allows ${MAX_ROWS}`, 'rows')
  if (names.length > MAX_COLUMNS) throw new HookError(`sheet "${name}" would have ${names.length} columns; Excel allows ${MAX_COLUMNS}`, 'rows')
  let long = 0
  const cellOf = (value: unknown, row: number, field: string): CellObject | undefined => {
    if (value === null || value === undefined) return undefined
    if (typeof value === 'boolean') return { t: 'b', v: value }
    if (typeof value === 'number' && !isBigInteger(value)) return { t: 'n', v: value }
    if (typeof value === 'number') long++
    const text = textOf(value)
    if (text.length > MAX_TEXT)
      throw new HookError(`row ${row} has text of ${text.length} characters in "${field}"; a cell of Excel holds ${MAX_TEXT}`, 'rows')
    // What looks like an escape of the format would be read as one.
    return { t: 's', v: text.replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_') }
  }
  const data: (CellObject | undefined)[][] = [names.map((title) => cellOf(title, 0, title))]
  for (const [index, row] of rows.entries()) data.push(names.map((field) => cellOf(Object.hasOwn(row, field) ? row[field] : null, index + 1, field)))
  if (long > 0)
    warnings.push(`sheet "${name}": ${long} whole number${long === 1 ? '' : 's'} of more than 15 digits, which Excel would round, written as text`)
  const ref = range({ s: { r: 0, c: 0 }, e: { r: data.length - 1, c: Math.max(names.length - 1, 0) } })
  return { '!data': data, '!ref': ref } as unknown as WorkSheet
}

type Place = { r: number; c: number }
