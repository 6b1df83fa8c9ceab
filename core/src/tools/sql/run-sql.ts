import { basename } from 'node:path'
import type { SqlAnswer, SqlQuery } from '@cadre/contract/forgehook'
import type { FileRoots } from '../files/file-roots.ts'
import type { ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { kindOf } from './file-kind.ts'
import type { GuardedQuery, SqlGuard } from './sql-guard.ts'

/** The URL of a database connection that is stored in a workspace. Throws ToolError naming the ones there are. */
export type ConnectionUrls = (workspace: string, name: string) => Promise<string>

type Parts = { files: FileRoots; sql: SqlGuard; connections: ConnectionUrls }

const longestSql = 1_000_000
const mostParams = 10_000
const mostFiles = 50
const mostRows = { default: 10_000, highest: 1_000_000 }

/** One query of a handler's: checks its grants, locates its files and hands it to the guard. Throws ToolError. */
export async function runSql(parts: Parts, call: ToolCall, query: SqlQuery): Promise<SqlAnswer> {
  const { timeout_ms, memory_mb, output_bytes } = call.tool.limits
  const sql = sqlOf(query.sql)
  const params = paramsOf(query.params)
  const max_rows = rowsOf(query.max_rows)
  const source = await sourceOf(parts, call, query.source)
  // A little less than the call has, so that it ends with words about the query.
  const limits = { timeout_ms: timeout_ms - Math.min(500, Math.floor(timeout_ms / 10)), memory_mb, max_bytes: output_bytes }
  return parts.sql.query({ sql, params, source, max_rows, ...limits }, call.signal)
}

async function sourceOf({ files, connections }: Parts, call: ToolCall, source: unknown): Promise<GuardedQuery['source']> {
  const { grants, hook_id } = call.tool
  const given = isObject(source) ? source : {}
  const mayRead = (permission: 'files' | 'databases') => {
    if (grants[permission].length === 0) throw new ToolError(`'${hook_id}' may not do this: its permissions.${permission} is empty`)
  }
  switch (given.type) {
    case 'sqlite':
      mayRead('files')
      return { type: 'sqlite', file: await files.locate(grants.files, text(given.file, 'source.file')) }
    case 'duckdb':
      mayRead('files')
      return { type: 'duckdb', files: await tablesOf(given.files, (path) => files.locate(grants.files, path)) }
    case 'rows':
      return { type: 'rows', tables: rowsOfTables(given.tables) }
    case 'connection': {
      mayRead('databases')
      const name = text(given.name, 'source.name')
      if (!grants.databases.includes('*') && !grants.databases.includes(name))
        throw new ToolError(`'${hook_id}' may not read the database connection '${name.slice(0, 100)}': permissions.databases does not name it`)
      return { type: 'postgres', url: await connections(call.workspace_id, name) }
    }
    default:
      throw new ToolError(`source.type: must be 'sqlite', 'duckdb', 'rows' or 'connection'`)
  }
}

/** Each file is a table by its name without the ending. */
async function tablesOf(files: unknown, locate: (path: string) => Promise<string>): Promise<Record<string, string>> {
  if (!Array.isArray(files) || files.length === 0) throw new ToolError('source.files: must be a list of at least one file')
  if (files.length > mostFiles) throw new ToolError(`source.files: there are ${files.length}; the limit is ${mostFiles}`)
  const tables = new Map<string, { asked: string; name: string; path: string }>()
  for (const file of files) {
    const asked = text(file, 'source.files')
    const path = await locate(asked)
    const base = basename(asked.replaceAll('\\', '/'))
    if (kindOf(path) === null)
      throw new ToolError(`source.files: '${base}' must end in .csv, .tsv, .txt, .json, .ndjson, .jsonl or .parquet (also .csv.gz, .json.gz)`)
    const name = base.replace(/\.[^.]+(\.(gz|zst))?$/i, '') || base
    const other = tables.get(name.toLowerCase())
    if (other && other.path !== path)
      throw new ToolError(`source.files: '${other.asked}' and '${asked}' would both be the table '${name}'; query them one at a time`)
    tables.set(name.toLowerCase(), { asked, name, path })
  }
  return Object.fromEntries([...tables.values()].map(({ name, path }) => [name, path]))
}

function rowsOfTables(tables: unknown): Record<string, Record<string, unknown>[]> {
  if (!isObject(tables) || Object.keys(tables).length === 0) throw new ToolError('source.tables: must be an object of at least one table')
  for (const [name, rows] of Object.entries(tables)) {
    if (name.includes('\0') || !name.isWellFormed()) throw new ToolError('source.tables: a name holds a character that a table cannot have')
    if (!Array.isArray(rows)) throw new ToolError(`source.tables.${name}: must be a list of rows`)
    const place = rows.findIndex((row) => !isObject(row))
    if (place >= 0) throw new ToolError(`source.tables.${name}[${place}]: must be a row, an object of values by column`)
  }
  return tables as Record<string, Record<string, unknown>[]>
}

function sqlOf(value: unknown): string {
  const sql = text(value, 'sql')
  if (sql.length > longestSql) throw new ToolError(`sql: has ${sql.length} characters; the limit is ${longestSql}`)
  return sql
}

function paramsOf(params: unknown): GuardedQuery['params'] {
  if (params === undefined || params === null) return []
  if (Array.isArray(params)) {
    if (params.length > mostParams) throw new ToolError(`params: there are ${params.length}; the limit is ${mostParams}`)
    return params.map((value, place) => scalar(value, `params[${place}]`))
  }
  if (!isObject(params)) throw new ToolError('params: must be a list, or an object of values by name')
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, scalar(value, `params.${name}`)]))
}

function scalar(value: unknown, at: string): unknown {
  if (value === null || value === undefined) return null
  if (value instanceof Uint8Array || typeof value === 'boolean') return value
  if (typeof value === 'string' && value.isWellFormed()) return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value
  if (value instanceof Date) return value.toISOString()
  if (isObject(value) && typeof value.base64 === 'string' && Object.keys(value).length === 1)
    return new Uint8Array(Buffer.from(value.base64, 'base64'))
  throw new ToolError(`${at}: must be text, a number, true, false, null, or bytes as {"base64": "..."}`)
}

function rowsOf(max: unknown): number {
  if (max === undefined || max === null) return mostRows.default
  if (!Number.isSafeInteger(max) || (max as number) < 0) throw new ToolError('max_rows: must be a whole number, 0 or more')
  return Math.min(max as number, mostRows.highest)
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new ToolError(`${name}: must be text`)
  if (value.includes('\0') || !value.isWellFormed()) throw new ToolError(`${name}: holds a character that cannot be used (NUL, or half of a pair)`)
  return value
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
