import { sql } from 'kysely'
import type { Db } from './database.ts'

/** The schema as the database itself tells it, for schema.sqlite.sql and schema.postgres.sql. */
export async function dumpSchema(db: Db): Promise<string> {
  const statements = await (db.kind === 'sqlite' ? sqliteStatements(db) : postgresStatements(db))
  return `-- Made from the migrations by \`npm run schema:dump\`; a test compares it. Read it, change the migrations.\n\n${statements.join('\n\n')}\n`
}

async function sqliteStatements(db: Db) {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'
    order by tbl_name, type = 'index', name`.execute(db.read)
  return rows.map((row) => `${/^create table/i.test(row.sql) ? onLines(row.sql) : row.sql};`)
}

/** Each column and constraint on a line of its own. A comma inside further brackets belongs to one of them. */
function onLines(createTable: string) {
  let depth = 0
  return createTable.replaceAll(/[()]|,\s*/g, (mark) => {
    if (mark === '(') return ++depth === 1 ? '(\n  ' : mark
    if (mark === ')') return depth-- === 1 ? '\n)' : mark
    return depth === 1 ? ',\n  ' : mark
  })
}

async function postgresStatements(db: Db) {
  const { rows: columns } = await sql<{ table: string; line: string }>`
    select c.relname as "table", a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when l.collname is null or l.collname = 'default' then '' else ' collate "' || l.collname || '"' end
      || case when a.attnotnull then ' not null' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
    from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_collation l on l.oid = a.attcollation
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`.execute(db.read)
  const { rows: constraints } = await sql<{ table: string; line: string }>`
    select c.relname as "table", 'constraint ' || o.conname || ' ' || pg_get_constraintdef(o.oid) as line
    from pg_constraint o join pg_class c on c.oid = o.conrelid
    where o.connamespace = current_schema()::regnamespace and o.contype <> 'n' order by c.relname, o.conname`.execute(db.read)
  const { rows: indexes } = await sql<{ table: string; line: string }>`
    select tablename as "table", replace(indexdef, ' ' || schemaname || '.', ' ') as line from pg_indexes
    where schemaname = current_schema() and indexname not in (select conname from pg_constraint) order by tablename, indexname`.execute(db.read)
  const linesOf = (rows: { table: string; line: string }[], table: string) => rows.filter((row) => row.table === table).map((row) => row.line)
  return [...new Set(columns.map((row) => row.table))].flatMap((table) => [
    `create table ${table} (\n  ${[...linesOf(columns, table), ...linesOf(constraints, table)].join(',\n  ')}\n);`,
    ...linesOf(indexes, table).map((line) => `${line};`),
  ])
}
