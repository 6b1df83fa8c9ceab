import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would end a run without the message that it was to write: it must not go on beside a newer one.
export const compatible = false

/** What a run was caused by, and the conversation that it goes on from. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  for (const column of ['origin', 'history']) await db.schema.alterTable('runs').addColumn(column, text).execute()
}
