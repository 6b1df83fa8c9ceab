import type { Agent } from '@cadre/contract/agents'
import type { Actor } from '../../access/actor.ts'
import { type UpdateApp, updateAgent } from '../update-agent.ts'
import { getVersion } from './list-versions.ts'

/** Makes an agent what it was in an earlier version. That is a change like any other: nothing between is lost, and it can be taken back. */
export async function rollBack(app: UpdateApp, actor: Actor, at: { idOrSlug: string; version: number }): Promise<Agent> {
  const { definition, version } = await getVersion(app, actor, at)
  return updateAgent(app, actor, at.idOrSlug, definition, version)
}
