import { HookError } from '@cadre/contract/forgehook'
import { delimiterNamed } from './detect-delimiter.ts'
import { columnsOf, isPlainNumber, needColumns, type Row, textOf } from './rows-shared.ts'

export type WriteOptions = {
  rows: Row[]
  columns?: string[]
  delimiter?: string
  line_end?: string
  quote_all?: boolean
  header?: boolean
  bom?: boolean
  safe_for_spreadsheets?: boolean
}

const LINE_ENDS: Record<string, string> = { lf: '\n', crlf: '\r\n', '\\n': '\n', '\\r\\n': '\r\n' }
// OWASP, CSV Injection: what a spreadsheet runs, also behind what it does not show; the wide forms are what some turn into the narrow ones.
const DANGEROUS = /^[\s\uFEFF\u200B]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\uFEFF\u200B ]*[\t\r\n]/

/** Rows to delimited text (RFC 4180), with a header. Nested values are written as JSON. */
export function jsonToCsv({ rows, columns, delimiter: asked, line_end = '\n', header = true, ...more }: WriteOptions) {
  const { safe_for_spreadsheets: isSafe = false, quote_all: quoteAll = false, bom = false } = more
  const delimiter = delimiterNamed(asked) ?? ','
  if (delimiter.length !== 1 || /["\r\n]/.test(delimiter)) throw new HookError('must be one character, and no quote or line end', 'delimiter')
  const known = columnsOf(rows)
  if (columns) needColumns(known, columns, 'columns')
  const names = columns ?? known
  const lineEnd = LINE_ENDS[line_end] ?? line_end
  const needsQuotes = (text: string) => {
    // In a table of one column an empty line would be no row at all; a mark or a sep= line at the start would be taken for one.
    if (text === '') return names.length === 1
    if (text.includes(delimiter) || /["\r\n]|^\s|\s$|^\uFEFF|^sep=.$/i.test(text)) return true
    // Another spreadsheet splits at another sign, and then the second half begins a cell.
    return isSafe && /[,;\t|]/.test(text)
  }
  const write = (value: unknown) => {
    const guard = isSafe && typeof value === 'string' && DANGEROUS.test(value) && !isPlainNumber(value) ? "'" : ''
    const text = guard + textOf(value)
    return quoteAll || needsQuotes(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  const lines = header ? [names.map(write).join(delimiter) + lineEnd] : []
  for (const row of rows) lines.push(names.map((name) => write(Object.hasOwn(row, name) ? row[name] : null)).join(delimiter) + lineEnd)
  return { csv: names.length === 0 ? '' : (bom ? '\uFEFF' : '') + lines.join(''), row_count: rows.length }
}
