import type { Actor } from '../access/actor.ts'
import { grantedIds, isGranted } from '../access/grants/grants.ts'
import { isAtLeast } from '../access/identity.ts'
import { seesAllRuns } from '../access/policies.ts'
import type { Db } from '../storage/database.ts'

type Read = { db: Pick<Db, 'read'> }
/** Whose run it is, and which agent's; what a person is asked in it belongs to the same. */
export type RunOwner = { workspace_id: string; agent_id: string; user_id: string | null }

/** What an actor gets to see of the runs of a workspace, as far as a query can say it. */
export type SeenRuns = {
  workspace_id: string
  /** The only agents that a key is for; null: any. */
  agents: readonly string[] | null
  /** Null: those of everybody. Else this person's, and those of the agents that they may edit. */
  own: { user_id: string; agents: readonly string[] } | null
}

/** One's own, those of agents that one was granted to edit, and for builders and up all of the workspace. A key sees those of its agents only. */
export async function seesRun(app: Read, actor: Actor, run: RunOwner): Promise<boolean> {
  if (actor.kind === 'public' || run.workspace_id !== actor.workspace_id) return false
  if (actor.kind === 'system') return true
  if (actor.agents !== null && !actor.agents.includes(run.agent_id)) return false
  if (isAtLeast(actor.role, seesAllRuns) || (actor.user_id !== null && run.user_id === actor.user_id)) return true
  return isGranted(app, actor, 'agent', run.agent_id, 'edit')
}

/** The same for a list. */
export async function seenRuns(app: Read, actor: Actor): Promise<SeenRuns> {
  const { workspace_id, agents, user_id } = actor
  if (actor.kind === 'system' || isAtLeast(actor.role, seesAllRuns)) return { workspace_id, agents, own: null }
  return { workspace_id, agents, own: { user_id: user_id ?? '', agents: await grantedIds(app, actor, 'agent', 'edit') } }
}
