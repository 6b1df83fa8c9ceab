import { HookError } from '@cadre/contract/forgehook'
import { ISO } from './rows-compare.ts'
import { cell, columnsOf, compareNumeric, compareText, isMissing, isNumeric, needColumn, textOf, type Row } from './rows-shared.ts'

type SortKey = {
  field: string
  direction?: string
  as?: 'auto' | 'number' | 'text' | 'natural' | 'binary'
  nulls?: 'first' | 'last'
  case_sensitive?: boolean
}
type SortInput = { rows: Row[]; by: string | SortKey | (string | SortKey)[]; locale?: string }
/** A number (or its text), or the place of a text among all texts of the column; empty cells have no key. */
type Key = { number: number | string } | { rank: number } | undefined

/** Array.sort is stable. Keys are made once for each cell, because comparing texts by the rules of a language is slow. */
export function sort({ rows, by, locale }: SortInput) {
  const columns = columnsOf(rows)
  const warnings: string[] = []
  const orders = [by].flat().map((given, index) => {
    const key: SortKey = typeof given === 'string' ? { field: given } : given
    needColumn(columns, key.field, `by[${index}].field`)
    const keys = keysOf(rows, key, locale, `by[${index}]`)
    if ((key.as ?? 'auto') === 'auto') warnOfDates(rows, key.field, warnings)
    return { keys, sign: /^desc/i.test(key.direction ?? 'asc') ? -1 : 1, empty: key.nulls === 'first' ? -1 : 1 }
  })
  const places = rows
    .map((_, index) => index)
    .sort((a, b) => {
      for (const { keys, sign, empty } of orders) {
        const order = compareKeys(keys[a], keys[b], sign, empty)
        if (order !== 0) return order
      }
      return 0
    })
  return { rows: places.map((place) => rows[place] as Row), ...(warnings.length > 0 ? { warnings } : {}) }
}

const WRITTEN_DATE = /^\s*(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\p{L}{3,9}\.? \d{1,2},? \d{4}|\d{1,2}[ .-]+\p{L}{3,9}\.?[ .-]+\d{2,4})/u

function warnOfDates(rows: Row[], field: string, warnings: string[]) {
  const found = rows.map((row) => cell(row, field)).filter((value) => !isMissing(value))
  const written = found.find((value) => typeof value === 'string' && WRITTEN_DATE.test(value))
  if (written === undefined || !found.every((value) => typeof value === 'string' && (WRITTEN_DATE.test(value) || ISO.test(value)))) return
  warnings.push(`"${field}" holds dates such as "${String(written)}", which were sorted as text; turn them into ISO dates first`)
}

function keysOf(rows: Row[], { field, as = 'auto', case_sensitive: caseSensitive = false }: SortKey, locale: string | undefined, at: string): Key[] {
  const values = rows.map((row) => cell(row, field))
  const isNumber = (value: unknown) => (as === 'auto' || as === 'number') && isNumeric(value)
  const texts = new Set<string>()
  for (const [index, value] of values.entries()) {
    if (isMissing(value) || isNumber(value)) continue
    if (as === 'number') throw new HookError(`row ${index + 1} has "${textOf(value).slice(0, 60)}" in "${field}", which is not a number`, at)
    texts.add(textOf(value))
  }
  const order = orderOf(as, caseSensitive, locale)
  const ranks = new Map<string, number>()
  let rank = 0
  let before: string | undefined
  for (const text of [...texts].toSorted(order)) {
    // Texts that differ only in case share a rank, so that their rows keep their order.
    if (before !== undefined && order(before, text) !== 0) rank++
    ranks.set(text, rank)
    before = text
  }
  return values.map((value): Key => {
    if (isMissing(value)) return undefined
    return isNumber(value) ? { number: value as number | string } : { rank: ranks.get(textOf(value)) as number }
  })
}

function orderOf(as: string, caseSensitive: boolean, locale: string | undefined): (a: string, b: string) => number {
  if (as === 'binary') return (a, b) => (a < b ? -1 : a > b ? 1 : 0)
  if (as !== 'text' && locale === undefined) return (a, b) => compareText(a, b, caseSensitive)
  try {
    const collator = new Intl.Collator(locale ?? 'en', { sensitivity: caseSensitive ? 'variant' : 'accent', numeric: as !== 'text' })
    return (a, b) => collator.compare(a, b)
  } catch {
    throw new HookError(`"${locale}" is not a language such as de or pt-BR`, 'locale')
  }
}

function compareKeys(a: Key, b: Key, sign: number, empty: number): number {
  if (!a || !b) return a ? -empty : b ? empty : 0
  if ('number' in a) return sign * ('number' in b ? compareNumeric(a.number, b.number) : -1)
  return sign * ('number' in b ? 1 : a.rank - b.rank)
}
