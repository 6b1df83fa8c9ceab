import { type HookContext, HookError, type SqlQuery } from '@cadre/contract/forgehook'
import { dataSource, isData, rowsSource, type Tables } from './source.ts'

type Asked = Tables & { file?: string; files?: string | string[]; connection?: string; table?: string }
type Source = SqlQuery['source']
type Column = { name: string; type: string | null; nullable: boolean; primary_key: boolean }
type Table = { name: string; type: 'table' | 'view'; columns: Column[]; problem?: string }

const mostColumns = 20_000

/** Rows of table_name, kind, column_name, type, not_null, pk, in the order in which they are to be shown. */
const postgres = `select case n.nspname when 'public' then c.relname::text else n.nspname || '.' || c.relname end as table_name,
  case when c.relkind in ('v', 'm') then 'view' else 'table' end as kind,
  a.attname::text as column_name, pg_catalog.format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null,
  coalesce(a.attnum = any (i.indkey), false) as pk
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
  and pg_catalog.has_table_privilege(c.oid, 'select')
order by n.nspname <> 'public', 1, a.attnum`
const duckdb = `select table_name, 'table' as kind, column_name, data_type as type, false as not_null, false as pk
from information_schema.columns where table_schema = 'main' order by table_name, ordinal_position`
const sqliteTables = `select name as table_name, type as kind from sqlite_schema
where type in ('table', 'view') and name not like 'sqlite!_%' escape '!' order by name`
const sqliteColumns = `select c.name as column_name, c.type, c."notnull" as not_null, c.pk from pragma_table_xinfo(?) c where c.hidden <> 1 order by c.cid`

/** The tables of any source, with their columns. */
export async function describe(input: Asked, context: HookContext): Promise<{ tables: Table[]; truncated: boolean }> {
  const source = sourceOf(input)
  const found = source.type === 'sqlite' || source.type === 'rows' ? await inSqlite(source, context) : await inOne(source, context)
  if (input.table === undefined) return found
  const wanted = input.table.toLowerCase()
  const tables = found.tables.filter(({ name }) => name.toLowerCase() === wanted)
  if (tables.length === 0)
    throw new HookError(`there is no table '${input.table}'; there is ${found.tables.map(({ name }) => name).join(', ') || 'none'}`, 'table')
  return { ...found, tables }
}

function sourceOf(input: Asked): Source {
  const { file, files, connection, rows, tables } = input
  const isRows = rows !== undefined || tables !== undefined
  if ([file !== undefined, files !== undefined, connection !== undefined, isRows].filter(Boolean).length !== 1)
    throw new HookError('give one of file, files, connection, or rows and tables')
  if (file !== undefined) return isData(file) ? { type: 'duckdb', files: [file] } : { type: 'sqlite', file }
  if (files !== undefined) return dataSource(files)
  return connection === undefined ? rowsSource(input) : { type: 'connection', name: connection }
}

async function inOne(source: Source, context: HookContext) {
  const { rows, truncated } = await context.sql({ sql: source.type === 'duckdb' ? duckdb : postgres, source, max_rows: mostColumns })
  const tables = new Map<string, Table>()
  for (const row of rows) {
    const name = String(row.table_name)
    const table = tables.get(name) ?? { name, type: row.kind === 'view' ? 'view' : 'table', columns: [] }
    tables.set(name, table)
    table.columns.push(columnOf(row))
  }
  return { tables: [...tables.values()], truncated }
}

/** One by one: a view over a table that is gone is no reason to tell of none. */
async function inSqlite(source: Source, context: HookContext) {
  const { rows, truncated } = await context.sql({ sql: sqliteTables, source, max_rows: 500 })
  const tables: Table[] = []
  for (const row of rows) {
    const table: Table = { name: String(row.table_name), type: row.kind === 'view' ? 'view' : 'table', columns: [] }
    try {
      table.columns = (await context.sql({ sql: sqliteColumns, params: [table.name], source, max_rows: mostColumns })).rows.map(columnOf)
    } catch (error) {
      table.problem = error instanceof Error ? error.message : String(error)
    }
    tables.push(table)
  }
  return { tables, truncated }
}

const columnOf = ({ column_name, type, not_null, pk }: Record<string, unknown>): Column => ({
  name: String(column_name),
  type: typeof type === 'string' && type !== '' ? type : null,
  nullable: !not_null && !pk,
  primary_key: Boolean(pk),
})
