import type { Connection } from '@cadre/contract/connections'
import type { Actor } from '../access/actor.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { selectConnections } from './connections.store.ts'
import { showConnection } from './show-connection.ts'

/** By name. */
export async function listConnections(
  app: { db: Db; config: Pick<Config, 'key' | 'key_file'> },
  actor: Actor,
): Promise<{ items: Connection[]; next_cursor: null }> {
  const rows = await selectConnections(app.db.read, actor.workspace_id)
  return { items: rows.map((row) => showConnection(app.config, row)), next_cursor: null }
}
