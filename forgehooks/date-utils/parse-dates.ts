import { HookError, type HookContext } from '@cadre/contract/forgehook'
import type { Zone } from 'luxon'
import { columnOrders, looksLikeDates, orderFor } from './column.ts'
import { numbersNamed } from './epoch.ts'
import { needReference, orderNamed, type Reading } from './given.ts'
import { isImpossible } from './impossible.ts'
import { parseText, type Parsed } from './parse-text.ts'
import { isoOf, startOfDay } from './wall.ts'
import { needZone } from './zone.ts'

type Row = Record<string, unknown>
export type ParseDatesInput = Reading & { rows: Row[]; fields?: string[]; output?: 'date' | 'datetime' | 'auto' }
/** `row` counts from 1. */
type Note = { row: number; field: string; value: unknown; reason: string }

/** The rows with the dates of some columns in ISO 8601. Nothing else is touched, and every cell that could not be read is named. */
export function parseDates(input: ParseDatesInput, context: HookContext) {
  const { rows, output = 'auto' } = input
  const [order, zone] = [orderNamed(input.order), needZone(input.time_zone, 'time_zone')]
  // Without a reference a table has no today: relative words and days without a year are refused.
  const reference = input.reference === undefined ? {} : { reference: needReference(input.reference, zone, context, input.time_zone === undefined) }
  const options = { zone, convert: input.time_zone !== undefined, numbers: numbersNamed(input.numbers), ...reference }
  const columns = columnsOf(rows)
  const fields = input.fields ?? columns.filter((column) => looksLikeDates(column, valuesOf(rows, column), zone))
  for (const field of fields)
    if (rows.length > 0 && !columns.includes(field)) throw new HookError(`unknown column "${field}". Known columns: ${columns.join(', ')}`, 'fields')
  const orders = new Map(fields.map((field) => [field, columnOrders(valuesOf(rows, field))]))
  const unparsed: Note[] = []
  const ambiguous: (Note & { iso: string })[] = []
  let changed = 0
  const made = rows.map((row, index) =>
    // fromEntries keeps the order of the columns, and takes __proto__ for a column like any other.
    Object.fromEntries(
      Object.entries(row).map(([field, value]): [string, unknown] => {
        const known = orders.get(field)
        if (!known || value === null || value === '' || value === undefined) return [field, value]
        const at = { row: index + 1, field, value }
        if (typeof value !== 'string' && typeof value !== 'number') {
          unparsed.push({ ...at, reason: 'it is neither text nor a number' })
          return [field, value]
        }
        const parsed = parseText(value, { ...options, order: orderFor(value, order, known) })
        if (isImpossible(parsed)) {
          unparsed.push({ ...at, reason: parsed.reason })
          return [field, value]
        }
        const iso = shape(parsed, output, zone)
        const reason =
          parsed.note ?? (parsed.kind === 'date' || parsed.kind === 'datetime' ? undefined : `a whole ${parsed.kind}; its first day is written`)
        if (reason) ambiguous.push({ ...at, iso, reason })
        if (iso !== value) changed++
        return [field, iso]
      }),
    ),
  )
  return { rows: made, fields, changed, unparsed, ambiguous }
}

function shape(parsed: Parsed, output: 'date' | 'datetime' | 'auto', zone: Zone): string {
  if (output === 'date') return parsed.date
  if (output === 'auto' || parsed.has_time) return parsed.iso
  const [year, month, day] = parsed.date.split('-').map(Number) as [number, number, number]
  return isoOf(startOfDay({ year, month, day }, zone))
}

function columnsOf(rows: Row[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

function valuesOf(rows: Row[], column: string): unknown[] {
  return rows.map((row) => (Object.hasOwn(row, column) ? row[column] : null))
}
