import { CadreError } from '@cadre/contract/errors'
import type { Connection, CreateConnection } from '@cadre/contract/connections'
import type { Actor } from '../access/actor.ts'
import { seal } from '../access/secrets.ts'
import { audit } from '../audit/audit.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { placeOf } from './connection-place.ts'
import { insertConnection } from './connections.store.ts'
import { boundTo, showConnection } from './show-connection.ts'

/** Stores a connection; its URL is sealed and never shown again. It is not tried: the database may be down. */
export async function addConnection(
  app: { db: Db; config: Pick<Config, 'key' | 'key_file'>; now: () => number },
  actor: Actor,
  { name, url }: CreateConnection,
): Promise<Connection> {
  placeOf(url)
  const { workspace_id } = actor
  const row = { workspace_id, name, url: seal(app.config, url, boundTo(name), workspace_id), created_by: actor.id, created_at: app.now() }
  try {
    await app.db.write(async (trx) => {
      await insertConnection(trx, row)
      await audit(trx, app, actor, { action: 'connections.add', target_type: 'connection', target_id: name })
    })
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    throw new CadreError('CONNECTION_NAME_TAKEN', `name: there is already a connection '${name}'; remove it first`, [
      { path: 'name', message: 'is taken' },
    ])
  }
  return showConnection(app.config, row)
}
