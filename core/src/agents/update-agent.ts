import type { Agent, UpdateAgent } from '@cadre/contract/agents'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, updateAgentRow } from './agents.store.ts'
import { checkReferences, type References, refuseRival, takenBy } from './check-agent.ts'
import { columnsOf } from './create-agent.ts'
import { mayKnow, missing } from './get-agent.ts'
import { slugOf } from './slug.ts'

type UpdateApp = References & { db: Db; now: () => number }

/** Changes what is given and leaves the rest, also inside `config`. A new name moves the slug. */
export async function updateAgent(app: UpdateApp, actor: Actor, idOrSlug: string, change: UpdateAgent): Promise<Agent> {
  await checkReferences(app, change)
  let wanted = { name: change.name ?? '', slug: '' }
  try {
    return await app.db.write(async (trx) => {
      const agent = await findAgent(trx, idOrSlug)
      if (!agent || !mayKnow(actor, agent)) throw missing(idOrSlug)
      const context = { ...agent.config.context, ...change.config?.context }
      const approvals = { ...agent.config.approvals, ...change.config?.approvals }
      const next = { ...agent, ...change, config: { ...agent.config, ...change.config, context, approvals } }
      wanted = { name: next.name, slug: slugOf(next.name) }
      await refuseRival(trx, wanted.name, wanted.slug, agent.id)
      const { name, description, provider, model, system_prompt } = next
      const row = { name, description, provider, model, system_prompt, ...columnsOf(next), slug: wanted.slug, updated_at: app.now() }
      const updated = await updateAgentRow(trx, agent.id, row)
      if (!updated) throw missing(idOrSlug)
      return updated
    })
  } catch (error) {
    throw takenBy(error, wanted.name, wanted.slug)
  }
}
