import { HookError } from '@cadre/contract/forgehook'
import { cellOf, columnsOf, needColumns, textOf, type Row } from './rows.ts'

export type CsvWriteOptions = { columns?: string[]; delimiter?: string; line_end?: 'lf' | 'crlf'; safe_for_spreadsheets?: boolean }

export function jsonToCsv({ rows, ...options }: CsvWriteOptions & { rows: Row[] }) {
  return { csv: writeCsv(rows, options), row_count: rows.length }
}

/** RFC 4180. Objects and lists are written as JSON. A cell is quoted only where it must be; there is no line end after the last line. */
export function writeCsv(rows: Row[], { columns, delimiter = ',', line_end = 'lf', safe_for_spreadsheets = false }: CsvWriteOptions): string {
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new HookError('must be one character, and no quote or line end', 'delimiter')
  if (columns) needColumns(columns, rows, 'columns')
  const names = columns ?? columnsOf(rows)
  const single = names.length === 1
  const cell = (value: unknown) => {
    const text = safe_for_spreadsheets && typeof value !== 'number' ? disarmed(textOf(value)) : textOf(value)
    // An empty line would be no row at all.
    return (single && text === '') || mustQuote(text, delimiter) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = rows.map((row) => names.map((name) => cell(cellOf(row, name))).join(delimiter))
  return [names.map(cell).join(delimiter), ...lines].join(line_end === 'crlf' ? '\r\n' : '\n')
}

function mustQuote(text: string, delimiter: string): boolean {
  return text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) || /^sep=/i.test(text)
}

/** Spreadsheets take such cells for formulas, which may send data away. */
function disarmed(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
}
