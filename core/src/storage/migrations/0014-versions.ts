import { type Kysely, sql } from 'kysely'
import type { Kind } from '../database.ts'

// An older server would change agents without keeping what they were: it must not go on beside a newer one.
export const compatible = false

/** What agents were before, which version a run used, and which run another one was made from. */
export async function up(db: Kysely<unknown>, kind: Kind) {
  const text = kind === 'postgres' ? sql`text collate "C"` : sql`text`
  const withoutRowid = kind === 'sqlite' ? sql`without rowid` : sql``
  const { schema } = db

  await schema
    .alterTable('agents')
    .addColumn('version', 'integer', (is) => is.notNull().defaultTo(1))
    .execute()
  await schema.alterTable('agents').addColumn('updated_by', text).execute()
  await schema.alterTable('agents').addColumn('restored_from', 'integer').execute()
  // Former states only: the present one is the agent itself.
  await schema
    .createTable('agent_versions')
    .addColumn('agent_id', text, (is) => is.notNull())
    .addColumn('version', 'integer', (is) => is.notNull())
    .addColumn('definition', text, (is) => is.notNull())
    .addColumn('changed_by', text)
    .addColumn('changed_at', 'bigint', (is) => is.notNull())
    .addColumn('restored_from', 'integer')
    .addPrimaryKeyConstraint('agent_versions_id', ['agent_id', 'version'])
    .modifyEnd(withoutRowid)
    .execute()

  await schema.alterTable('runs').addColumn('agent_version', 'integer').execute()
  for (const column of ['retry_of', 'forked_from']) await schema.alterTable('runs').addColumn(column, text).execute()
}
