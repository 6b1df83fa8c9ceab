import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import type { Providers } from './providers.ts'
import { deleteProvider } from './providers.store.ts'

/** Removes a stored provider. Those of the environment and of cadre.yaml are removed there. */
export async function removeProvider(app: { db: Db; providers: Providers }, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  requireOwner(actor)
  if (!(await app.db.write((trx) => deleteProvider(trx, id)))) throw new CadreError('PROVIDER_NOT_FOUND', `there is no stored provider '${id}'`)
  await app.providers.known() // what it was limited to is no limit any more
  return { id, deleted: true }
}
