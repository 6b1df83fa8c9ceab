import { HookError } from '@cadre/contract/forgehook'
import { columnsOf, needColumns, type Row, textOf } from './rows-shared.ts'

export type WriteOptions = { rows: Row[]; columns?: string[]; delimiter?: string; line_end?: string; safe_for_spreadsheets?: boolean }

/** Rows to delimited text (RFC 4180), with a header. Nested values are written as JSON. */
export function jsonToCsv({ rows, columns, delimiter = ',', line_end = '\n', safe_for_spreadsheets = false }: WriteOptions) {
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new HookError('must be one character, and no quote or line end', 'delimiter')
  const known = columnsOf(rows)
  if (columns) needColumns(known, columns, 'columns')
  const names = columns ?? known
  const write = (value: unknown) => {
    // A spreadsheet runs text that begins so (OWASP, CSV Injection); a number is no text.
    const guard = safe_for_spreadsheets && typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? "'" : ''
    const text = guard + textOf(value)
    // In a table of one column an empty line would be no row at all.
    return (text === '' && names.length === 1) || text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = [names, ...rows.map((row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : null)))]
  const csv = names.length === 0 ? '' : lines.map((cells) => cells.map(write).join(delimiter) + line_end).join('')
  return { csv, row_count: rows.length }
}
