/**
 * Every column that holds sealed text. `seal` takes rows of these tables only, so that none is sealed which rotation does not know.
 * `id` names the row in what the text is bound to; `workspace` is the column with its workspace, and rows without one are the first workspace's; `inside`: the column is JSON text and the sealed text is this field of it.
 */
export const sealedColumns = {
  providers: { column: 'api_key', id: 'id', workspace: 'workspace_id' },
  connections: { column: 'url', id: 'name', workspace: 'workspace_id' },
  plugins: { column: 'manifest', id: 'id', workspace: 'workspace_id', inside: 'sealed' },
  signing_keys: { column: 'private_key', id: 'id' },
  key_check: { column: 'sealed', id: 'id' },
} as const satisfies Record<string, SealedColumn>

export type SealedColumn = { column: string; id: string; workspace?: string; inside?: string }
export type SealedTable = keyof typeof sealedColumns
/** `table:row id`; and the key of an encrypted database, which cannot lie in it (database-key.ts). */
export type SealedRow = `${SealedTable}:${string}` | 'file:database key'

/** The sealed text in what a column holds; null where there is none. */
export function sealedIn({ inside }: SealedColumn, value: string | null): string | null {
  if (value === null || inside === undefined) return value
  return (JSON.parse(value) as Record<string, string | null>)[inside] ?? null
}

/** What the column holds with another sealed text in it. */
export function withSealed({ inside }: SealedColumn, value: string, sealed: string): string {
  return inside === undefined ? sealed : JSON.stringify({ ...JSON.parse(value), [inside]: sealed })
}
