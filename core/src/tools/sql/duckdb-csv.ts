import { closeSync, openSync, readSync } from 'node:fs'
import type { DuckDBConnection } from '@duckdb/node-api'
import { all, type Column, columnsOf, keptTypes, text } from './duckdb-types.ts'

/** A CSV file as a table expression: RFC 4180 with any delimiter, UTF-8 or UTF-16. */
export async function csvView(connection: DuckDBConnection, path: string): Promise<string> {
  const head = headOf(path)
  const more = head.encoding === null ? '' : `, encoding = ${text(head.encoding)}`
  // Only " quotes, and no line is a comment: what looks like another dialect is data.
  const fixed = `quote = '"', comment = ''${more}`
  const found = await sniff(connection, path, fixed).catch((error: unknown) => error)
  const delimiter = /\.(csv|tsv|tab|psv)(\.\w+)?$/i.test(path) ? delimiterOf(head.text) : null
  // Rows of several lengths have no delimiter for DuckDB. The one of the first line is taken; what a row lacks at its end is NULL.
  const isRagged = delimiter !== null && (found instanceof Error || (found as Sniffed).columns.length === 1)
  if (found instanceof Error && !isRagged) throw found
  const padded = isRagged ? `, delim = ${text(delimiter)}, null_padding = true, parallel = false, skip = 0, header = true` : ''
  const { columns, dialect } = isRagged ? await sniff(connection, path, `${fixed}${padded}`) : (found as Sniffed)
  const options = isRagged ? `escape = '"', ${fixed}${padded}` : `${dialect}, ${fixed}`
  const raw = `read_csv(${text(path)}, ${options}, all_varchar = true)`
  const names = (await all(connection, `describe select * from ${raw}`)).map((row) => String(row.column_name))
  const types = await keptTypes(
    connection,
    raw,
    names.map((name, place) => ({ name, type: columns[place]?.type ?? 'VARCHAR' })),
  )
  return `read_csv(${text(path)}, ${options}, auto_detect = false, columns = ${columnsOf(types)})`
}

type Sniffed = { columns: Column[]; dialect: string }

async function sniff(connection: DuckDBConnection, path: string, options: string): Promise<Sniffed> {
  const [found] = await all(connection, `from sniff_csv(${text(path)}, sample_size = -1, ${options})`)
  const columns = (found?.Columns ?? []) as Column[]
  const given = (key: string, otherwise: string) =>
    found?.[key] === '(empty)' || found?.[key] === '\0' ? otherwise : String(found?.[key] ?? otherwise)
  // Where all is text, nothing tells a header from a row; it is one, as in nearly every file.
  const header = found?.HasHeader === true || columns.every(({ type }) => type === 'VARCHAR')
  const [delim, escape] = [given('Delimiter', ','), given('Escape', '"')]
  return { columns, dialect: `delim = ${text(delim)}, escape = ${text(escape)}, skip = ${Number(found?.SkipRows ?? 0)}, header = ${header}` }
}

const headBytes = 65_536

/** UTF-16 by its mark; all else must be UTF-8. */
function headOf(path: string): { text: string; encoding: string | null } {
  const bytes = Buffer.alloc(headBytes)
  const handle = openSync(path, 'r')
  let length: number
  try {
    length = readSync(handle, bytes, 0, headBytes, 0)
  } finally {
    closeSync(handle)
  }
  const head = bytes.subarray(0, length)
  const isLittle = head[0] === 0xff && head[1] === 0xfe
  const isBig = head[0] === 0xfe && head[1] === 0xff
  // Of a compressed file nothing is to be seen.
  if (head[0] === 0x1f && head[1] === 0x8b) return { text: '', encoding: null }
  const text = isBig ? '' : head.toString(isLittle ? 'utf16le' : 'utf8')
  return { text: text.replace(/^\ufeff/, ''), encoding: isLittle || isBig ? 'utf-16' : null }
}

/** The most frequent of the usual ones in the first line, outside of quotes. */
function delimiterOf(head: string): string | null {
  const line = /^\s*([^\r\n]+)/.exec(head.replace(/"([^"]|"")*"/g, 'x'))?.[1] ?? ''
  const counts = [',', ';', '\t', '|'].map((sign) => ({ sign, count: line.split(sign).length - 1 }))
  const [best] = counts.toSorted((a, b) => b.count - a.count)
  return best && best.count > 0 ? best.sign : null
}
