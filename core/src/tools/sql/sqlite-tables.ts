import type { DatabaseSync } from 'node:sqlite'
import { SqlRefusal } from './sql-refusal.ts'

type Row = Record<string, unknown>
const mostColumns = 1_000

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`

/** Makes a table of each list of rows. A column is typed only where all its values are of that type: no value becomes another. */
export function fillTables(db: DatabaseSync, tables: Record<string, Row[]>): void {
  const seen = new Map<string, string>()
  for (const [name, rows] of Object.entries(tables)) {
    if (name === '' || /^sqlite_/i.test(name)) throw new SqlRefusal(`tables: '${name}' cannot be the name of a table`)
    distinct(seen, name, 'tables', 'tables')
    const columns = columnsOf(name, rows)
    db.exec(
      `create table ${quote(name)} (${columns.length === 0 ? '"(no columns)"' : columns.map((column) => `${quote(column)} ${typeOf(rows, column)}`).join(', ')})`,
    )
    if (columns.length === 0) {
      for (const _ of rows) db.exec(`insert into ${quote(name)} values (null)`)
      continue
    }
    const insert = db.prepare(`insert into ${quote(name)} values (${columns.map(() => '?').join(', ')})`)
    db.exec('begin')
    for (const [place, row] of rows.entries()) insert.run(...columns.map((column) => stored(row[column], `${name}[${place}].${column}`)))
    db.exec('commit')
  }
}

function columnsOf(table: string, rows: Row[]): string[] {
  const columns = new Set<string>()
  for (const row of rows) for (const key of Object.keys(row)) columns.add(key)
  if (columns.size > mostColumns) throw new SqlRefusal(`tables: '${table}' has ${columns.size} columns; the limit is ${mostColumns}`)
  const seen = new Map<string, string>()
  for (const column of columns) {
    if (column.includes('\0')) throw new SqlRefusal(`tables: a column of '${table}' has a NUL in its name`)
    distinct(seen, column, `columns of '${table}'`, 'tables')
  }
  return [...columns]
}

function distinct(seen: Map<string, string>, name: string, what: string, field: string) {
  const key = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const other = seen.get(key)
  if (other !== undefined)
    throw new SqlRefusal(`${field}: the ${what} '${other}' and '${name}' differ in upper and lower case only, which SQL does not tell apart`)
  seen.set(key, name)
}

/** Without a type SQLite stores and compares values as they are. */
function typeOf(rows: Row[], column: string): string {
  let type: string | undefined
  for (const row of rows) {
    const own = typeOfValue(row[column])
    if (own === undefined || own === type) continue
    if (type !== undefined && !(/^(INTEGER|REAL)$/.test(own) && /^(INTEGER|REAL)$/.test(type))) return ''
    type = type === undefined ? own : 'REAL'
  }
  // An INTEGER that becomes REAL beyond 2^53 would be another number.
  return type === 'REAL' && rows.some((row) => typeof row[column] === 'bigint') ? '' : (type ?? '')
}

function typeOfValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return 'TEXT'
    case 'boolean':
      return 'BOOLEAN'
    case 'bigint':
      return 'INTEGER'
    case 'number':
      return Number.isSafeInteger(value) ? 'INTEGER' : 'REAL'
    default:
      return value === null || value === undefined ? undefined : value instanceof Uint8Array ? 'BLOB' : value instanceof Date ? 'TEXT' : 'JSON'
  }
}

function stored(value: unknown, at: string): null | number | bigint | string | Uint8Array {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new SqlRefusal(`tables: ${at} is ${value}, which is no number that can be stored`)
    return Number.isSafeInteger(value) ? BigInt(value) : value
  }
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) throw new SqlRefusal(`tables: ${at} is beyond the integers of SQLite (64 bits); hand it in as text`)
    return value
  }
  if (typeof value === 'string' || value instanceof Uint8Array) return value
  return value instanceof Date ? value.toISOString() : JSON.stringify(value)
}
