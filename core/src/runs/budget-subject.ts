import { CadreError } from '@cadre/contract/errors'
import type { CreateBudget } from '@cadre/contract/usage'
import type { Actor } from '../access/actor.ts'
import { requireKey } from '../access/keys/keys.ts'
import { selectMember } from '../access/users/get-user.ts'
import { requireAgent } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import { requireRun } from './get-run.ts'

/** Those whose runs belong to no stored user: the owner of a server without users, and callers without a login. */
const unstored = ['local', 'public']

/** The id of what a budget is for; it has to be of the actor's workspace. Throws the NOT_FOUND of its kind. */
export async function budgetSubject(
  app: Pick<App, 'db'>,
  actor: Actor,
  scope: Exclude<CreateBudget['scope'], 'global'>,
  id: string,
): Promise<string> {
  if (scope === 'agent') return (await requireAgent(app, actor, id)).id
  if (scope === 'run') return (await requireRun(app, actor, id)).id
  if (scope === 'key') return (await requireKey(app, actor, id)).id
  if (unstored.includes(id) || (await selectMember(app, actor, id))) return id
  throw new CadreError('USER_NOT_FOUND', `there is no user '${id}'`)
}
