import type { DuckDBConnection } from '@duckdb/node-api'

export type Column = { name: string; type: string }

export const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const name = (value: string) => `"${value.replaceAll('"', '""')}"`

/** As a struct of types by name, for `columns = ...`. */
export const columnsOf = (columns: Column[]) => `{${columns.map((each) => `${text(each.name)}: ${text(each.type)}`).join(', ')}}`

export async function all(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[]
}

const integer = String.raw`-?(0|[1-9]\d*)`
const patterns: Record<string, string> = {
  whole: integer,
  decimal: String.raw`-?(0|[1-9]\d*)?(\.\d+)?|${integer}\.`,
  float: String.raw`-?(0|[1-9]\d*)?(\.\d*)?([eE][-+]?\d+)?|(?i)nan|-?inf(inity)?`,
  DATE: String.raw`\d{4}-\d{2}-\d{2}`,
  TIMESTAMP: String.raw`\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?`,
  BOOLEAN: '(?i)true|false',
}

/** Reads the text of every column once. Where nothing has to be kept, the types are those that DuckDB found. */
export async function keptTypes(connection: DuckDBConnection, raw: string, columns: Column[]): Promise<Column[]> {
  const facts = columns.flatMap(({ name: column, type }, place) => {
    const own = name(column)
    const misfits = (key: string) =>
      `count(*) filter (where ${own} is not null and not regexp_full_match(trim(${own}), ${text(patterns[key] ?? '')}))::double`
    const overflows = `count(*) filter (where regexp_matches(${own}, '\\d') and (isinf(try_cast(${own} as double)) or regexp_full_match(trim(${own}), '-?\\d{16,}')))::double`
    const longest = (part: string) => `coalesce(max(length(regexp_extract(${own}, ${text(part)}, 1))), 0)::double`
    if (/INT|DOUBLE|DECIMAL|FLOAT/.test(type))
      return [
        `${misfits('whole')} as whole_${place}, ${misfits('decimal')} as decimal_${place}, ${misfits('float')} + ${overflows} as float_${place}`,
        `${longest(String.raw`^\s*-?(\d*)`)} as before_${place}, ${longest(String.raw`\.(\d*)`)} as behind_${place}`,
      ]
    return patterns[type] === undefined ? [] : [`${misfits(type)} as other_${place}`]
  })
  const [found = {}] = await all(connection, `select count(*), ${facts.join(', ')} from ${raw}`)
  const none = (fact: string, place: number) => found[`${fact}_${place}`] === 0
  const digits = (fact: string, place: number) => Number(found[`${fact}_${place}`])
  return columns.map(({ name: column, type }, place) => {
    const [before, behind] = [digits('before', place), digits('behind', place)]
    if (none('whole', place)) return { name: column, type: before < 19 ? 'BIGINT' : before < 39 ? 'DECIMAL(38,0)' : 'VARCHAR' }
    if (none('decimal', place) && before + behind < 39) return { name: column, type: `DECIMAL(${Math.max(18, before + behind)},${behind})` }
    // Up to 17 digits are how programs write a double: it is read as the same one.
    if (none('float', place) && before + behind < 18) return { name: column, type: 'DOUBLE' }
    return { name: column, type: none('other', place) ? type : 'VARCHAR' }
  })
}
