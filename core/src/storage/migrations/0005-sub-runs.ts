import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores the new columns.
export const compatible = true

/** A run that an agent of another run caused: whose it is, and how far from the first. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  await db.schema.alterTable('runs').addColumn('parent_run_id', text).execute()
  await db.schema
    .alterTable('runs')
    .addColumn('depth', 'integer', (is) => is.notNull().defaultTo(0))
    .execute()
  await sql`create index runs_parent on runs (parent_run_id) where parent_run_id is not null`.execute(db)
}
