import { HookError } from '@cadre/contract/forgehook'
import { JsonTextError, parseJsonText } from '../lib/json-text.ts'
import { jsonNumber } from '../lib/expression-number.ts'
import { type DateOrder, orderOfColumn, readDate } from './cast-date.ts'
import { looseNumber } from './rows-number.ts'
import { cell, columnsOf, isMissing, MAX_PROBLEMS, needColumn, rowOf, textOf, type Row } from './rows-shared.ts'

type CastInput = { rows: Row[]; fields: Record<string, string>; decimal?: '.' | ','; order?: string; on_error?: 'keep' | 'null' | 'fail' }
type Problem = { row: number; field: string; value: unknown; reason: string }
type Outcome = { value: unknown } | { reason: string }
type Reader = (value: unknown) => Outcome

const TYPES: Record<string, string> = {
  int: 'integer',
  bigint: 'integer',
  decimal: 'number',
  float: 'number',
  double: 'number',
  numeric: 'number',
  money: 'number',
  currency: 'number',
  percent: 'number',
  string: 'text',
  str: 'text',
  varchar: 'text',
  bool: 'boolean',
  timestamp: 'datetime',
}
const TRUE = new Set(['true', 't', 'yes', 'y', '1', 'on', 'sim', 's'])
const FALSE = new Set(['false', 'f', 'no', 'n', '0', 'off', 'não', 'nao'])

/** A cell that cannot be read keeps its value: what is lost here could not be found again. */
export function cast({ rows, fields, decimal = '.', order, on_error: onError = 'keep' }: CastInput) {
  const columns = columnsOf(rows)
  const readers = new Map<string, Reader>()
  for (const [field, type] of Object.entries(fields)) {
    needColumn(columns, field, 'fields')
    readers.set(
      field,
      readerOf(TYPES[type.toLowerCase()] ?? type.toLowerCase(), rows, field, { decimal, order: order?.toLowerCase() as DateOrder | undefined }),
    )
  }
  const problems: Problem[] = []
  let count = 0
  const made = rows.map((row, index) =>
    rowOf(
      Object.keys(row).map((field) => {
        const read = readers.get(field)
        const value = cell(row, field)
        if (!read) return [field, value]
        if (isMissing(value)) return [field, null]
        const outcome = read(value)
        if ('value' in outcome) return [field, outcome.value]
        if (onError === 'fail') throw new HookError(`row ${index + 1} has "${textOf(value).slice(0, 60)}" in "${field}": ${outcome.reason}`, 'rows')
        if (++count <= MAX_PROBLEMS) problems.push({ row: index + 1, field, value, reason: outcome.reason })
        return [field, onError === 'null' ? null : value]
      }),
    ),
  )
  return { rows: made, problems, problem_count: count }
}

function readerOf(type: string, rows: Row[], field: string, { decimal, order }: { decimal: '.' | ','; order: DateOrder | undefined }): Reader {
  switch (type) {
    case 'text':
      return (value) => ({ value: textOf(value) })
    case 'boolean':
      return booleanOf
    case 'number':
    case 'integer':
      return (value) => numberOf(value, type, decimal)
    case 'date':
    case 'datetime': {
      const settled = order ?? orderOfColumn(rows.map((row) => cell(row, field)))
      return (value) => readDate(value, type, settled)
    }
    case 'json':
      return jsonOf
  }
  throw new HookError(`"${type}" is not a type that is known here; use number, integer, text, boolean, date, datetime or json`, 'fields')
}

function booleanOf(value: unknown): Outcome {
  if (typeof value === 'boolean') return { value }
  const text = textOf(value).trim().toLowerCase()
  return TRUE.has(text) ? { value: true } : FALSE.has(text) ? { value: false } : { reason: 'it is neither yes nor no' }
}

function numberOf(value: unknown, type: 'number' | 'integer', decimal: '.' | ','): Outcome {
  const read = typeof value === 'number' || typeof value === 'string' ? looseNumber(value, decimal) : { reason: 'it is not a number' }
  if ('reason' in read) return read
  if (type === 'integer' && !read.number.isInteger()) return { reason: 'it is not a whole number' }
  return { value: jsonNumber(read.number, true) }
}

function jsonOf(value: unknown): Outcome {
  if (typeof value !== 'string') return { value }
  try {
    return { value: parseJsonText(value).value }
  } catch (error) {
    if (error instanceof JsonTextError) return { reason: `it is not JSON: ${error.message}` }
    throw error
  }
}
