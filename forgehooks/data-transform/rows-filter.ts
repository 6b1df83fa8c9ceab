import { HookError } from '@cadre/contract/forgehook'
import { hasNumbers, keyOfValue } from './equality.ts'
import { compare, ISO } from './rows-compare.ts'
import { cell, columnsOf, isMissing, isNumeric, needColumn, needPattern, textOf, type Row } from './rows-shared.ts'

export type Condition = { field: string; op: string; value?: unknown }
type FilterInput = { rows: Row[]; where: Condition | Condition[]; match?: string; case_sensitive?: boolean }
type Test = (value: unknown) => boolean

const OPS: Record<string, string> = {
  eq: '=',
  equals: '=',
  is: '=',
  '==': '=',
  ne: '!=',
  neq: '!=',
  '<>': '!=',
  not_equals: '!=',
  is_not: '!=',
  gt: '>',
  gte: '>=',
  ge: '>=',
  lt: '<',
  lte: '<=',
  le: '<=',
  is_empty: 'empty',
  is_null: 'empty',
  null: 'empty',
  is_not_empty: 'not_empty',
  not_null: 'not_empty',
  is_not_null: 'not_empty',
  regex: 'matches',
  one_of: 'in',
}

export function filter(input: FilterInput) {
  const columns = columnsOf(input.rows)
  const warnings: string[] = []
  const where = Array.isArray(input.where) ? input.where : [input.where]
  const tests = where.map((given, index) => {
    const condition = { ...given, op: OPS[given.op] ?? given.op }
    needColumn(columns, condition.field, `where[${index}].field`)
    needComparable(input.rows, condition, `where[${index}].value`)
    const test = makeTest(condition, input.rows, input.case_sensitive ?? false, `where[${index}].value`)
    warnOfUncomparable(input.rows, condition, warnings)
    return { field: condition.field, test }
  })
  const isAny = input.match === 'any' || input.match === 'or'
  const rows = input.rows.filter((row) => {
    for (const { field, test } of tests) if (test(cell(row, field)) === isAny) return isAny
    return !isAny
  })
  return { rows, row_count: rows.length, ...(warnings.length > 0 ? { warnings } : {}) }
}

const isOrder = (op: string) => /^[<>]/.test(op) || op === 'between' || op === 'not_between'

/** As text, March 5 2024 comes after and 1/15/24 before any ISO date: an answer that looks right and is not. */
function needComparable(rows: Row[], { field, op, value }: Condition, at: string) {
  const bound = Array.isArray(value) ? value[0] : value
  if (!isOrder(op) || typeof bound !== 'string' || !ISO.test(bound)) return
  const place = rows.findIndex((row) => !isMissing(cell(row, field)) && !ISO.test(textOf(cell(row, field))))
  if (place < 0) return
  const found = textOf(cell(rows[place] as Row, field)).slice(0, 60)
  throw new HookError(
    `"${bound}" is an ISO date, but row ${place + 1} has "${found}" in "${field}"; turn the column into ISO dates first (date-utils parse_dates), or filter out such rows`,
    at,
  )
}

function warnOfUncomparable(rows: Row[], { field, op, value }: Condition, warnings: string[]) {
  if (!isOrder(op)) return
  const bound = Array.isArray(value) ? value[0] : value
  let count = 0
  let first = 0
  for (const [index, row] of rows.entries()) {
    const found = cell(row, field)
    if (isMissing(found) || compare(found, bound) !== undefined) continue
    if (count++ === 0) first = index
  }
  if (count === 0) return
  const shown = textOf(cell(rows[first] as Row, field)).slice(0, 60)
  const what = isNumeric(bound) ? 'are not numbers' : 'are not text'
  warnings.push(`${count} cells of "${field}" ${what} and meet no "${op}" (the first is row ${first + 1}: "${shown}")`)
}

function makeTest({ field, op, value }: Condition, rows: Row[], caseSensitive: boolean, at: string): Test {
  if (op === 'empty') return isMissing
  if (op === 'not_empty') return (found) => !isMissing(found)
  if (value === undefined) throw new HookError(`is needed for ${op}`, at)
  const wanted = Array.isArray(value) ? value : [value]
  const rule = { caseSensitive, numeric: wanted.some((item) => typeof item === 'number') || hasNumbers(rows, field) }
  const keyOf = (of: unknown) => keyOfValue(of, rule)
  const fold = (of: unknown) => (caseSensitive ? textOf(of) : textOf(of).toLowerCase())
  switch (op) {
    case '=':
    case '!=': {
      const key = keyOf(value)
      return op === '=' ? (found) => keyOf(found) === key : (found) => keyOf(found) !== key
    }
    case 'in':
    case 'not_in': {
      if (!Array.isArray(value)) throw new HookError(`must be a list for ${op}`, at)
      const keys = new Set(value.map(keyOf))
      return op === 'in' ? (found) => keys.has(keyOf(found)) : (found) => !keys.has(keyOf(found))
    }
    case 'matches': {
      const pattern = needPattern(value, caseSensitive ? '' : 'i', at)
      return (found) => found !== null && pattern.test(textOf(found))
    }
    case 'contains':
    case 'not_contains': {
      const part = fold(value)
      const key = keyOf(value)
      const holds: Test = (found) => found !== null && (Array.isArray(found) ? found.some((item) => keyOf(item) === key) : fold(found).includes(part))
      return op === 'contains' ? holds : (found) => !holds(found)
    }
    case 'starts_with':
      return (found) => found !== null && fold(found).startsWith(fold(value))
    case 'ends_with':
      return (found) => found !== null && fold(found).endsWith(fold(value))
    case 'between':
    case 'not_between': {
      if (!Array.isArray(value) || value.length !== 2 || value.some(isMissing)) throw new HookError(`must be a list of two bounds for ${op}`, at)
      const isIn = (found: unknown) => {
        const [low, high] = [compare(found, value[0], caseSensitive), compare(found, value[1], caseSensitive)]
        return low === undefined || high === undefined ? undefined : low >= 0 && high <= 0
      }
      return (found) => !isMissing(found) && isIn(found) === (op === 'between')
    }
  }
  if (isMissing(value)) throw new HookError(`must not be empty for ${op}`, at)
  return (found) => {
    if (isMissing(found)) return false
    const order = compare(found, value, caseSensitive)
    if (order === undefined) return false
    return op === '>' ? order > 0 : op === '>=' ? order >= 0 : op === '<' ? order < 0 : order <= 0
  }
}
