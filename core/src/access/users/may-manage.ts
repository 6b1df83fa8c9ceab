import { CadreError } from '@cadre/contract/errors'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { isAtLeast, runsServer } from '../identity.ts'
import { selectMemberships } from '../workspaces/workspaces.store.ts'

/**
 * Refuses whoever may not change another user as a whole. Who could set an owner's password would be that owner, in every workspace of
 * theirs: so admins change no owners, and the admins of a workspace nobody who is in another one too.
 */
export async function requireMayManage(db: Db['read'], actor: Actor, userId: string): Promise<void> {
  if (actor.kind === 'system') return
  if (!isAtLeast(actor.role, 'admin')) throw new CadreError('FORBIDDEN', 'Only an admin or an owner may change another user.')
  const places = await selectMemberships(db, userId)
  if (actor.role !== 'owner' && places.some(({ role }) => role === 'owner')) throw new CadreError('FORBIDDEN', 'Only an owner may change an owner.')
  if (!runsServer(actor) && places.some(({ id }) => id !== actor.workspace_id))
    throw new CadreError('FORBIDDEN', 'This user is in another workspace too; an admin of the server must do this.')
}

/** Nobody makes others stronger than they are themselves. */
export function requireMayGive(actor: Actor, role: string): void {
  if (role === 'owner' && actor.role !== 'owner' && actor.kind !== 'system') throw new CadreError('FORBIDDEN', 'Only an owner may make owners.')
}
