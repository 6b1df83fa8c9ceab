import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { deleteConnection } from './connections.store.ts'

export async function removeConnection(app: { db: Db }, actor: Actor, name: string): Promise<{ name: string; deleted: true }> {
  requireOwner(actor)
  if (!(await app.db.write((trx) => deleteConnection(trx, name)))) throw new CadreError('CONNECTION_NOT_FOUND', `there is no connection '${name}'`)
  return { name, deleted: true }
}
