import { type Kysely, sql } from 'kysely'
import type { Db, Kind } from './database.ts'
import * as first from './migrations/0001-first.ts'
import * as tools from './migrations/0002-tools.ts'
import * as providers from './migrations/0003-providers.ts'
import * as usage from './migrations/0004-usage.ts'
import * as subRuns from './migrations/0005-sub-runs.ts'
import * as access from './migrations/0006-access.ts'
import * as guards from './migrations/0007-guards.ts'
import * as conversations from './migrations/0008-conversations.ts'
import * as approvals from './migrations/0009-approvals.ts'
import * as workspaces from './migrations/0010-workspaces.ts'
import * as turns from './migrations/0011-turns.ts'
import * as lifecycle from './migrations/0012-lifecycle.ts'
import * as personaMetrics from './migrations/0013-persona-metrics.ts'
import * as versions from './migrations/0014-versions.ts'
import * as settings from './migrations/0015-settings.ts'
import * as estimatedUsage from './migrations/0016-estimated-usage.ts'

export type Migration = {
  /** Whether servers that do not know this migration can go on working beside it. */
  compatible: boolean
  up: (db: Kysely<unknown>, kind: Kind) => Promise<void>
}

/** In order, for good: a released migration is never changed, renamed or taken out. */
const known: Record<string, Migration> = {
  '0001-first': first,
  '0002-tools': tools,
  '0003-providers': providers,
  '0004-usage': usage,
  '0005-sub-runs': subRuns,
  '0006-access': access,
  '0007-guards': guards,
  '0008-conversations': conversations,
  '0009-approvals': approvals,
  '0010-workspaces': workspaces,
  '0011-turns': turns,
  '0012-lifecycle': lifecycle,
  '0013-persona-metrics': personaMetrics,
  '0014-versions': versions,
  '0015-settings': settings,
  '0016-estimated-usage': estimatedUsage,
}

type Applied = { name: string; compatible: number; applied_at: number }

/** Brings the schema up to date in one transaction. Several processes may do so at once: one does, the others wait and find it done. */
export async function migrate(db: Db, migrations = known): Promise<void> {
  await db.write(async (trx) => {
    const schema = trx as unknown as Kysely<{ migrations: Applied }>
    if (db.kind === 'postgres') await sql`select pg_advisory_xact_lock(7723001)`.execute(schema)
    await sql`create table if not exists migrations (name text primary key, compatible integer not null, applied_at bigint not null)`.execute(schema)
    const applied = await schema.selectFrom('migrations').selectAll().orderBy('name').execute()
    const stranger = applied.find((row) => !Object.hasOwn(migrations, row.name) && !row.compatible)
    if (stranger) {
      throw new Error(`this database was upgraded by a newer version of Cadre (its schema has '${stranger.name}'); start that version or a later one`)
    }
    for (const [name, { compatible, up }] of Object.entries(migrations)) {
      if (applied.some((row) => row.name === name)) continue
      await up(schema as unknown as Kysely<unknown>, db.kind)
      await schema
        .insertInto('migrations')
        .values({ name, compatible: compatible ? 1 : 0, applied_at: Date.now() })
        .execute()
    }
  })
}
