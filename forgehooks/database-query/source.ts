import { HookError, type SqlQuery } from '@cadre/contract/forgehook'

type Row = Record<string, unknown>
export type Tables = { rows?: Row[]; tables?: Record<string, Row[]> }
type Source = SqlQuery['source']

/** What DuckDB reads; any other file is taken for a SQLite database, whatever its name. */
export const isData = (path: string) => /\.(csv|tsv|txt|tab|psv|dat|json|ndjson|jsonl|geojson|parquet|pq|parq)(\.(gz|zst))?$/i.test(path)

export function sqliteSource(file: string): Source {
  if (isData(file)) throw new HookError(`'${file}' is no SQLite database; use query_data for CSV, JSON and Parquet files`, 'file')
  return { type: 'sqlite', file }
}

export function dataSource(files: string | string[]): Source {
  const list = typeof files === 'string' ? [files] : files
  const other = list.find((file) => /\.(db|db3|sqlite|sqlite3|s3db)$/i.test(file))
  if (other !== undefined) throw new HookError(`'${other}' is a SQLite database; use query_file`, 'files')
  return { type: 'duckdb', files: list }
}

/** `rows` is the table named `rows`. */
export function rowsSource({ rows, tables }: Tables): Source {
  if (rows !== undefined && tables !== undefined && Object.keys(tables).some((name) => name.toLowerCase() === 'rows'))
    throw new HookError(`there is a table 'rows' already, which is what rows become`, 'tables')
  const all = { ...tables, ...(rows === undefined ? {} : { rows }) }
  if (Object.keys(all).length === 0) throw new HookError('give rows, or tables: an object of lists of rows by name', 'rows')
  return { type: 'rows', tables: all }
}
