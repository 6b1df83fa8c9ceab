import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would let messages pass that a hook has to see: it must not go on beside a newer one.
export const compatible = false

/** The lifecycle hooks that workspaces switched on, and how often each was called there. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .createTable('lifecycle_switches')
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('plugin_id', text, (is) => is.notNull())
    .addColumn('points', text, (is) => is.notNull())
    .addColumn('agents', text)
    .addColumn('options', text, (is) => is.notNull())
    .addColumn('switched_by', text, (is) => is.notNull())
    .addColumn('switched_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('lifecycle_switches_id', ['workspace_id', 'plugin_id'])
    .modifyEnd(withoutRowid)
    .execute()

  let counts = schema
    .createTable('lifecycle_counts')
    .addColumn('workspace_id', text, (is) => is.notNull())
    .addColumn('plugin_id', text, (is) => is.notNull())
    .addColumn('point', text, (is) => is.notNull())
  for (const column of ['calls', 'changed', 'refused', 'failed'] as const) counts = counts.addColumn(column, 'bigint', (is) => is.notNull())
  await counts
    .addColumn('last_error', text)
    .addColumn('last_failed_at', 'bigint')
    .addPrimaryKeyConstraint('lifecycle_counts_id', ['workspace_id', 'plugin_id', 'point'])
    .modifyEnd(withoutRowid)
    .execute()
}
