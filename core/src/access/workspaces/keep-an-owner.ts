import { CadreError } from '@cadre/contract/errors'
import type { Trx } from '../../storage/database.ts'
import { countOtherOwners, lockWorkspace } from './workspaces.store.ts'

/** Refuses to leave a workspace without an owner who can come in, were this one to go. Two owners who go at once do so one after the other. */
export async function keepAnOwner(trx: Trx, workspaceId: string, leaving: string): Promise<void> {
  await lockWorkspace(trx, workspaceId)
  if ((await countOtherOwners(trx, workspaceId, leaving)) === 0)
    throw new CadreError('LAST_OWNER', `this is the last owner of the workspace '${workspaceId}'; make another one first`)
}
