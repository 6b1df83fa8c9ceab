import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx'
import { dateOfSerial, exactText, rawNumbers } from './xlsx-cell.ts'
import type { Zip } from './zip.ts'

export type Cells = unknown[][]
/** Rows and columns from 0, both ends included; Infinity where it is open. */
export type CellRange = { rows: [number, number]; columns: [number, number] }
export const wholeSheet: CellRange = { rows: [0, Infinity], columns: [0, Infinity] }
/** `dated`: the same with dates as dates, where the file has some that are not numbers. */
export type Workbook = { book: WorkBook; dated: WorkBook | undefined; zip: Zip | undefined; isDate: (format: string) => boolean }

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

type Cell = CellObject | undefined
const isFilled = (cell: Cell) => cell !== undefined && cell.t !== 'z' && cell.v !== undefined
const dataOf = (sheet: WorkSheet) => ((sheet as { '!data'?: Cell[][] })['!data'] ?? []) as (Cell[] | undefined)[]

/** A date that the file writes as one; OpenDocument has those before 1900 too. */
function writtenDate(date: Date, serial: number, is1904: boolean): unknown {
  if (serial >= 0) return dateOfSerial(serial, serial < 1 ? 'h:mm' : 'yyyy-mm-dd', is1904)
  return date.toISOString().replace(/(?:T00:00:00)?\.000Z$|Z$/, '')
}

/** How far the sheet is filled. */
export function extentOf(sheet: WorkSheet) {
  let [rows, columns] = [0, 0]
  for (const [at, cells] of dataOf(sheet).entries()) {
    const last = cells?.findLastIndex(isFilled) ?? -1
    if (last >= 0) [rows, columns] = [at + 1, Math.max(columns, last + 1)]
  }
  return { rows, columns }
}

/**
 * The cells of a range, null where they are empty. Dates are ISO 8601; numbers that are shown with leading zeros (format 00000) are the text
 * that is shown, and whole numbers longer than a double holds the digits in the file.
 */
export async function cellsOf(
  { book, dated, zip, isDate }: Workbook,
  name: string,
  { rows, columns }: CellRange,
  warnings: string[],
): Promise<Cells> {
  const sheet = book.Sheets[name] as WorkSheet
  const is1904 = book.Workbook?.WBProps?.date1904 === true
  const long: { row: number; column: number; line: unknown[]; at: number }[] = []
  let [errors, unknown] = [0, 0]
  const datedCells = dated ? dataOf(dated.Sheets[name] as WorkSheet) : []
  const value = (cell: Cell, row: number, column: number): unknown => {
    if (!cell || !isFilled(cell)) {
      if (cell?.f !== undefined) unknown++
      return null
    }
    if (cell.t === 'e') {
      errors++
      return ERRORS[cell.v as number] ?? '#ERROR!'
    }
    if (cell.t === 's') return exactText(cell)
    if (cell.t !== 'n') return cell.v
    const number = cell.v as number
    const format = typeof cell.z === 'string' ? cell.z : ''
    const written = datedCells[row]?.[column]
    const isKnown = format !== '' && isDate(format)
    if (written?.t === 'd' && (number < 0 || !isKnown)) return writtenDate(written.v as Date, number, is1904)
    if (isKnown) return dateOfSerial(number, format, is1904)
    if (/^0{2,}$/.test(format) && Number.isSafeInteger(number) && number >= 0) return String(number).padStart(format.length, '0')
    return number
  }
  const data = dataOf(sheet)
  const cells: Cells = []
  for (let row = rows[0]; row <= Math.min(rows[1], data.length - 1); row++) {
    const found = data[row] ?? []
    const line: unknown[] = []
    for (let column = columns[0]; column <= Math.min(columns[1], found.length - 1); column++) {
      const read = value(found[column], row, column)
      if (typeof read === 'number' && Number.isInteger(read) && !Number.isSafeInteger(read)) long.push({ row, column, line, at: line.length })
      line.push(read)
    }
    cells.push(line)
  }
  const raw = long.length > 0 && zip ? await rawNumbers(zip, name) : undefined
  for (const { row, column, line, at } of long) {
    const text = raw?.(row, column)
    if (text !== undefined && /^-?\d+$/.test(text)) line[at] = text
  }
  if (errors > 0) warnings.push(`${errors} cell${errors === 1 ? ' holds an error' : 's hold errors'} such as #N/A, kept as text`)
  if (unknown > 0) warnings.push(`${unknown} formula${unknown === 1 ? ' has' : 's have'} no stored value; the cells are null`)
  return cells
}
