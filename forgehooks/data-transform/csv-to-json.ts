import { HookError } from '@cadre/contract/forgehook'
import { textOfBytes } from './bytes.ts'
import { delimiterNamed, detectDelimiter } from './detect-delimiter.ts'
import { typedColumn } from './infer-types.ts'
import { nameColumns } from './name-columns.ts'
import type { Row } from './rows-shared.ts'
import { scanCsv, type ScanOptions } from './scan-csv.ts'
import { rowsOfColumns } from './table.ts'

export type CsvOptions = {
  delimiter?: string
  header?: boolean
  types?: 'auto' | 'text'
  quote?: string
  comment?: string
  skip_lines?: number
  trim?: boolean
  decimal?: '.' | ','
  null_values?: string[]
}
export type CsvInput = CsvOptions & { csv?: string; data_base64?: string; encoding?: string }
export type Table = { rows: Row[]; columns: string[]; row_count: number; encoding?: string; warnings: string[] }

export function csvToJson(input: CsvInput): Table {
  if ((input.csv === undefined) === (input.data_base64 === undefined)) throw new HookError('give either csv (text) or data_base64 (bytes)', 'csv')
  if (input.csv !== undefined) return readCsv(notEmpty(input.csv), input)
  const { text, encoding, warnings } = textOfBytes(input.data_base64 as string, input.encoding)
  const table = readCsv(notEmpty(text), input)
  return { ...table, encoding, warnings: [...warnings, ...table.warnings] }
}

function notEmpty(csv: string): string {
  if (csv.trim() === '') throw new HookError('is empty', 'csv')
  return csv
}

/** With `types: 'text'` every cell is the text as it stands, spaces and emptiness included. */
export function readCsv(csv: string, options: CsvOptions): Table {
  const { header = true, types = 'auto' } = options
  const { text, notes, scan } = opened(csv, options)
  const first = scanCsv(text, scan)
  // `a, b` throughout: the delimiter is a comma and a space.
  const apart = first.spaced && types === 'auto' && scan.trim === 'no' ? scanCsv(text, { ...scan, trim: 'start' }) : first
  const warnings = [...notes, ...apart.warnings]
  if (apart !== first) warnings.push('every delimiter has a space behind it; those spaces were left out')
  const filled = withoutBlankLines(apart.records)
  const titles = header ? (filled[0] ?? []) : []
  const body = header ? filled.slice(1) : filled
  if (filled.length === 0) warnings.push('the text is empty')
  const columns = nameColumns(titles, body, header, warnings)
  if (csv.includes('\uFFFD'))
    warnings.push('there are replacement characters (\uFFFD) in the text: it was decoded in a wrong encoding before; hand in data_base64')
  const nulls = options.null_values && options.null_values.length > 0 ? new Set(options.null_values) : undefined
  const cells = columns.map(({ at }) => {
    if (types === 'text') return body.map((record) => record[at] ?? null)
    const textAt = (place: number) => body[place]?.[at] ?? ''
    return typedColumn(nulls ? (place) => (nulls.has(textAt(place)) ? '' : textAt(place)) : textAt, body.length, options.decimal === ',')
  })
  const names = columns.map((column) => column.name)
  const rows = rowsOfColumns(names, cells, body.length)
  return { rows, columns: names, row_count: rows.length, warnings }
}

type Opened = { text: string; notes: string[]; scan: ScanOptions }

/** Without byte order mark and without the line `sep=;` with which Excel announces a delimiter. */
function opened(csv: string, { delimiter: asked, quote, comment, skip_lines: skip = 0, trim, types = 'auto' }: CsvOptions): Opened {
  let text = csv.startsWith('\uFEFF') ? csv.slice(1) : csv
  const announced = /^"?sep=([^\r\n])"?(?:\r\n|\r|\n|$)/i.exec(text)
  if (announced) text = text.slice(announced[0].length)
  for (let left = skip; left > 0; left--) text = text.replace(/^[^\r\n]*(?:\r\n|\r|\n|$)/, '')
  const marks = { ...(quote === undefined ? {} : { quote }), ...(comment ? { comment } : {}) }
  const detected = detectDelimiter(text, marks)
  const delimiter = delimiterNamed(asked) ?? announced?.[1] ?? detected.delimiter
  if (delimiter.length > 1 || /["\r\n]/.test(delimiter) || (delimiter !== '' && delimiter === quote))
    throw new HookError('must be one character, and no quote or line end', 'delimiter')
  const notes: string[] = []
  if (delimiter === '' && detected.suspect !== undefined)
    notes.push(
      `the first line has no ${JSON.stringify(detected.suspect)}, all others have; it was read as one column. Give delimiter where that is wrong`,
    )
  return { text, notes, scan: { delimiter, ...marks, blank_is_empty: types === 'auto', trim: trim ? 'both' : 'no' } }
}

/** In a table of one column an empty line among others may be an empty cell; elsewhere it is nothing. */
function withoutBlankLines(records: string[][]): string[][] {
  const isFilled = (record: string[]) => record.length > 0
  if (records.some((record) => record.length > 1)) return records.every(isFilled) ? records : records.filter(isFilled)
  const first = records.findIndex(isFilled)
  return first < 0 ? [] : records.slice(first, records.findLastIndex(isFilled) + 1).map((record) => (isFilled(record) ? record : ['']))
}
