import { aggregate, filledPlaces } from './rows-aggregate.ts'
import { columnOf, columnsOf, isNumeric, type Row } from './rows-shared.ts'

type Type = 'number' | 'text' | 'boolean' | 'date' | 'list' | 'object' | 'mixed' | 'empty'
const ISO_DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?$/

export function describe({ rows }: { rows: Row[] }) {
  return { row_count: rows.length, columns: columnsOf(rows).map((name) => describeColumn(rows, name)) }
}

function describeColumn(rows: Row[], name: string) {
  const cells = columnOf(rows, name)
  const found = { cells, places: filledPlaces(cells, [...cells.keys()]) }
  const types = new Set(found.places.map((place) => typeOf(cells[place])))
  const [only] = types
  const type: Type = only === undefined ? 'empty' : types.size === 1 ? only : isText(types) ? 'text' : 'mixed'
  const options = { field: name, skipInvalid: true, at: 'rows' }
  const ordered = type === 'number' || type === 'date' || (type === 'text' && types.size === 1)
  return {
    name,
    type,
    missing: rows.length - found.places.length,
    distinct: aggregate('count_distinct', found, options),
    min: ordered ? aggregate('min', found, options) : null,
    max: ordered ? aggregate('max', found, options) : null,
    mean: type === 'number' ? aggregate('avg', found, options) : null,
  }
}

/** Some dates among texts make a column of texts. */
const isText = (types: Set<Type>) => [...types].every((type) => type === 'text' || type === 'date')

function typeOf(value: unknown): Type {
  if (isNumeric(value)) return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'string') return ISO_DATE.test(value) ? 'date' : 'text'
  return Array.isArray(value) ? 'list' : 'object'
}
