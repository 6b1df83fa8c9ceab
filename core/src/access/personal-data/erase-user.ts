import { CadreError, invalid } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import { type Actor, defaultWorkspace } from '../actor.ts'
import { requireUser } from '../users/get-user.ts'
import { updateUserRow } from '../users/users.store.ts'
import { keepAnOwner } from '../workspaces/keep-an-owner.ts'
import { selectMemberships } from '../workspaces/workspaces.store.ts'
import type { PersonalApp, PersonalPart } from './export-user.ts'
import { countUnended, deleteBlobs, eraseRows, selectIds } from './personal-data.store.ts'

/**
 * Takes a person out, for good: what their runs were asked and answered, their sessions, keys and grants, name and address. What stays is
 * an id without a name: on usage figures, on what they made for the workspace, and in the audit log, which never changes.
 */
export async function eraseUser(
  app: PersonalApp & Pick<App, 'access'>,
  actor: Actor,
  user_id: string,
  parts: PersonalPart[] = [],
): Promise<{ id: string; erased: true }> {
  await requireUser(app.db.read, actor, user_id)
  if (actor.kind !== 'system' && (actor.role !== 'owner' || actor.workspace_id !== defaultWorkspace))
    throw new CadreError('FORBIDDEN', 'Only an owner of the first workspace may erase a user.')
  await app.db.write(async (trx) => {
    const ids = await selectIds(trx, user_id)
    const unended = await countUnended(trx, ids)
    if (unended > 0) throw invalid('id', `this user has ${unended} runs that have not ended; cancel them first`)
    for (const { id: workspace, role } of await selectMemberships(trx, user_id)) if (role === 'owner') await keepAnOwner(trx, workspace, user_id)
    for (const part of parts) await part.erase(trx, ids)
    await deleteBlobs(trx, await eraseRows(trx, ids))
    await updateUserRow(trx, user_id, { disabled_at: app.now(), credentials_at: app.now(), updated_at: app.now() })
    await audit(trx, app, actor, { action: 'users.erase', target_type: 'user', target_id: user_id })
  })
  app.access.changed()
  return { id: user_id, erased: true }
}
