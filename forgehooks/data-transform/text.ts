import { HookError, type HookHandlers } from '@cadre/contract/forgehook'
import { csvToJson } from './csv-to-json.ts'
import { jsonToCsv, type WriteOptions } from './json-to-csv.ts'
import { formatNamed, isObject, parseText } from './read-text.ts'
import { columnsOf, type Row, textOf } from './rows-shared.ts'
import { type SheetToWrite, writeXlsx } from './xlsx-write.ts'
import { writeXml } from './xml.ts'

export const textHandlers: HookHandlers = {
  '/csv_to_json': csvToJson,
  '/json_to_csv': jsonToCsv,
  '/parse': parseText,
  '/format': formatValue,
}

type FormatInput = Omit<WriteOptions, 'rows'> & {
  value?: unknown
  rows?: Row[]
  format: string
  indent?: number
  sheet_name?: string
  sheets?: SheetToWrite[]
}

/** @returns `text`, or `data_base64` for a workbook. */
async function formatValue(input: FormatInput) {
  const format = formatNamed(input.format)
  if (format === 'xlsx') return writeXlsx(sheetsOf(input))
  const value = input.rows ?? input.value
  if (value === undefined) throw new HookError('is needed, or value', 'rows')
  if (format === 'json') return { text: JSON.stringify(value, null, input.indent ?? 2) }
  if (format === 'yaml') {
    const { stringify } = await import('yaml')
    // Quoted where a reader of YAML 1.1 would take it for something else (yes, 1:30); nothing is folded.
    return { text: stringify(value, { compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false }) }
  }
  if (format === 'xml') return { text: writeXml(value) }
  if (format === 'ndjson') return { text: (Array.isArray(value) ? value : [value]).map((each) => `${JSON.stringify(each)}\n`).join('') }
  const rows = needRows(value, format, input.rows ? 'rows' : 'value')
  if (format === 'markdown' || format === 'md') return { text: markdown(rows) }
  const { csv } = jsonToCsv({ ...input, rows, ...(format === 'tsv' ? { delimiter: '\t' } : {}) })
  return { text: csv }
}

function needRows(value: unknown, format: string, field: string): Row[] {
  if (Array.isArray(value) && value.every(isObject)) return value
  throw new HookError(`must be a list of objects to be written as ${format}`, field)
}

/** Sheets as given, or one of the rows, or of {name: rows} one each. */
function sheetsOf({ sheets, rows, value, columns, sheet_name: name = 'Sheet1' }: FormatInput): SheetToWrite[] {
  if (sheets) return sheets
  const only = { name, ...(columns ? { columns } : {}) }
  if (rows) return [{ ...only, rows }]
  if (value === undefined) throw new HookError('is needed, or sheets', 'rows')
  if (!isObject(value)) return [{ ...only, rows: needRows(value, 'xlsx', 'value') }]
  const entries = Object.entries(value)
  if (entries.length > 0 && entries.every(([, held]) => Array.isArray(held)))
    return entries.map(([title, held]) => ({ name: title, rows: needRows(held, 'xlsx', `value.${title}`) }))
  return [{ ...only, rows: needRows(value, 'xlsx', 'value') }]
}

function markdown(rows: Row[]): string {
  const columns = columnsOf(rows)
  const write = (value: unknown) =>
    textOf(value)
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replace(/\r\n|\n|\r/g, '<br>')
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`
  return (
    line(columns.map(write)) +
    line(columns.map(() => '---')) +
    rows.map((row) => line(columns.map((name) => write(Object.hasOwn(row, name) ? row[name] : null)))).join('')
  )
}
