import { type Agent, definitionOf, type UpdateAgent } from '@cadre/contract/agents'
import { changedFields } from '@cadre/contract/changed-fields'
import type { Actor } from '../access/actor.ts'
import { requireOnAgent } from '../access/grants/require-on-agent.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, updateAgentRow } from './agents.store.ts'
import { checkPrompt, checkReferences, type References, refuseRival, takenBy } from './check-agent.ts'
import { columnsOf } from './create-agent.ts'
import { missing, requireAgent } from './get-agent.ts'
import { slugOf } from './slug.ts'
import { keepVersion, lockAgent, restoredFromOf } from './versions/versions.store.ts'

export type UpdateApp = References & AuditApp & { db: Db }

/**
 * Changes what is given and leaves the rest, also inside `config`. A new name moves the slug. What the agent was is kept as a version; where
 * nothing is different, nothing happens.
 * @param restoredFrom the version that the change brings back.
 */
export async function updateAgent(
  app: UpdateApp,
  actor: Actor,
  idOrSlug: string,
  change: UpdateAgent,
  restoredFrom: number | null = null,
): Promise<Agent> {
  const { workspace_id } = actor
  const known = await requireAgent(app, actor, idOrSlug)
  await requireOnAgent(app, actor, 'agents.update', known.id)
  await checkReferences(app, workspace_id, change)
  let wanted = { name: change.name ?? '', slug: '' }
  try {
    return await app.db.write(async (trx) => {
      await lockAgent(trx, known.id)
      const agent = await findAgent(trx, workspace_id, known.id)
      if (!agent) throw missing(idOrSlug)
      const context = { ...agent.config.context, ...change.config?.context }
      const approvals = { ...agent.config.approvals, ...change.config?.approvals }
      const next = { ...agent, ...change, config: { ...agent.config, ...change.config, context, approvals } }
      checkPrompt(next)
      if (changedFields(definitionOf(agent), definitionOf(next)).length === 0) return agent
      wanted = { name: next.name, slug: slugOf(next.name) }
      await refuseRival(trx, workspace_id, wanted.name, wanted.slug, agent.id)
      const { name, description, provider, model, system_prompt, role, backstory, goal, prompt_template } = next
      const version = { version: agent.version + 1, updated_by: actor.id, restored_from: restoredFrom }
      const said = { name, description, system_prompt, role, backstory, goal, prompt_template }
      const row = { ...said, provider, model, ...columnsOf(next), slug: wanted.slug, updated_at: app.now(), ...version }
      await keepVersion(trx, agent, await restoredFromOf(trx, agent.id))
      const updated = await updateAgentRow(trx, workspace_id, agent.id, row)
      if (!updated) throw missing(idOrSlug)
      await audit(trx, app, actor, {
        action: 'agents.update',
        target_type: 'agent',
        target_id: agent.id,
        detail: restoredFrom === null ? { fields: Object.keys(change).sort() } : { restored_from: restoredFrom },
      })
      return updated
    })
  } catch (error) {
    throw takenBy(error, wanted.name, wanted.slug)
  }
}
