import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import type { Providers } from './providers.ts'
import { deleteProvider } from './providers.store.ts'

/** Removes a stored provider. Those of the environment and of cadre.yaml are removed there. */
export async function removeProvider(
  app: AuditApp & { db: Db; providers: Providers },
  actor: Actor,
  id: string,
): Promise<{ id: string; deleted: true }> {
  await app.db.write(async (trx) => {
    if (!(await deleteProvider(trx, actor.workspace_id, id))) throw new CadreError('PROVIDER_NOT_FOUND', `there is no stored provider '${id}'`)
    await audit(trx, app, actor, { action: 'providers.remove', target_type: 'provider', target_id: id })
  })
  await app.providers.known(actor.workspace_id) // what it was limited to is no limit any more
  return { id, deleted: true }
}
