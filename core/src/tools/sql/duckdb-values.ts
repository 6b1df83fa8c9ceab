import type { DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { base64, exactInteger, exactJson, exactNumber, finite, isoText } from './sql-values.ts'

type Duck = typeof import('@duckdb/node-api')

/** Values of DuckDB as JSON: exact numbers, ISO dates, lists and objects. */
export function duckdbCell(duck: Duck, value: DuckDBValue, type: DuckDBType): unknown {
  if (value === null) return null
  switch (typeof value) {
    case 'bigint':
      return exactInteger(value)
    case 'number':
      return type instanceof duck.DuckDBFloatType ? finite(shortest(value)) : finite(value)
    case 'string':
      return type.alias === 'JSON' ? exactJson(value) : value
    case 'boolean':
      return value
  }
  const cell = (inner: DuckDBValue, innerType: DuckDBType) => duckdbCell(duck, inner, innerType)
  if (value instanceof duck.DuckDBDecimalValue) return exactNumber(value.toString())
  if (value instanceof duck.DuckDBBlobValue) return base64(value.bytes)
  if (value instanceof duck.DuckDBListValue || value instanceof duck.DuckDBArrayValue) {
    const { valueType } = type as InstanceType<Duck['DuckDBListType']>
    return value.items.map((item) => cell(item, valueType))
  }
  if (value instanceof duck.DuckDBStructValue) {
    const { entryNames, entryTypes } = type as InstanceType<Duck['DuckDBStructType']>
    return Object.fromEntries(entryNames.map((name, place) => [name, cell(value.entries[name] ?? null, entryTypes[place] as DuckDBType)]))
  }
  if (value instanceof duck.DuckDBMapValue) {
    const { keyType, valueType } = type as InstanceType<Duck['DuckDBMapType']>
    const entries = value.entries.map((entry) => [cell(entry.key, keyType), cell(entry.value, valueType)] as const)
    // Only text can name the fields of an object.
    return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : entries.map(([key, own]) => ({ key, value: own }))
  }
  if (value instanceof duck.DuckDBUnionValue) {
    const { memberTags, memberTypes } = type as InstanceType<Duck['DuckDBUnionType']>
    return cell(value.value, memberTypes[memberTags.indexOf(value.tag)] as DuckDBType)
  }
  return isoText(value.toString())
}

/** 0.1 and not 0.10000000149011612: the shortest decimal that is this 32-bit float. */
function shortest(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
