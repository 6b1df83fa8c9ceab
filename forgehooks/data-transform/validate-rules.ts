import { HookError } from '@cadre/contract/forgehook'
import { orderOfColumn, readDate } from './cast-date.ts'
import { hasNumbers, keyOfValue } from './equality.ts'
import { compare, ISO } from './rows-compare.ts'
import { cell, columnsOf, decimalOf, isNumeric, needColumn, needPattern, textOf, type Row } from './rows-shared.ts'

export type Rule = {
  field: string
  required?: boolean
  type?: string
  min?: number | string
  max?: number | string
  min_length?: number
  max_length?: number
  pattern?: string
  one_of?: unknown[]
  enum?: unknown[]
  unique?: boolean
  references?: { rows: Row[]; field?: string }
}
/** Says what is wrong with a cell that is not empty, or nothing. */
export type Check = { rule: string; find: (value: unknown, row: number) => string | undefined }

/** @param numeric Whether the column holds numbers, which decides what is the same (see `Equality`). */
export function checksOf(rule: Rule, numeric: boolean, at: string): Check[] {
  const checks: Check[] = []
  const { min, max, pattern } = rule
  const allowed = rule.one_of ?? rule.enum
  const add = (name: string, find: Check['find']) => checks.push({ rule: name, find })
  if (rule.required) add('required', (value) => (textOf(value).trim() === '' ? 'it is empty' : undefined))
  if (rule.type !== undefined) add('type', typeCheck(rule.type, at))
  if (min !== undefined && max !== undefined && (compare(min, max) ?? 0) > 0) throw new HookError('is greater than max', `${at}.min`)
  if (min !== undefined) add('min', (value) => beyond(value, min, -1))
  if (max !== undefined) add('max', (value) => beyond(value, max, 1))
  addLengths(rule, add)
  if (pattern !== undefined) {
    const expression = needPattern(pattern, '', `${at}.pattern`)
    add('pattern', (value) => (expression.test(textOf(value)) ? undefined : `it does not match ${pattern}`))
  }
  if (allowed) {
    const equality = { numeric: numeric || allowed.some((item) => typeof item === 'number') }
    const keys = new Set(allowed.map((item) => keyOfValue(item, equality)))
    const shown = allowed.slice(0, 20).map(textOf).join(', ')
    add(rule.one_of ? 'one_of' : 'enum', (value) => (keys.has(keyOfValue(value, equality)) ? undefined : `it is not one of ${shown}`))
  }
  if (rule.unique) add('unique', uniqueCheck(numeric))
  if (rule.references) add('references', referenceCheck(rule.references, rule.field, numeric, at))
  return checks
}

function addLengths({ min_length: least, max_length: most }: Rule, add: (name: string, find: Check['find']) => void) {
  // Characters as people count them, not the two units of an emoji.
  const length = (value: unknown) => [...textOf(value)].length
  if (least !== undefined)
    add('min_length', (value) => (length(value) < least ? `it has ${length(value)} characters, less than ${least}` : undefined))
  if (most !== undefined) add('max_length', (value) => (length(value) > most ? `it has ${length(value)} characters, more than ${most}` : undefined))
}

function uniqueCheck(numeric: boolean): Check['find'] {
  const seen = new Map<string | undefined, number>()
  return (value, row) => {
    const key = keyOfValue(value, { numeric })
    const first = seen.get(key)
    if (first !== undefined) return `it stands in row ${first} already`
    seen.set(key, row)
    return undefined
  }
}

function referenceCheck({ rows, field: given }: { rows: Row[]; field?: string }, own: string, numeric: boolean, at: string): Check['find'] {
  const field = given ?? own
  needColumn(columnsOf(rows), field, `${at}.references.field`)
  const equality = { numeric: numeric || hasNumbers(rows, field) }
  const keys = new Set(rows.map((row) => keyOfValue(cell(row, field), equality)))
  return (value) => (keys.has(keyOfValue(value, equality)) ? undefined : `no row of the other table has it in "${field}"`)
}

function beyond(value: unknown, bound: number | string, side: 1 | -1): string | undefined {
  if (isNumeric(bound) && !isNumeric(value)) return `it is not a number, so it cannot be compared with ${bound}`
  if (typeof bound === 'string' && ISO.test(bound) && !ISO.test(textOf(value))) return `it is not an ISO date, so it cannot be compared with ${bound}`
  const order = compare(value, bound, true)
  if (order === undefined) return `it cannot be compared with ${bound}`
  if (side * order <= 0) return undefined
  return `it is ${side < 0 ? 'less' : 'greater'} than ${bound}`
}

const NAMES: Record<string, string> = {
  number: 'a number',
  integer: 'a whole number',
  text: 'text',
  boolean: 'true or false',
  date: 'a date',
  datetime: 'a date with a time of day',
  email: 'an e-mail address',
  url: 'a web address',
}
const ALIASES: Record<string, string> = { int: 'integer', decimal: 'number', float: 'number', string: 'text', bool: 'boolean' }

function typeCheck(asked: string, at: string): Check['find'] {
  const type = ALIASES[asked] ?? asked
  const test = TYPES[type]
  if (!test) throw new HookError(`"${asked}" is not a type that is known here`, `${at}.type`)
  return (value) => (test(value) ? undefined : `it is not ${NAMES[type]}`)
}

/** A date in either order is one: whether it is right is not asked here, only whether the calendar has it. */
function isDate(value: unknown): boolean {
  return typeof value === 'string' && 'value' in readDate(value, 'date', orderOfColumn([value]) ?? 'dmy')
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  number: isNumeric,
  integer: (value) => decimalOf(value)?.isInteger() ?? false,
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean' || /^(true|false)$/i.test(textOf(value).trim()),
  date: isDate,
  datetime: (value) => isDate(value) && /\d:\d/.test(textOf(value)),
  email: (value) => typeof value === 'string' && value.length <= 254 && /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]{2,}$/.test(value.trim()),
  url: (value) => typeof value === 'string' && /^https?:\/\//i.test(value.trim()) && URL.canParse(value.trim()),
}
