import type { User } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { isAtLeast, runsServer } from '../identity.ts'
import { showUser } from './show-user.ts'
import { selectUserIn, type UserIn } from './users.store.ts'

export async function getUser(app: { db: Db }, actor: Actor, id: string): Promise<User> {
  return showUser(await requireUser(app.db.read, actor, id))
}

/** A member of the actor's workspace; null where the id is of nobody, or of somebody elsewhere. */
export async function selectMember(app: { db: Pick<Db, 'read'> }, actor: Actor, id: string): Promise<UserIn | null> {
  const user = await selectUserIn(app.db.read, id, actor.workspace_id)
  return user?.role == null ? null : user
}

/** The actor itself, or a member of the actor's workspace, for those who may see members. Others look missing. */
export async function requireUser(db: Db['read'], actor: Actor, id: string): Promise<UserIn> {
  const user = await selectUserIn(db, id, actor.workspace_id)
  const mayKnow = actor.user_id === id || runsServer(actor) || (user?.role != null && isAtLeast(actor.role, 'admin'))
  if (!user || !mayKnow) throw new CadreError('USER_NOT_FOUND', `there is no user '${id}'`)
  return user
}
