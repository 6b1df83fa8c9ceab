import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores the new tables and the new column.
export const compatible = true

/** What tools keep and are given: values of ForgeHooks, database connections, and changes of a plugin that wait for a person's approval. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const { schema } = db

  await schema.alterTable('plugins').addColumn('pending', text).execute()

  await schema
    .createTable('hook_values')
    .addColumn('plugin_id', text, (is) => is.notNull())
    .addColumn('key', text, (is) => is.notNull())
    .addColumn('value', text, (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('hook_values_plugin_id_key', ['plugin_id', 'key'])
    .execute()

  await schema
    .createTable('connections')
    .addColumn('name', text, (is) => is.notNull())
    .addColumn('url', text, (is) => is.notNull())
    .addColumn('created_by', text, (is) => is.notNull())
    .addColumn('created_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('connections_name', ['name'])
    .execute()
}
