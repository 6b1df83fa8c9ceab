import type { Db } from '../../storage/database.ts'
import type { Actor } from '../actor.ts'
import { isAtLeast } from '../identity.ts'
import { type EndpointName, lacksRole, policies, type Policy } from '../policies.ts'
import { isGranted } from './grants.ts'

/**
 * For calls about one agent whose policy says `or`: that the caller's role is enough, or else a grant on this agent. Throws FORBIDDEN.
 * Their verbs call it as soon as they know the agent.
 */
export async function requireOnAgent(app: { db: Pick<Db, 'read'> }, actor: Actor, endpoint: EndpointName, agentId: string): Promise<void> {
  const policy: Policy = policies[endpoint]
  if (actor.kind === 'system' || isAtLeast(actor.role, policy.least)) return
  if (policy.or && (await isGranted(app, actor, 'agent', agentId, policy.or))) return
  throw lacksRole(actor, policy)
}
