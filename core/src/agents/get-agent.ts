import { type Agent, PublicAgent } from '@cadre/contract/agents'
import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { requireOnAgent } from '../access/grants/require-on-agent.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, findWorkspaceOfPublic } from './agents.store.ts'

/** One agent as the actor may see it. */
export async function getAgent(app: { db: Db }, actor: Actor, idOrSlug: string): Promise<Agent | PublicAgent> {
  const seer = await atPublicAgent(app, actor, idOrSlug)
  return present(seer, await requireAgent(app, seer, idOrSlug))
}

/** A public caller sees neither prompt nor keys nor settings. */
export function present(actor: Actor, agent: Agent): Agent | PublicAgent {
  return actor.kind === 'public' ? PublicAgent.parse(agent) : agent
}

/** The agent, if the actor may know of it; one that is not theirs looks missing. */
export async function requireAgent(app: { db: Db }, actor: Actor, idOrSlug: string): Promise<Agent> {
  const agent = await findAgent(app.db.read, actor.workspace_id, idOrSlug)
  if (!agent || !mayKnow(actor, agent)) throw missing(idOrSlug)
  return agent
}

/** The public knows what is public; a key that is for some agents only knows these. */
export function mayKnow(actor: Actor, { id, is_public }: Pick<Agent, 'id' | 'is_public'>): boolean {
  if (actor.kind === 'public') return is_public
  return actor.agents === null || actor.agents.includes(id)
}

/** A living agent of a workspace, whoever asks. */
export function findAgentIfThere(app: { db: Db }, workspace: string, idOrSlug: string): Promise<Agent | undefined> {
  return findAgent(app.db.read, workspace, idOrSlug)
}

/**
 * The public is at home in the first workspace; by its id it finds what another one has made public. What it does with it happens there.
 * Everybody else stays in the workspace of their login or key.
 */
export async function atPublicAgent(app: { db: Db }, actor: Actor, id: string): Promise<Actor> {
  const workspace_id = actor.kind === 'public' ? await findWorkspaceOfPublic(app.db.read, id) : undefined
  return workspace_id === undefined ? actor : { ...actor, workspace_id }
}

/** The agent, if the actor may run it (R11). */
export async function requireRunnableAgent(app: { db: Db }, actor: Actor, idOrSlug: string): Promise<Agent> {
  const agent = await requireAgent(app, actor, idOrSlug)
  if (actor.kind !== 'public') await requireOnAgent(app, actor, 'runs.start', agent.id)
  if (actor.kind === 'public' && agent.api_key_required) {
    throw new CadreError('UNAUTHORIZED', `agent '${agent.slug}' needs an API key: send it as X-API-Key`)
  }
  if (actor.kind === 'key') refuseKeys(agent, [actor.id])
  return agent
}

/** An agent that names API keys is run with these only, whoever's they are, and by people who log in. */
export function refuseKeys({ slug, allowed_api_keys }: Pick<Agent, 'slug' | 'allowed_api_keys'>, keys: readonly string[]) {
  if (allowed_api_keys.length === 0 || keys.every((key) => allowed_api_keys.includes(key))) return
  throw new CadreError('FORBIDDEN', `agent '${slug}' may be run with the API keys that it names only (allowed_api_keys), and yours is not among them`)
}

export function missing(idOrSlug: string) {
  return new CadreError('AGENT_NOT_FOUND', `there is no agent '${idOrSlug}'`)
}
