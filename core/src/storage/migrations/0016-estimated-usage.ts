import type { Kysely } from 'kysely'

// What an older server counts meanwhile is what its providers said: never estimated.
export const compatible = true

/** Calls whose tokens were counted here, since their provider did not say them: of a call whether (0 or 1), of a day how many. */
export async function up(db: Kysely<unknown>) {
  for (const table of ['usage_calls', 'usage_days'])
    await db.schema
      .alterTable(table)
      .addColumn('estimated', table === 'usage_days' ? 'bigint' : 'integer', (is) => is.notNull().defaultTo(0))
      .execute()
}
