import { HookError } from '@cadre/contract/forgehook'
import { FixedOffsetZone } from 'luxon'
import { isImpossible } from '../date-utils/day.ts'
import { parseText } from '../date-utils/parse-text.ts'
import { compare, isSame } from './rows-filter.ts'
import { cell, columnsOf, decimalOf, isMissing, isNumeric, MAX_PROBLEMS, needColumn, needPattern, textOf, type Row } from './rows-shared.ts'

type Type = 'number' | 'integer' | 'text' | 'boolean' | 'date' | 'email' | 'url'
type Rule = {
  field: string
  required?: boolean
  type?: Type
  min?: number | string
  max?: number | string
  pattern?: string
  one_of?: unknown[]
  unique?: boolean
}
type Problem = { row: number; field: string; rule: string; value: unknown; reason: string }
/** Says what is wrong with a cell that is not empty, or nothing. */
type Check = { rule: string; find: (value: unknown, row: number) => string | undefined }

export function validate({ rows, rules }: { rows: Row[]; rules: Rule[] }) {
  const columns = columnsOf(rows)
  const checked = rules.map((rule, index) => {
    needColumn(columns, rule.field, `rules[${index}].field`)
    return { rule, checks: checksOf(rule, `rules[${index}]`) }
  })
  const problems: Problem[] = []
  let count = 0
  for (const [index, row] of rows.entries())
    for (const { rule, checks } of checked) {
      const value = cell(row, rule.field)
      for (const { rule: name, find } of checks) {
        const reason = name === 'required' || !isMissing(value) ? find(value, index + 1) : undefined
        if (reason === undefined) continue
        count++
        if (count <= MAX_PROBLEMS) problems.push({ row: index + 1, field: rule.field, rule: name, value, reason })
      }
    }
  return { valid: count === 0, problems, problem_count: count }
}

function checksOf(rule: Rule, at: string): Check[] {
  const checks: Check[] = []
  const { type, min, max, pattern, one_of: allowed } = rule
  if (rule.required) checks.push({ rule: 'required', find: (value) => (isMissing(value) ? 'it is empty' : undefined) })
  if (type !== undefined) checks.push({ rule: 'type', find: (value) => (TYPES[type](value) ? undefined : `it is not ${NAMES[type]}`) })
  if (min !== undefined && max !== undefined && compare(min, max) > 0) throw new HookError('is greater than max', `${at}.min`)
  if (min !== undefined) checks.push({ rule: 'min', find: (value) => beyond(value, min, -1) })
  if (max !== undefined) checks.push({ rule: 'max', find: (value) => beyond(value, max, 1) })
  if (pattern !== undefined) {
    const expression = needPattern(pattern, '', `${at}.pattern`)
    checks.push({ rule: 'pattern', find: (value) => (expression.test(textOf(value)) ? undefined : `it does not match ${pattern}`) })
  }
  if (allowed) {
    const shown = allowed.slice(0, 20).map(textOf).join(', ')
    checks.push({ rule: 'one_of', find: (value) => (allowed.some((item) => isSame(value, item, true)) ? undefined : `it is not one of ${shown}`) })
  }
  if (rule.unique) {
    const seen = new Map<string, number>()
    const find = (value: unknown, row: number) => {
      const key = textOf(value)
      const first = seen.get(key)
      if (first !== undefined) return `it stands in row ${first} already`
      seen.set(key, row)
      return undefined
    }
    checks.push({ rule: 'unique', find })
  }
  return checks
}

function beyond(value: unknown, bound: number | string, side: 1 | -1): string | undefined {
  if (isNumeric(bound) && !isNumeric(value)) return `it is not a number, so it cannot be compared with ${bound}`
  if (side * compare(value, bound) <= 0) return undefined
  return `it is ${side < 0 ? 'less' : 'greater'} than ${bound}`
}

const NAMES: Record<Type, string> = {
  number: 'a number',
  integer: 'a whole number',
  text: 'text',
  boolean: 'true or false',
  date: 'a date',
  email: 'an e-mail address',
  url: 'a web address',
}

const TYPES: Record<Type, (value: unknown) => boolean> = {
  number: isNumeric,
  integer: (value) => decimalOf(value)?.isInteger() ?? false,
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean' || /^(true|false)$/i.test(textOf(value).trim()),
  date: (value) => {
    if (typeof value !== 'string') return false
    const read = parseText(value, { order: 'auto', zone: FixedOffsetZone.utcInstance, convert: false })
    return !isImpossible(read) && (read.kind === 'date' || read.kind === 'datetime')
  },
  email: (value) => typeof value === 'string' && value.length <= 254 && /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]{2,}$/.test(value.trim()),
  url: (value) => typeof value === 'string' && /^https?:\/\//i.test(value.trim()) && URL.canParse(value.trim()),
}
