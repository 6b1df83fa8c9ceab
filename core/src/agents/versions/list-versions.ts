import { type Agent, type AgentVersion, definitionOf, type WholeAgentVersion } from '@cadre/contract/agents'
import { changedFields } from '@cadre/contract/changed-fields'
import { CadreError } from '@cadre/contract/errors'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../storage/database.ts'
import { requireAgent } from '../get-agent.ts'
import { restoredFromOf, selectVersions, type StoredVersion } from './versions.store.ts'

/** What an agent is and was, newest first, and in which fields each version differs from the one before it. */
export async function listVersions(
  app: { db: Db },
  actor: Actor,
  { idOrSlug, limit, cursor }: { idOrSlug: string; limit: number; cursor?: string | undefined },
): Promise<Page<AgentVersion>> {
  const agent = await requireAgent(app, actor, idOrSlug)
  // One more shows what the oldest of the page changed, and whether there is another page.
  const found = await versionsUpTo(app, agent, cursor === undefined ? agent.version : readPlace(cursor) - 1, limit + 1)
  const items = found.slice(0, limit).map((each, i) => shown(agent, each, found[i + 1]))
  return { items, next_cursor: found.length > limit ? Buffer.from(`version ${items.at(-1)?.version}`).toString('base64url') : null }
}

/** @throws AGENT_VERSION_NOT_FOUND */
export async function getVersion(
  app: { db: Db },
  actor: Actor,
  { idOrSlug, version }: { idOrSlug: string; version: number },
): Promise<WholeAgentVersion> {
  const agent = await requireAgent(app, actor, idOrSlug)
  const [found, before] = await versionsUpTo(app, agent, version, 2)
  if (found?.version !== version) throw new CadreError('AGENT_VERSION_NOT_FOUND', `agent '${agent.slug}' has no version ${version}`)
  return { ...shown(agent, found, before), definition: found.definition }
}

async function versionsUpTo({ db }: { db: Db }, agent: Agent, newest: number, limit: number): Promise<StoredVersion[]> {
  if (newest > agent.version) return []
  if (newest < agent.version) return selectVersions(db.read, agent.id, newest + 1, limit)
  const { version, updated_at, updated_by, created_by } = agent
  const present: StoredVersion = {
    version,
    definition: definitionOf(agent),
    changed_by: updated_by ?? created_by,
    changed_at: Date.parse(updated_at),
    restored_from: await restoredFromOf(db.read, agent.id),
  }
  return [present, ...(await selectVersions(db.read, agent.id, version, limit - 1))]
}

function shown(
  agent: Agent,
  { version, changed_by, changed_at, restored_from, definition }: StoredVersion,
  before: StoredVersion | undefined,
): AgentVersion {
  return {
    version,
    changed_by,
    changed_at: new Date(changed_at).toISOString(),
    restored_from,
    is_current: version === agent.version,
    changed: before ? changedFields(before.definition, definition) : [],
  }
}

function readPlace(cursor: string): number {
  const [, version] = /^version (\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (version === undefined)
    throw new CadreError('BAD_REQUEST', 'cursor: is not one that a list gave', [{ path: 'cursor', message: 'is not one that a list gave' }])
  return Number(version)
}
