import type { HookContext } from '@cadre/contract/forgehook'
import { parseDates } from '../date-utils/parse-dates.ts'
import { jsonNumber } from '../lib/expression-number.ts'
import { looseNumber } from './rows-number.ts'
import { cell, columnsOf, isMissing, MAX_PROBLEMS, needColumn, rowOf, textOf, type Row } from './rows-shared.ts'

type Type = 'number' | 'integer' | 'text' | 'boolean' | 'date'
type CastInput = { rows: Row[]; fields: Record<string, Type>; decimal?: '.' | ',' }
type Problem = { row: number; field: string; value: unknown; reason: string }

const TRUE = new Set(['true', 't', 'yes', 'y', '1', 'on', 'sim', 's'])
const FALSE = new Set(['false', 'f', 'no', 'n', '0', 'off', 'não', 'nao'])

/** A cell that cannot be read keeps its value: what is lost here could not be found again. */
export function cast({ rows, fields, decimal = '.' }: CastInput, context: HookContext) {
  const columns = columnsOf(rows)
  const types = new Map(Object.entries(fields))
  for (const field of types.keys()) needColumn(columns, field, 'fields')
  const problems: Problem[] = []
  const made = rows.map((row, index) =>
    rowOf(
      Object.keys(row).map((field) => {
        const type = types.get(field)
        const value = cell(row, field)
        if (type === undefined) return [field, value]
        if (isMissing(value)) return [field, null]
        if (type === 'date') return [field, value]
        const read = castCell(value, type, decimal)
        if ('reason' in read) problems.push({ row: index + 1, field, value, reason: read.reason })
        return [field, 'reason' in read ? value : read.value]
      }),
    ),
  )
  const dates = [...types].filter(([field, type]) => type === 'date' && columns.includes(field)).map(([field]) => field)
  if (dates.length === 0) return report(made, problems, [])
  const read = parseDates({ rows: made, fields: dates, output: 'date' }, context)
  return report(
    read.rows,
    [...problems, ...read.unparsed].toSorted((a, b) => a.row - b.row),
    read.ambiguous,
  )
}

function report(rows: Row[], problems: Problem[], ambiguous: Problem[]) {
  const listed = { rows, problems: problems.slice(0, MAX_PROBLEMS), problem_count: problems.length }
  return ambiguous.length === 0 ? listed : { ...listed, ambiguous: ambiguous.slice(0, MAX_PROBLEMS) }
}

function castCell(value: unknown, type: Exclude<Type, 'date'>, decimal: '.' | ','): { value: unknown } | { reason: string } {
  if (type === 'text') return { value: textOf(value) }
  if (type === 'boolean') {
    if (typeof value === 'boolean') return { value }
    const text = textOf(value).trim().toLowerCase()
    return TRUE.has(text) ? { value: true } : FALSE.has(text) ? { value: false } : { reason: 'it is neither yes nor no' }
  }
  const read = typeof value === 'number' || typeof value === 'string' ? looseNumber(value, decimal) : { reason: 'it is not a number' }
  if ('reason' in read) return read
  if (type === 'integer' && !read.number.isInteger()) return { reason: 'it is not a whole number' }
  return { value: jsonNumber(read.number, true) }
}
