import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { deleteConnection } from './connections.store.ts'

export async function removeConnection(app: AuditApp & { db: Db }, actor: Actor, name: string): Promise<{ name: string; deleted: true }> {
  await app.db.write(async (trx) => {
    if (!(await deleteConnection(trx, actor.workspace_id, name))) throw new CadreError('CONNECTION_NOT_FOUND', `there is no connection '${name}'`)
    await audit(trx, app, actor, { action: 'connections.remove', target_type: 'connection', target_id: name })
  })
  return { name, deleted: true }
}
