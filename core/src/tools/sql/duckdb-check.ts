import type { DuckDBConnection } from '@duckdb/node-api'
import { SqlRefusal } from './sql-refusal.ts'

/** What makes rows from nothing but its arguments. All others read files, settings or catalogs that name them, or run text as SQL. */
const tableFunctions = /^(range|generate_series|unnest|json_each|json_tree|repeat|repeat_row|generate_subscripts)$/
const functions =
  /^(getenv|current_setting|read_.*|.*_scan|glob|query|query_table|sniff_csv|json_execute_.*|json_serialize_.*|json_deserialize_.*|nextval|currval|write_.*|which_secret|load_.*|pg_(?!typeof$).*|duckdb_.*|add_parquet_key|from_substrait.*|get_substrait.*|finalize|set_config|enable_.*|disable_.*|checkpoint|force_checkpoint|create_sort_key_file|getvariable)$/
/** Catalogs that tell how the views were made, and so where the files lie. */
const catalogs = /^(duckdb_.*|sqlite_.*|pg_.*|pragma_.*|views)$/

/**
 * Refuses all but one SELECT (also WITH, VALUES, FROM, DESCRIBE, SUMMARIZE) of harmless functions. DuckDB's own parser gives the tree: only
 * statements that are a SELECT have one. Behind it stand the settings that keep DuckDB to the files of the call.
 */
export async function checkDuckdb(connection: DuckDBConnection, sql: string): Promise<void> {
  const { count } = await connection.extractStatements(sql)
  if (count === 0) throw new SqlRefusal('sql: holds no statement')
  if (count > 1 && /^\s*(--[^\n]*\n\s*)*\(?\s*pivot/i.test(sql))
    throw new SqlRefusal('sql: write PIVOT inside of a SELECT, with its values: select * from (pivot t on a in (1, 2) using sum(b))')
  if (count > 1) throw new SqlRefusal('sql: one statement at a time; there is more behind the first')
  const [[text] = []] = (await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql])).getRows()
  const tree = JSON.parse(String(text)) as { error: boolean; error_message?: string; error_type?: string; statements?: unknown[] }
  if (tree.error || tree.statements?.length !== 1) {
    if (tree.error_type === 'parser' || tree.error_type === 'syntax error') throw new SqlRefusal(`DuckDB: ${tree.error_message}`)
    throw new SqlRefusal('sql: only a SELECT is allowed (also WITH, VALUES, FROM, DESCRIBE, SUMMARIZE)')
  }
  visit(tree.statements[0])
}

/** The tree is as deep as the text is nested, which the parser bounds; a list in place of recursion holds whatever comes. */
function visit(root: unknown) {
  const open: unknown[] = [root]
  while (open.length > 0) {
    const node = open.pop()
    if (typeof node !== 'object' || node === null) continue
    const { type, function_name, table_name, function: called, value } = node as Record<string, unknown>
    if (type === 'TABLE_FUNCTION') {
      const name = (called as { function_name?: unknown } | undefined)?.function_name
      if (typeof name !== 'string' || !tableFunctions.test(name.toLowerCase()))
        throw new SqlRefusal(`sql: ${String(name)}() cannot be used; the files are tables already, by their names`)
    } else if (typeof function_name === 'string' && functions.test(function_name.toLowerCase()))
      throw new SqlRefusal(`sql: the function ${function_name}() cannot be used`)
    if (type === 'BASE_TABLE' && typeof table_name === 'string' && catalogs.test(table_name.toLowerCase()))
      throw new SqlRefusal(`sql: '${table_name}' cannot be read; DESCRIBE, SHOW TABLES and information_schema.columns tell of the tables`)
    // A constant is data, however it looks.
    open.push(...Object.values(value !== undefined && type === 'VALUE_CONSTANT' ? {} : node))
  }
}
