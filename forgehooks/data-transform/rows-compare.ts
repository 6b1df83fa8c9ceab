import { parseNumberText } from '../lib/expression-number.ts'
import { keyOfValue } from './equality.ts'
import { compareNumeric, compareText, isNumeric, textOf } from './rows-shared.ts'

export const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}.*)?$/

/** See `Equality`: a number and a text are compared as numbers where the text plainly is one. */
export function isSame(a: unknown, b: unknown, caseSensitive = false, numeric = typeof a === 'number' || typeof b === 'number'): boolean {
  return keyOfValue(a, { numeric, caseSensitive }) === keyOfValue(b, { numeric, caseSensitive })
}

/** The order of two values that are not empty; undefined where they have none, as n/a and 5. */
export function compare(found: unknown, value: unknown, caseSensitive = false): number | undefined {
  if (isNumeric(value)) {
    // A cell such as "$1,200" is read as the number it shows: as text it would silently be less than 5.
    const read = isNumeric(found) ? found : typeof found === 'string' ? parseNumberText(found)?.toFixed() : undefined
    if (read !== undefined) return compareNumeric(read, value)
    return undefined
  }
  if (typeof found === 'number' || typeof found === 'boolean' || typeof value === 'boolean') return undefined
  const [left, right] = [textOf(found), textOf(value)]
  return ISO.test(left) && ISO.test(right) ? compareIso(left, right) : compareText(left, right, caseSensitive)
}

const OFFSET = /(?:Z|[+-]\d{2}:?\d{2})$/i

/** Moments that both name their offset are compared as moments, others as they are written. */
function compareIso(a: string, b: string): number {
  if (a.length > 10 && b.length > 10 && OFFSET.test(a) && OFFSET.test(b)) {
    const difference = Date.parse(a.replace(' ', 'T')) - Date.parse(b.replace(' ', 'T'))
    if (!Number.isNaN(difference)) return difference
  }
  const [left, right] = [a.replace(' ', 'T'), b.replace(' ', 'T')]
  return left < right ? -1 : left > right ? 1 : 0
}
