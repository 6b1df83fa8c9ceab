/**
 * The unique index that a write ran into, under the same name on both databases: `<table>_<columns>`, as migrations name them
 * (`agents_slug`). SQLite tells only the columns. Null: some other error.
 */
export function isUniqueViolation(error: unknown): { constraint: string } | null {
  if (!(error instanceof Error)) return null
  const { code, constraint, errcode } = error as Error & { code?: unknown; constraint?: unknown; errcode?: unknown }
  if (code === '23505') return { constraint: String(constraint) }
  if (code !== 'ERR_SQLITE_ERROR' || (errcode !== sqliteUnique && errcode !== sqlitePrimaryKey)) return null
  const columns = (/failed: (.+)$/.exec(error.message)?.[1] ?? '').split(', ')
  const table = columns[0]?.split('.')[0] ?? ''
  return { constraint: [table, ...columns.map((column) => column.slice(column.indexOf('.') + 1))].join('_') }
}

const sqliteUnique = 2067
const sqlitePrimaryKey = 1555
