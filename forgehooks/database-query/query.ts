import type { HookContext, SqlQuery } from '@cadre/contract/forgehook'
import { dataSource, rowsSource, sqliteSource, type Tables } from './source.ts'

type Asked = { sql: string; params?: SqlQuery['params']; max_rows?: number }

const fewRows = 1_000

async function answer({ sql, params, max_rows = fewRows }: Asked, source: SqlQuery['source'], context: HookContext) {
  const { columns, rows, truncated } = await context.sql({ sql, ...(params === undefined ? {} : { params }), source, max_rows })
  return { columns, rows, row_count: rows.length, truncated }
}

export const queryFile = (input: Asked & { file: string }, context: HookContext) => answer(input, sqliteSource(input.file), context)

export const queryData = (input: Asked & { files: string | string[] }, context: HookContext) => answer(input, dataSource(input.files), context)

export const queryRows = (input: Asked & Tables, context: HookContext) => answer(input, rowsSource(input), context)

export const query = (input: Asked & { connection: string }, context: HookContext) =>
  answer(input, { type: 'connection', name: input.connection }, context)
