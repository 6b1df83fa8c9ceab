import { HookError } from '@cadre/contract/forgehook'
import { parseNumberText } from '../lib/expression-number.ts'
import { cell, columnsOf, compareNumeric, compareText, isMissing, isNumeric, needColumn, needPattern, textOf, type Row } from './rows-shared.ts'

type Condition = { field: string; op: string; value?: unknown }
type FilterInput = { rows: Row[]; where: Condition[]; match?: 'all' | 'any'; case_sensitive?: boolean }
type Test = (value: unknown) => boolean

export function filter(input: FilterInput) {
  const columns = columnsOf(input.rows)
  const tests = input.where.map((condition, index) => {
    needColumn(columns, condition.field, `where[${index}].field`)
    needComparable(input.rows, condition, `where[${index}].value`)
    return { field: condition.field, test: makeTest(condition, input.case_sensitive ?? false, `where[${index}].value`) }
  })
  const meets = (row: Row) => (item: { field: string; test: Test }) => item.test(cell(row, item.field))
  const rows = input.rows.filter((row) => (input.match === 'any' ? tests.some(meets(row)) : tests.every(meets(row))))
  return { rows, row_count: rows.length }
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/

/** As text, March 5 2024 comes after and 1/15/24 before any ISO date: an answer that looks right and is not. */
function needComparable(rows: Row[], { field, op, value }: Condition, at: string) {
  if (!/^[<>]/.test(op) || typeof value !== 'string' || !ISO.test(value)) return
  const place = rows.findIndex((row) => !isMissing(cell(row, field)) && !ISO.test(textOf(cell(row, field))))
  if (place < 0) return
  const found = textOf(cell(rows[place] as Row, field)).slice(0, 60)
  throw new HookError(
    `"${value}" is an ISO date, but row ${place + 1} has "${found}" in "${field}"; turn the column into ISO dates first (date-utils parse_dates), or filter out such rows`,
    at,
  )
}

function makeTest({ op, value }: Condition, caseSensitive: boolean, at: string): Test {
  if (op === 'empty') return isMissing
  if (op === 'not_empty') return (found) => !isMissing(found)
  if (value === undefined) throw new HookError(`is needed for ${op}`, at)
  const same = (found: unknown, wanted: unknown) => isSame(found, wanted, caseSensitive)
  const fold = (of: unknown) => (caseSensitive ? textOf(of) : textOf(of).toLowerCase())
  switch (op) {
    case '=':
      return (found) => same(found, value)
    case '!=':
      return (found) => !same(found, value)
    case 'in':
    case 'not_in': {
      if (!Array.isArray(value)) throw new HookError(`must be a list for ${op}`, at)
      const isIn: Test = (found) => value.some((wanted) => same(found, wanted))
      return op === 'in' ? isIn : (found) => !isIn(found)
    }
    case 'matches': {
      const pattern = needPattern(value, caseSensitive ? '' : 'i', at)
      return (found) => found !== null && pattern.test(textOf(found))
    }
    case 'contains':
    case 'not_contains': {
      const part = fold(value)
      const holds: Test = (found) => found !== null && (Array.isArray(found) ? found.some((item) => same(item, value)) : fold(found).includes(part))
      return op === 'contains' ? holds : (found) => !holds(found)
    }
    case 'starts_with':
      return (found) => found !== null && fold(found).startsWith(fold(value))
    case 'ends_with':
      return (found) => found !== null && fold(found).endsWith(fold(value))
  }
  if (isMissing(value)) throw new HookError(`must not be empty for ${op}`, at)
  return (found) => {
    if (isMissing(found)) return false
    const order = compare(found, value, caseSensitive)
    return op === '>' ? order > 0 : op === '>=' ? order >= 0 : op === '<' ? order < 0 : order <= 0
  }
}

/** Numbers as numbers, also in text; the rest as text. An empty cell is only the same as an empty one, be it null or blank text. */
export function isSame(a: unknown, b: unknown, caseSensitive = false): boolean {
  if (isMissing(a) || isMissing(b)) return isMissing(a) && isMissing(b)
  if (isNumeric(a) && isNumeric(b)) return compareNumeric(a, b) === 0
  const left = textOf(a)
  const right = textOf(b)
  return left === right || (!caseSensitive && left.toLowerCase() === right.toLowerCase())
}

/** A cell such as "$1,200" is read as the number it shows when it is compared with a number: as text it would silently be less than 5. */
export function compare(found: unknown, value: unknown, caseSensitive = false): number {
  if (isNumeric(value)) {
    const read = isNumeric(found) ? found : typeof found === 'string' ? parseNumberText(found)?.toFixed() : undefined
    if (read !== undefined) return compareNumeric(read, value)
  }
  return compareText(textOf(found), textOf(value), caseSensitive)
}
