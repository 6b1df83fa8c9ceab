import { realpathSync, rmSync, symlinkSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api'
import { AnswerRows, type RawAnswer } from './answer.ts'
import { checkDuckdb } from './duckdb-check.ts'
import { duckdbCell } from './duckdb-values.ts'
import { viewOf } from './duckdb-views.ts'
import { scratchFolder } from './scratch.ts'
import type { GuardedQuery } from './sql-guard.ts'
import { checkParams } from './sql-params.ts'
import { SqlRefusal } from './sql-refusal.ts'
import { type SqlWord, sqlWords } from './sql-words.ts'

type Duck = typeof import('@duckdb/node-api')
type Query = GuardedQuery & { source: { type: 'duckdb' } }

export async function runDuckdb(query: Query): Promise<RawAnswer> {
  const duck = await loadDuckdb()
  const folder = scratchFolder()
  const instance = await duck.DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: `${Math.max(64, Math.floor(query.memory_mb * 0.8))}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  try {
    const words = sqlWords(query.sql, 'duckdb')
    if (words.length === 0) throw new SqlRefusal('sql: holds no statement')
    checkParams(words, query.params)
    const sql = withDollars(query.sql, words)
    await openFiles(connection, query, folder)
    await checkDuckdb(connection, sql)
    return await answerOf(duck, connection, { ...query, sql })
  } catch (error) {
    throw wordsFor(error, query, folder)
  } finally {
    connection.disconnectSync()
    instance.closeSync()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function loadDuckdb(): Promise<Duck> {
  try {
    return await import('@duckdb/node-api')
  } catch {
    throw new SqlRefusal('CSV, JSON and Parquet files are read by DuckDB, which is not installed: npm install @duckdb/node-api')
  }
}

/** After this DuckDB can open these files and nothing else, nor change that. */
async function openFiles(connection: DuckDBConnection, { sql, source }: Query, folder: string) {
  const files = Object.entries(source.files)
  const paths = files.map(([, path], place) => {
    if (realpathSync(path) !== path) throw new SqlRefusal('a file was replaced meanwhile')
    if (!/[*?[\]{}\\]/.test(path)) return path
    // DuckDB would take the name for a pattern.
    const link = join(folder, `${place}${/\.[^.]+\.(gz|zst)$/i.exec(path)?.[0] ?? extname(path)}`)
    symlinkSync(path, link)
    return link
  })
  const list = [...new Set(paths)].map((path) => `'${path.replaceAll("'", "''")}'`)
  for (const setting of [`temp_directory = ''`, `TimeZone = 'UTC'`, `allowed_paths = [${list.join(', ')}]`, 'enable_external_access = false'])
    await connection.run(`set ${setting}`)
  await connection.run('create schema files')
  const views = new Map<string, string>()
  for (const [place, [table, path]] of files.entries()) {
    const from =
      views.get(path) ??
      (await viewOf(connection, paths[place] as string).catch((error: unknown) => {
        throw inFile(error, path)
      }))
    views.set(path, from)
    await connection.run(`create view ${quote(table)} as select * from ${from}`)
    // `from 'sales.csv'`, as DuckDB's users write it.
    if (sql.includes(basename(path))) await connection.run(`create view if not exists files.${quote(basename(path))} as select * from ${from}`)
  }
  await connection.run(`set search_path = 'main,files'`)
  await connection.run('set lock_configuration = true')
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`
const inFile = (error: unknown, path: string) =>
  error instanceof Error && !(error instanceof SqlRefusal) ? new Error(`${basename(path)}: ${error.message}`) : error

/** DuckDB knows `$name` and not `:name`. */
function withDollars(sql: string, words: SqlWord[]): string {
  let text = sql
  for (const word of words.toReversed())
    if (word.kind === 'param' && word.text.startsWith(':')) text = `${text.slice(0, word.at)}$${text.slice(word.at + 1)}`
  return text
}

async function answerOf(duck: Duck, connection: DuckDBConnection, query: Query): Promise<RawAnswer> {
  const prepared = await connection.prepare(query.sql)
  const values = Array.isArray(query.params)
    ? query.params.map(bound)
    : Object.fromEntries(Object.entries(query.params).map(([key, value]) => [key.replace(/^[:@$]/, ''), bound(value)]))
  const typeOf = (value: unknown) =>
    typeof value === 'bigint' ? duck.BIGINT : typeof value === 'string' ? duck.VARCHAR : typeof value === 'number' ? duck.DOUBLE : undefined
  if (Array.isArray(values)) {
    if (values.length > 0) prepared.bind(values, values.map(typeOf) as DuckDBType[])
  } else prepared.bind(values, Object.fromEntries(Object.entries(values).map(([key, value]) => [key, typeOf(value)])) as Record<string, DuckDBType>)
  function bound(value: unknown): DuckDBValue {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
    return value instanceof Uint8Array ? new duck.DuckDBBlobValue(value) : ((value ?? null) as DuckDBValue)
  }
  const result = await prepared.stream()
  const types = result.columnTypes()
  const rows = new AnswerRows(
    result.columnNames().map((name, place) => ({ name, type: types[place]?.alias ?? types[place]?.toString() ?? null })),
    query,
  )
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) return rows.answer
    for (const row of chunk.getRows())
      if (!rows.add(row.map((value, place) => duckdbCell(duck, value, types[place] as DuckDBType)))) return rows.answer
  }
}

function wordsFor(error: unknown, { memory_mb, source }: Query, folder: string): unknown {
  if (error instanceof SqlRefusal || !(error instanceof Error)) return error
  const [message = ''] = error.message.split(/\n\s*LINE \d+:/)
  if (/Out of Memory/i.test(message))
    return new SqlRefusal(`the query needed more than ${memory_mb} MB of memory (limits.memory_mb); ask for less at once`)
  const refused = /Cannot access (?:file|directory) "([^"]*)"/.exec(message)
  if (refused)
    return new SqlRefusal(
      `sql: '${basename(refused[1] ?? '')}' is not one of the files of this query; there ${Object.keys(source.files).length === 1 ? 'is' : 'are'} ${Object.keys(source.files).join(', ')}`,
    )
  const csv = csvProblem(message)
  if (csv) return new SqlRefusal(csv)
  return new SqlRefusal(
    `DuckDB: ${message
      .replaceAll(`${folder}/`, '')
      .replace(/\s*\n\s*/g, '; ')
      .slice(0, 1_000)}`,
  )
}

/** DuckDB's words about a CSV file are a page of options that nobody here can set. */
function csvProblem(message: string): string | null {
  const file = /^[^:]*/.exec(message)?.[0] ?? ''
  if (/not utf-8 encoded/.test(message)) return `${file} is not in UTF-8 (nor UTF-16 with its mark); convert it first`
  if (/when sniffing file/.test(message)) return `${file} cannot be read as CSV: a row has more columns than the first line, or a quote is not closed`
  const [, line, original, reason] = /CSV Error on Line: (\d+)\s*(?:Original Line: ?([^\n]*)\n)?([^\n]*)/.exec(message) ?? []
  return line === undefined ? null : `${file}, line ${line}: ${reason} ('${(original ?? '').slice(0, 200)}')`
}
