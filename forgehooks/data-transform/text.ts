import { HookError, type HookHandlers } from '@cadre/contract/forgehook'
import { stringify as stringifyYaml } from 'yaml'
import { JsonTextError, parseJsonText, type ParsedJson } from '../lib/json-text.ts'
import { csvToJson } from './csv-to-json.ts'
import { jsonToCsv } from './json-to-csv.ts'
import { columnsOf, type Row, textOf } from './rows-shared.ts'
import { readYaml } from './read-yaml.ts'
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
  const { value, warnings } = read(text.replace(/^\uFEFF/, ''), format)
  const rows = rowsIn(value)
  return { value, ...(rows ? { rows, row_count: rows.length } : {}), ...(warnings.length > 0 ? { warnings } : {}) }
}

/** A value and what is questionable about it, such as numbers that JSON cannot hold, which stay text. */
export type ReadText = ParsedJson

function read(text: string, format: Format): ReadText {
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { rows, warnings } = csvToJson(format === 'tsv' ? { csv: text, delimiter: '\t' } : { csv: text })
      return { value: rows, warnings }
    }
    case 'ndjson':
      return readLines(text)
    case 'yaml':
      return readYaml(text)
    case 'xml':
      return { value: readXml(text), warnings: [] }
    case 'json':
      return readJson(text, 'is')
  }
}

function readJson(text: string, subject: string): ReadText {
  try {
    return parseJsonText(text)
  } catch (error) {
    if (error instanceof JsonTextError) throw new HookError(`${subject} not JSON: ${error.message}`, 'text')
    throw error
  }
}

function readLines(text: string): ReadText {
  const values: unknown[] = []
  const warnings: string[] = []
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue
    const found = readJson(line, `line ${index + 1} is`)
    values.push(found.value)
    if (warnings.length < 20) warnings.push(...found.warnings.map((warning) => `line ${index + 1}: ${warning}`))
  }
  return { value: values, warnings }
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
  if (format === 'yaml')
    // Quoted where a reader of YAML 1.1 would take it for something else (yes, 1:30); nothing is folded.
    return { text: stringifyYaml(value, { compat: 'yaml-1.1', lineWidth: 0, aliasDuplicateObjects: false }) }
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
