import { HookError } from '@cadre/contract/forgehook'
import { JsonTextError, parseJsonText, type ParsedJson } from '../lib/json-text.ts'
import { textOfBytes } from './bytes.ts'
import { type CsvOptions, readCsv } from './csv-to-json.ts'
import { losslessNumber } from './infer-types.ts'
import type { Row } from './rows-shared.ts'
import { readXlsx, type XlsxOptions } from './xlsx-read.ts'
import { readXml } from './xml.ts'
import { declaredEncoding } from './xml-parser.ts'

export type Format = 'csv' | 'tsv' | 'json' | 'ndjson' | 'yaml' | 'xml' | 'xlsx'
export type ParseInput = CsvOptions & XlsxOptions & { text?: string; data_base64?: string; encoding?: string; format: string }

/** A value and what is questionable about it, such as numbers that JSON cannot hold, which stay text. */
export type ReadText = ParsedJson & { rows?: Row[]; columns?: string[] }

const FORMATS: Record<string, Format> = { jsonl: 'ndjson', jsonlines: 'ndjson', yml: 'yaml', xls: 'xlsx', excel: 'xlsx', xlsm: 'xlsx' }

export function formatNamed(name: string): string {
  return FORMATS[name.toLowerCase()] ?? name.toLowerCase()
}

export async function parseText(input: ParseInput) {
  const format = formatNamed(input.format) as Format
  if (format === 'xlsx') {
    if (input.data_base64 === undefined) throw new HookError('is needed for xlsx: the bytes of the workbook as base64', 'data_base64')
    return readXlsx(input.data_base64, input)
  }
  const { text, encoding, warnings: noted } = given(input, format)
  const found = await read(text.replace(/^\uFEFF/, ''), format, input)
  const warnings = [...noted, ...found.warnings]
  const rows = found.rows ?? rowsIn(found.value)
  return {
    value: found.value,
    ...(rows ? { rows, row_count: rows.length } : {}),
    ...(found.columns ? { columns: found.columns } : {}),
    ...(encoding === undefined ? {} : { encoding }),
    ...(warnings.length > 0 ? { warnings } : {}),
  }
}

function given({ text, data_base64: bytes, encoding }: ParseInput, format: Format): { text: string; encoding?: string; warnings: string[] } {
  if ((text === undefined) === (bytes === undefined)) throw new HookError('give either text or data_base64 (bytes)', 'text')
  if (text !== undefined) return { text, warnings: [] }
  return textOfBytes(bytes as string, encoding, format === 'xml' ? declaredEncoding : undefined)
}

async function read(text: string, format: Format, options: ParseInput): Promise<ReadText> {
  switch (format) {
    case 'csv':
    case 'tsv': {
      const { rows, columns, warnings } = readCsv(text, format === 'tsv' ? { delimiter: '\t', ...options } : options)
      return { value: rows, rows, columns, warnings }
    }
    case 'ndjson':
      return readLines(text)
    case 'yaml':
      return (await import('./read-yaml.ts')).readYaml(text)
    case 'xml':
      return readXml(text, options.types)
    case 'json':
      return readJson(text, 'is')
    case 'xlsx':
      throw new HookError('xlsx is bytes: hand them in as data_base64', 'text')
  }
}

function readJson(text: string, subject: string): ReadText {
  try {
    const read = parseJsonText(text)
    return LONG_DECIMAL.test(text) ? withLongDecimals(text, read) : read
  } catch (error) {
    if (error instanceof JsonTextError) throw new HookError(`${subject} not JSON: ${error.message}`, 'text')
    throw error
  }
}

const LONG_DECIMAL = /[\d.]{17,}/

/** Decimals such as 1234567890123456.78, which a double rounds, are kept as text as long integers are. */
function withLongDecimals(text: string, read: ParsedJson): ReadText {
  const warnings = [...read.warnings]
  let changed = false
  const value = revived(text.replace(/^\uFEFF/, ''), (name, held, context) => {
    const source = context?.source
    if (typeof held !== 'number' || source === undefined) return held
    // What the other reader does with numbers that no double can hold.
    if (!Number.isFinite(held) || (/^-?\d+$/.test(source) && !Number.isSafeInteger(held))) return source
    if (source.length < 17 || !/^-?\d+\.\d+$/.test(source) || losslessNumber(source) !== undefined) return held
    changed = true
    if (warnings.length < 20) warnings.push(`"${name}": ${source} is more than a JSON number can hold exactly; it is kept as text`)
    return source
  })
  return changed ? { value, warnings } : read
}

type Reviver = (name: string, value: unknown, context?: { source?: string }) => unknown

// The source of a number, as third argument, is newer than TypeScript's own description of JSON.parse.
const revived = JSON.parse as (text: string, reviver: Reviver) => unknown

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

export function isObject(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
