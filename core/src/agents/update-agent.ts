import type { Agent, UpdateAgent } from '@cadre/contract/agents'
import type { Actor } from '../access/actor.ts'
import { requireOnAgent } from '../access/grants/require-on-agent.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, updateAgentRow } from './agents.store.ts'
import { checkReferences, type References, refuseRival, takenBy } from './check-agent.ts'
import { columnsOf } from './create-agent.ts'
import { missing, requireAgent } from './get-agent.ts'
import { slugOf } from './slug.ts'

type UpdateApp = References & AuditApp & { db: Db }

/** Changes what is given and leaves the rest, also inside `config`. A new name moves the slug. */
export async function updateAgent(app: UpdateApp, actor: Actor, idOrSlug: string, change: UpdateAgent): Promise<Agent> {
  const { workspace_id } = actor
  const known = await requireAgent(app, actor, idOrSlug)
  await requireOnAgent(app, actor, 'agents.update', known.id)
  await checkReferences(app, workspace_id, change)
  let wanted = { name: change.name ?? '', slug: '' }
  try {
    return await app.db.write(async (trx) => {
      const agent = await findAgent(trx, workspace_id, known.id)
      if (!agent) throw missing(idOrSlug)
      const context = { ...agent.config.context, ...change.config?.context }
      const approvals = { ...agent.config.approvals, ...change.config?.approvals }
      const next = { ...agent, ...change, config: { ...agent.config, ...change.config, context, approvals } }
      wanted = { name: next.name, slug: slugOf(next.name) }
      await refuseRival(trx, workspace_id, wanted.name, wanted.slug, agent.id)
      const { name, description, provider, model, system_prompt } = next
      const row = { name, description, provider, model, system_prompt, ...columnsOf(next), slug: wanted.slug, updated_at: app.now() }
      const updated = await updateAgentRow(trx, workspace_id, agent.id, row)
      if (!updated) throw missing(idOrSlug)
      await audit(trx, app, actor, {
        action: 'agents.update',
        target_type: 'agent',
        target_id: agent.id,
        detail: { fields: Object.keys(change).sort() },
      })
      return updated
    })
  } catch (error) {
    throw takenBy(error, wanted.name, wanted.slug)
  }
}
