import { HookError, type HookHandlers } from '@cadre/contract/forgehook'
import { parse as parseYaml, stringify as stringifyYaml } from 'yaml'
import { csvToJson } from './csv-to-json.ts'
import { jsonToCsv } from './json-to-csv.ts'
import { columnsOf, type Row, textOf } from './rows-shared.ts'
import { readXml, writeXml } from './xml.ts'

type Format = 'csv' | 'tsv' | 'json' | 'ndjson' | 'yaml' | 'xml'

export const textHandlers: HookHandlers = {
  '/csv_to_json': (input: Parameters<typeof csvToJson>[0]) => {
    if (input.csv.trim() === '') throw new HookError('is empty', 'csv')
    return csvToJson(input)
  },
  '/json_to_csv': jsonToCsv,
  '/parse': parseText,
  '/format': formatValue,
}

function parseText({ text, format }: { text: string; format: Format }) {
  const value = valueOf(text, format)
  const rows = rowsIn(value)
  return rows ? { value, rows, row_count: rows.length } : { value }
}

function valueOf(text: string, format: Format): unknown {
  const body = text.replace(/^\uFEFF/, '')
  try {
    if (format === 'csv') return csvToJson({ csv: body }).rows
    if (format === 'tsv') return csvToJson({ csv: body, delimiter: '\t' }).rows
    if (format === 'ndjson') return readLines(body)
    if (format === 'yaml') return parseYaml(body, { maxAliasCount: 100 })
    return format === 'xml' ? readXml(body) : JSON.parse(body)
  } catch (error) {
    if (error instanceof HookError) throw error
    throw new HookError(`is not ${format.toUpperCase()}: ${(error as Error).message.split('\n')[0]}`, 'text')
  }
}

function readLines(text: string): unknown[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line)]
    } catch (error) {
      throw new HookError(`line ${index + 1} is not JSON: ${(error as Error).message}`, 'text')
    }
  })
}

/** The rows that a value is, or the one list of objects in it, as in {orders: [...]} or <orders><order/>...</orders>. */
function rowsIn(value: unknown, depth = 0): Row[] | undefined {
  if (Array.isArray(value)) return value.length > 0 && value.every(isObject) ? value : undefined
  if (!isObject(value) || depth > 3) return undefined
  const found = Object.values(value).flatMap((each) => {
    const rows = rowsIn(each, depth + 1)
    return rows ? [rows] : []
  })
  return found.length === 1 ? found[0] : undefined
}

function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function formatValue(input: { value?: unknown; rows?: Row[]; format: Format | 'markdown' }): { text: string } {
  const { format } = input
  const value = input.rows ?? input.value
  if (value === undefined) throw new HookError('is needed, or value', 'rows')
  if (format === 'json') return { text: JSON.stringify(value, null, 2) }
  if (format === 'yaml') return { text: stringifyYaml(value) }
  if (format === 'xml') return { text: writeXml(value) }
  if (format === 'ndjson') return { text: (Array.isArray(value) ? value : [value]).map((each) => `${JSON.stringify(each)}\n`).join('') }
  if (!Array.isArray(value) || !value.every(isObject))
    throw new HookError(`must be a list of objects to be written as ${format}`, input.rows ? 'rows' : 'value')
  if (format === 'markdown') return { text: markdown(value) }
  return { text: jsonToCsv({ rows: value, delimiter: format === 'tsv' ? '\t' : ',' }).csv }
}

function markdown(rows: Row[]): string {
  const columns = columnsOf(rows)
  const write = (value: unknown) =>
    textOf(value)
      .replaceAll('\\', '\\\\')
      .replaceAll('|', '\\|')
      .replace(/\r\n|\n|\r/g, '<br>')
  const line = (cells: string[]) => `| ${cells.join(' | ')} |\n`
  return line(columns.map(write)) + line(columns.map(() => '---')) + rows.map((row) => line(columns.map((name) => write(row[name])))).join('')
}
