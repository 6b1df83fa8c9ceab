import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would delete by its configuration what is to be kept by now: it must not go on beside a newer one.
export const compatible = false

/** What is set for the whole server while it runs: a name and its value as JSON. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  await db.schema
    .createTable('settings')
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('value', text, (is) => is.notNull())
    .addColumn('set_by', text, (is) => is.notNull())
    .addColumn('set_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('settings_name', ['name'])
    .modifyEnd(kind === 'sqlite' ? sql`without rowid` : sql``)
    .execute()
}
