import { cell, columnOf, isMissing, numberText, type Row } from './rows-shared.ts'

/**
 * The one rule of equality, for filter, group, join, dedupe, validate and the aggregates. Empty cells (null, absent, blank text) are alike.
 * Numbers are the same by value. Text is the same as it is written ("007" and "7" differ), but where a column holds numbers, text
 * that is a plain number ("7", "7.0") is that number; text with a leading zero, a plus sign or an exponent never is.
 */
export type Equality = { numeric: boolean; caseSensitive?: boolean }

const PLAIN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)$/

/** A text that is the same for values that are the same; undefined for an empty cell. */
export function keyOfValue(value: unknown, { numeric, caseSensitive = true }: Equality): string | undefined {
  if (typeof value === 'string') {
    if (isMissing(value)) return undefined
    const number = numeric ? plainNumber(value) : undefined
    return number === undefined ? `t${caseSensitive ? value : value.toLowerCase()}` : `n${number}`
  }
  if (typeof value === 'number') return `n${numberText(value)}`
  if (value === null || value === undefined) return undefined
  return typeof value === 'boolean' ? `t${value}` : `j${JSON.stringify(sorted(value))}`
}

/** The shortest way to write the number that a text plainly is. */
function plainNumber(text: string): string | undefined {
  const trimmed = text.trim()
  if (!PLAIN.test(trimmed)) return undefined
  let short = trimmed.includes('.') ? trimmed.replace(/\.?0+$/, '') : trimmed
  if (short.startsWith('.') || short.startsWith('-.')) short = short.replace('.', '0.')
  return short === '-0' || short === '' || short === '-' ? '0' : short
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, item]) => [name, sorted(item)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

export function hasNumbers(rows: Row[], field: string): boolean {
  return rows.some((row) => typeof cell(row, field) === 'number')
}

/** `keyOfValue` for many cells of one column, which most often hold few different values. */
export function keyMaker(rule: Equality): (value: unknown) => string | undefined {
  const known = new Map<unknown, string | undefined>()
  return (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') return keyOfValue(value, rule)
    const found = known.get(value)
    if (found !== undefined) return found
    const key = keyOfValue(value, rule)
    if (known.size < MOST_KNOWN) known.set(value, key)
    return key
  }
}

const MOST_KNOWN = 10_000

/** Keys of whole rows over some columns, by the place of the row; a part that is empty is null. */
export function rowKeys(rows: Row[], fields: string[], caseSensitive = true): (place: number) => string {
  const parts = fields.map((field) => {
    const cells = columnOf(rows, field)
    return { cells, keyOf: keyMaker({ numeric: cells.some((value) => typeof value === 'number'), caseSensitive }) }
  })
  const [only] = parts
  if (only && parts.length === 1) return (place) => only.keyOf(only.cells[place]) ?? ''
  return (place) => {
    let key = ''
    for (const { cells, keyOf } of parts) {
      const part = keyOf(cells[place])
      // The length in front keeps ("a", "bc") and ("ab", "c") apart.
      key += part === undefined ? '-' : `${part.length}:${part}`
    }
    return key
  }
}
