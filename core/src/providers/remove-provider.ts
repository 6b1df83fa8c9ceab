import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { deleteProvider } from './providers.store.ts'

/** Removes a stored provider. Those of the environment and of cadre.yaml are removed there. */
export async function removeProvider(app: { db: Db }, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  requireOwner(actor)
  if (!(await app.db.write((trx) => deleteProvider(trx, id)))) throw new CadreError('PROVIDER_NOT_FOUND', `there is no stored provider '${id}'`)
  return { id, deleted: true }
}
