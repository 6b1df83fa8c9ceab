import pg from 'pg'
import { AnswerRows, type RawAnswer } from './answer.ts'
import { checkPostgres } from './postgres-check.ts'
import { postgresCells, postgresTypes } from './postgres-values.ts'
import type { GuardedQuery } from './sql-guard.ts'
import { checkParams, isNamed, namedValue } from './sql-params.ts'
import { SqlRefusal } from './sql-refusal.ts'
import { type SqlWord, sqlWords } from './sql-words.ts'

type Query = GuardedQuery & { source: { type: 'postgres' } }

const begins = new Set(['select', 'with', 'values', 'table'])
const fetched = 200

/**
 * One SELECT by a cursor, in a transaction that only reads: DECLARE takes no other statement, and the extended protocol takes one at a
 * time. The connection is made for this query and closed behind it, so that no setting outlives it.
 */
export async function runPostgres(query: Query): Promise<RawAnswer> {
  const client = new pg.Client({
    connectionString: query.source.url,
    application_name: 'cadre',
    connectionTimeoutMillis: Math.min(10_000, query.timeout_ms),
    types: postgresTypes,
  })
  client.on('error', () => {
    // What breaks is told by the query that is under way.
  })
  try {
    await client.connect().catch((error: unknown) => {
      throw connecting(error)
    })
    return await read(client, query)
  } catch (error) {
    throw wordsFor(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function read(client: pg.Client, query: Query): Promise<RawAnswer> {
  const words = sqlWords(query.sql, 'postgres')
  const first = words.find(({ text }) => text !== '(')
  if (!first) throw new SqlRefusal('sql: holds no statement')
  if (!begins.has(first.value))
    throw new SqlRefusal(`sql: only a SELECT is allowed (also WITH, VALUES, TABLE), not ${first.text.toUpperCase().slice(0, 30)}`)
  const { sql, values } = withNumbers(query, words)
  for (const setting of [
    'default_transaction_read_only = on',
    `statement_timeout = ${query.timeout_ms}`,
    `idle_in_transaction_session_timeout = ${query.timeout_ms}`,
    `lock_timeout = ${query.timeout_ms}`,
    `TimeZone = 'UTC'`,
    `DateStyle = 'ISO, YMD'`,
    `IntervalStyle = 'iso_8601'`,
    'extra_float_digits = 1',
    // What the check of names takes for granted.
    'standard_conforming_strings = on',
    `bytea_output = 'hex'`,
  ])
    await client.query(`set ${setting}`)
  await client.query('begin transaction read only')
  await checkPostgres(client, words)
  // Named, so that it goes by the extended protocol with or without values. A line of its own, in case the query ends with a comment.
  await client.query({ name: 'cadre', text: `declare cadre_rows no scroll cursor for\n${sql}\n`, values })
  const step = () => client.query<unknown[]>({ text: `fetch ${Math.min(fetched, query.max_rows + 1)} from cadre_rows`, rowMode: 'array' })
  let answer = await step()
  const kinds = await typeNames(client, answer.fields)
  const rows = new AnswerRows(
    answer.fields.map(({ name, dataTypeID }) => ({ name, type: kinds.get(dataTypeID) ?? null })),
    query,
  )
  for (;;) {
    for (const row of answer.rows) if (!rows.add(postgresCells(row, answer.fields))) return rows.answer
    if (answer.rows.length === 0) return rows.answer
    answer = await step()
  }
}

async function typeNames(client: pg.Client, fields: pg.FieldDef[]): Promise<Map<number, string>> {
  const { rows } = await client.query<{ oid: string; name: string }>(
    'select oid, pg_catalog.format_type(oid, null) as name from pg_catalog.pg_type where oid = any($1::oid[])',
    [fields.map(({ dataTypeID }) => dataTypeID)],
  )
  return new Map(rows.map(({ oid, name }) => [Number(oid), name]))
}

/** `:name` and `?` as `$1`; a `?` beside `$1`, or where there are no values, is an operator of Postgres. */
function withNumbers({ sql, params }: Query, words: SqlWord[]): { sql: string; values: unknown[] } {
  const placeholders = words.filter(({ kind }) => kind === 'param')
  const isOperator = placeholders.some(({ text }) => /^\$\d/.test(text)) || !Array.isArray(params) || params.length === 0
  const used = placeholders.filter(({ text }) => text !== '?' || !isOperator)
  if (Array.isArray(params) && used.length > 0 && used.every(({ text }) => /^\$\d/.test(text))) {
    const most = Math.max(...used.map(({ text }) => Number(text.slice(1))))
    if (most !== params.length) throw new SqlRefusal(`params: the query has $1 to $${most}, and ${params.length} values are given`)
    return { sql, values: params.map(sent) }
  }
  checkParams(used, params)
  const values: unknown[] = []
  const numbers = new Map<string, number>()
  let text = ''
  let at = 0
  for (const word of used) {
    let number = isNamed(word.text) ? numbers.get(word.text) : undefined
    if (number === undefined) {
      values.push(sent(Array.isArray(params) ? params[values.length] : namedValue(params, word.text)))
      number = values.length
      numbers.set(word.text, number)
    }
    text += `${sql.slice(at, word.at)}$${number}`
    at = word.at + word.text.length
  }
  return { sql: text + sql.slice(at), values }
}

const sent = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value) : typeof value === 'bigint' ? value.toString() : value)

function connecting(error: unknown): SqlRefusal {
  const { code, message } = error as Error & { code?: string }
  if (code === 'ECONNREFUSED') return new SqlRefusal('the database refuses connections: is it running at this address?')
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return new SqlRefusal('the address of the database is not known')
  if (code === 'ENOENT') return new SqlRefusal('there is no database at this address')
  return new SqlRefusal(`the database cannot be reached: ${/timeout/i.test(message) ? 'it does not answer' : message || String(code)}`)
}

function wordsFor(error: unknown): unknown {
  if (error instanceof SqlRefusal || !(error instanceof Error)) return error
  const { code, hint } = error as pg.DatabaseError
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return new SqlRefusal('the connection to the database broke off')
  if (code === '57014') return new SqlRefusal('the query was ended at its time limit (limits.timeout_ms)')
  if (code === '25006') return new SqlRefusal(`sql: only reading is allowed (${error.message})`)
  return new SqlRefusal(`Postgres: ${error.message}${hint ? ` (${hint})` : ''}`)
}
