import { statSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { csvView } from './duckdb-csv.ts'
import { all, type Column, columnsOf, keptTypes, text } from './duckdb-types.ts'
import { kindOf } from './file-kind.ts'
import { SqlRefusal } from './sql-refusal.ts'

/**
 * The file as a table expression. DuckDB finds the types; a column whose text that would change (007, 1.50 as a binary fraction, 05/06/2024,
 * an offset from UTC) gets the type that keeps it: exact decimals, or the text itself. For that the file is read once as text.
 */
export async function viewOf(connection: DuckDBConnection, path: string): Promise<string> {
  const { mtimeNs, size } = statSync(path, { bigint: true })
  const key = `${mtimeNs} ${size} ${path}`
  const known = views.get(key) ?? (await findView(connection, path))
  if (views.size >= mostViews) views.clear()
  views.set(key, known)
  return known
}

/** Of files that did not change since; to look through 80 MB of CSV takes 2 s. */
const views = new Map<string, string>()
const mostViews = 200

async function findView(connection: DuckDBConnection, path: string): Promise<string> {
  switch (kindOf(path)) {
    case 'csv':
      return csvView(connection, path)
    case 'json':
      return jsonView(connection, path)
    case 'parquet':
      return `read_parquet(${text(path)})`
    default:
      throw new SqlRefusal('files: must end in .csv, .tsv, .txt, .json, .ndjson, .jsonl or .parquet (also .csv.gz, .json.gz)')
  }
}

async function jsonView(connection: DuckDBConnection, path: string): Promise<string> {
  const { size } = statSync(path)
  // What is set aside for one object, several times over.
  const options = `sample_size = -1, maximum_object_size = ${Math.min(64, Math.max(16, Math.ceil(size / 1_000_000))) * 1_048_576}`
  const columns = (await all(connection, `describe select * from read_json(${text(path)}, ${options})`)).map((row): Column => ({
    name: String(row.column_name),
    type: String(row.column_type),
  }))
  const plain = columns.filter(({ type }) => /^(DOUBLE|HUGEINT|UHUGEINT|DATE|TIMESTAMP)$/.test(type))
  const raw = `read_json(${text(path)}, ${options}, columns = ${columnsOf(plain.map((each) => ({ ...each, type: 'VARCHAR' })))})`
  const kept = plain.length === 0 ? [] : await keptTypes(connection, raw, plain)
  const own = columns.map((each) => kept.find((other) => other.name === each.name) ?? { ...each, type: asWritten(each.type) })
  return `read_json(${text(path)}, ${options}, columns = ${columnsOf(own)})`
}

/** Inside of lists and structs, and for what DuckDB writes otherwise than it read: the text. */
const asWritten = (type: string) => type.replace(/(?<!")\b(TIMESTAMP( WITH TIME ZONE|_[A-Z]+)?|TIME( WITH TIME ZONE)?|UUID)\b(?!")/g, 'VARCHAR')
