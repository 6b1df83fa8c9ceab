import { HookError } from '@cadre/contract/forgehook'
import { Decimal } from 'decimal.js'
import { MAX_DIGITS, num } from '../lib/expression-number.ts'

export type Row = Record<string, unknown>

/** Joins and unpivots that would make more rows than this are refused before they fill the memory. */
export const MAX_ROWS = 1_000_000
/** Lists of problems are cut here; their full number is told beside them. */
export const MAX_PROBLEMS = 1000

/** Sums of any numbers that `decimalOf` lets through are exact with this many digits. */
const Exact = Decimal.clone({ precision: 4 * MAX_DIGITS + 10, rounding: Decimal.ROUND_HALF_UP })

/** The cell, null where the row does not have it. Never looks at the prototype: a column may be called `constructor`. */
export function cell(row: Row, field: string): unknown {
  return Object.hasOwn(row, field) ? (row[field] ?? null) : null
}

/** A row of these cells. Object.fromEntries takes `__proto__` for a column like any other. */
export function rowOf(entries: Iterable<readonly [string, unknown]>): Row {
  return Object.fromEntries(entries)
}

/** The cells of one column, as `cell` gives them: what no object inherits needs no look whether it is the row's own. */
export function columnOf(rows: Row[], field: string): unknown[] {
  if (field in Object.prototype) return rows.map((row) => cell(row, field))
  return rows.map((row) => row[field] ?? null)
}

export function columnsOf(rows: Row[]): string[] {
  const names = new Set<string>()
  let last: string[] = []
  for (const row of rows) {
    const own = Object.keys(row)
    // Most rows have the columns of the one before.
    if (isSameList(own, last)) continue
    last = own
    for (const name of own) names.add(name)
  }
  return [...names]
}

function isSameList(a: string[], b: string[]): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false
  return true
}

/** Refuses a column that no row has. A table without rows has no columns to compare with, so it is let through. */
export function needColumn(columns: string[], field: string, at: string) {
  if (columns.length === 0 || columns.includes(field)) return
  const shown = columns.slice(0, 100).join(', ')
  throw new HookError(`no row has a column "${field}". Columns: ${shown}${columns.length > 100 ? `, and ${columns.length - 100} more` : ''}`, at)
}

export function needColumns(columns: string[], fields: string[], at: string) {
  for (const [index, field] of fields.entries()) needColumn(columns, field, `${at}[${index}]`)
}

/** Null, missing, or text with nothing but white space: what a spreadsheet shows as an empty cell. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'string' && value.trim() === '')
}

/** Without exponent: what the number is in plain decimals. */
export function numberText(value: number): string {
  const text = String(value === 0 ? 0 : value)
  return text.includes('e') ? num(value).toFixed() : text
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  return value === null || value === undefined ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** -5, +1.5: a spreadsheet makes a number of it, not a formula. */
export function isPlainNumber(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)
}

/** A whole number of more than the 15 digits that Excel keeps. */
export function isBigInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) >= 1e15
}

const PLAIN = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i

/** A number, or text that is plainly one ("12", "-0.5", "1e3"). Amounts such as "$1,200" are for cast: here they are text. */
export function isNumeric(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && value.length <= 400 && PLAIN.test(value))
}

export function decimalOf(value: unknown): Decimal | undefined {
  if (!isNumeric(value)) return undefined
  return new Exact(typeof value === 'string' ? value.trim() : value)
}

/** Whether the number as a double says all that is written, so that doubles compare as the decimals would. */
function isShort(value: number | string): boolean {
  return typeof value === 'number' || value.length <= 15
}

/** Long digits (ids, big amounts) are compared as decimals, because doubles would make different ones equal. */
export function compareNumeric(a: number | string, b: number | string): number {
  const left = Number(a)
  const right = Number(b)
  if (left < right) return -1
  if (left > right) return 1
  return isShort(a) && isShort(b) ? 0 : (decimalOf(a) as Decimal).cmp(decimalOf(b) as Decimal)
}

const folded = new Intl.Collator('en', { sensitivity: 'accent', numeric: true })
const strict = new Intl.Collator('en', { sensitivity: 'variant', numeric: true })

/** The order of texts, the same on every machine. Digits inside count as numbers: item2 before item10. */
export function compareText(a: string, b: string, caseSensitive = false): number {
  return caseSensitive ? strict.compare(a, b) : folded.compare(a, b)
}

export function needPattern(pattern: unknown, flags: string, at: string): RegExp {
  if (typeof pattern !== 'string') throw new HookError('must be a regular expression as text', at)
  if (pattern.length > 200) throw new HookError(`is a regular expression of ${pattern.length} characters; the limit is 200`, at)
  try {
    return new RegExp(pattern, `${flags}u`)
  } catch (error) {
    throw new HookError(`is not a regular expression: ${(error as Error).message}`, at)
  }
}

export const quoted = (value: unknown) => `"${textOf(value).slice(0, 60)}"`
