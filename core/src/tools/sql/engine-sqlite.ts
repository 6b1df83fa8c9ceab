import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { AnswerRows, type RawAnswer } from './answer.ts'
import type { GuardedQuery } from './sql-guard.ts'
import { checkParams } from './sql-params.ts'
import { SqlRefusal } from './sql-refusal.ts'
import { base64, exactInteger, exactJson, finite } from './sql-values.ts'
import { type SqlWord, sqlWords } from './sql-words.ts'
import { withSqliteFile } from './sqlite-file.ts'
import { allowReadingOnly } from './sqlite-rules.ts'
import { fillTables } from './sqlite-tables.ts'

type Query = GuardedQuery & { source: { type: 'sqlite' | 'rows' } }

const begins = new Set(['select', 'with', 'values', 'explain', 'pragma'])

export function runSqlite(query: Query): RawAnswer {
  const { source } = query
  // The longest text or blob. The build of SQLite in Node keeps no account of its memory, so that its own heap limit does nothing.
  const limits = { length: Math.min(1_000_000_000, query.memory_mb * 250_000), sqlLength: 2_000_000, attach: 0, exprDepth: 500 }
  const options = { allowExtension: false, limits, defensive: true, enableDoubleQuotedStringLiterals: false }
  if (source.type === 'sqlite') return withSqliteFile(source.file, options, (db) => read(db, query, prepareSchema))
  const db = new DatabaseSync(':memory:', options)
  try {
    return read(db, query, () => fillTables(db, source.tables))
  } finally {
    db.close()
  }
}

/** @param prepare what is still to be done without rules. */
function read(db: DatabaseSync, query: Query, prepare: (db: DatabaseSync) => void): RawAnswer {
  let denied: string | null = null
  try {
    db.exec('pragma trusted_schema = off; pragma temp_store = memory; pragma cell_size_check = on')
    prepare(db)
    if (query.source.type === 'rows') db.exec('pragma query_only = on')
    allowReadingOnly(db, (what) => (denied ??= what))
    return answerOf(single(db, query), query)
  } catch (error) {
    throw wordsFor(error, denied, db)
  }
}

/**
 * The virtual tables of R-trees compile their INSERTs when they are first used. They are used once before the rules hold; nothing is
 * written, since the file is open for reading.
 */
function prepareSchema(db: DatabaseSync) {
  const tables = db.prepare(`select name from sqlite_schema where sql like 'create virtual table%' and sql like '%using%'`).all()
  for (const { name } of tables) {
    try {
      db.prepare(`select 1 from "${String(name).replaceAll('"', '""')}" limit 0`).all()
    } catch {
      // A module that is not in this build: whoever asks for the table is told so.
      continue
    }
  }
}

/** One statement, and all of the text: SQLite compiles the first and leaves the rest unread. */
function single(db: DatabaseSync, { sql, params }: Query): StatementSync {
  const words = sqlWords(sql, 'sqlite')
  const [first] = words
  if (!first) throw new SqlRefusal('sql: holds no statement')
  if (!begins.has(first.value))
    throw new SqlRefusal(
      `sql: only statements that read are allowed (SELECT, WITH, VALUES, EXPLAIN, PRAGMA), not ${first.text.toUpperCase().slice(0, 30)}`,
    )
  const statement = db.prepare(sql)
  const rest = sqlWords(sql.slice(statement.sourceSQL.length), 'sqlite')
  if (rest.some(({ text }) => text !== ';')) throw new SqlRefusal('sql: one statement at a time; there is more behind the first')
  checkParams(words, params)
  statement.setReturnArrays(true)
  statement.setReadBigInts(true)
  return statement
}

function answerOf(statement: StatementSync, query: Query): RawAnswer {
  const columns = statement.columns().map(({ name, type }) => ({ name, type }))
  const isOurs = query.source.type === 'rows'
  const kinds = columns.map(({ type }) => (isOurs ? type : null))
  const rows = new AnswerRows(columns, query)
  const iterator = (Array.isArray(query.params)
    ? statement.iterate(...query.params.map(bound))
    : statement.iterate(namedFor(statement, query.params))) as unknown as Iterable<unknown[]>
  for (const row of iterator) if (!rows.add(row.map((value, place) => cell(value, kinds[place] ?? null)))) break
  return rows.answer
}

function namedFor(statement: StatementSync, params: Record<string, unknown>) {
  const used = new Set(
    sqlWords(statement.sourceSQL, 'sqlite')
      .filter((word: SqlWord) => word.kind === 'param')
      .map(({ text }) => text),
  )
  const values = Object.fromEntries(Object.entries(params).map(([key, value]) => [key.replace(/^[:@$]/, ''), value]))
  return Object.fromEntries([...used].map((param) => [param, bound(values[param.slice(1)])]))
}

type Bound = null | number | bigint | string | Uint8Array
/** A whole number is bound as an integer: as a float, 5 would read `5.0` where it becomes text. */
function bound(value: unknown): Bound {
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  return (value ?? null) as Bound
}

/** `kind` is the type of a column that we made: there a flag and JSON come back as what they were. */
function cell(value: unknown, kind: string | null): unknown {
  if (typeof value === 'bigint') return kind === 'BOOLEAN' && (value === 0n || value === 1n) ? value === 1n : exactInteger(value)
  if (typeof value === 'number') return finite(value)
  if (value instanceof Uint8Array) return base64(value)
  return kind === 'JSON' && typeof value === 'string' ? exactJson(value) : value
}

function wordsFor(error: unknown, denied: string | null, db: DatabaseSync): unknown {
  if (error instanceof SqlRefusal || !(error instanceof Error)) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (denied !== null) return new SqlRefusal(`sql: only reading is allowed, not ${denied}`)
  if (code === 'ERR_INVALID_ARG_VALUE' && /no statements/.test(error.message)) return new SqlRefusal('sql: holds no statement')
  if (code !== 'ERR_SQLITE_ERROR') return error
  if (errcode === readonlyRollback) return new SqlRefusal('the database was left in the middle of a write; open it with its own program once')
  if (errcode === notADatabase) return new SqlRefusal('the file is not a SQLite database (or it is encrypted)')
  if (/^no such (table|column)/.test(error.message)) return new SqlRefusal(`SQLite: ${error.message}${thereAre(db, error.message)}`)
  return new SqlRefusal(`SQLite: ${error.message}`)
}
const readonlyRollback = 776
const notADatabase = 26

function thereAre(db: DatabaseSync, message: string): string {
  if (!message.startsWith('no such table')) return ''
  const names = db
    .prepare(`select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite!_%' escape '!' order by name limit 51`)
    .all()
    .map(({ name }) => String(name))
  if (names.length === 0) return '; there are no tables'
  return `; there ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, 50).join(', ')}${names.length > 50 ? ', ...' : ''}`
}
