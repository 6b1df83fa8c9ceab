import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server ignores the new tables and the new column.
export const compatible = true

/** Options of a provider that are no secrets, short names of models, and what was measured of them. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const { schema } = db

  await schema.alterTable('providers').addColumn('options', text).execute()

  await schema
    .createTable('model_aliases')
    .addColumn('alias', text, (is) => is.notNull())
    .addColumn('provider_type', text)
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('updated_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('model_aliases_alias', ['alias'])
    .execute()

  await schema
    .createTable('model_cards')
    .addColumn('provider_id', text, (is) => is.notNull())
    .addColumn('model', text, (is) => is.notNull())
    .addColumn('card', text, (is) => is.notNull())
    .addColumn('measured_at', 'bigint', (is) => is.notNull())
    .addPrimaryKeyConstraint('model_cards_provider_id_model', ['provider_id', 'model'])
    .execute()
}
