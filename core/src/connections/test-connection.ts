import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import type { SqlGuard } from '../tools/sql/sql-guard.ts'
import { ToolError } from '../tools/tool-error.ts'
import { connectionUrl } from './connection-url.ts'
import { selectConnection } from './connections.store.ts'

export type ConnectionTest = { ok: boolean; version: string | null; can_write: boolean | null; latency_ms: number | null; error: string | null }

const limits = { max_rows: 1, max_bytes: 10_000, timeout_ms: 15_000, memory_mb: 128 }
const question = `select current_setting('server_version') as version, pg_catalog.pg_is_in_recovery() as replica,
  (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
  or pg_catalog.has_database_privilege(current_database(), 'create')
  or exists (select from pg_catalog.pg_class where relkind in ('r', 'p') and relnamespace not in (select oid from pg_catalog.pg_namespace where nspname in ('pg_catalog', 'information_schema'))
    and pg_catalog.has_table_privilege(oid, 'insert, update, delete, truncate')) as can_write`

/** Connects as a query would, and says in plain words why it cannot. */
export async function testConnection(
  app: { db: Db; config: Pick<Config, 'key' | 'key_file'>; sql: SqlGuard },
  actor: Actor,
  name: string,
): Promise<ConnectionTest> {
  if (!(await selectConnection(app.db.read, actor.workspace_id, name)))
    throw new CadreError('CONNECTION_NOT_FOUND', `there is no connection '${name}'`)
  try {
    const url = await connectionUrl(app, actor.workspace_id, name)
    const began = performance.now()
    const { rows } = await app.sql.query(
      { sql: question, params: [], source: { type: 'postgres', url }, ...limits },
      AbortSignal.timeout(limits.timeout_ms + 5_000),
    )
    const [found] = rows as { version: string; replica: boolean; can_write: boolean }[]
    return {
      ok: true,
      version: found?.version ?? null,
      can_write: found ? found.can_write && !found.replica : null,
      latency_ms: Math.round(performance.now() - began),
      error: null,
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return { ok: false, version: null, can_write: null, latency_ms: null, error: error.message }
  }
}
