import type { Actor } from '../access/actor.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, updateAgentRow } from './agents.store.ts'
import { mayKnow, missing } from './get-agent.ts'

/** Soft: the row and its runs stay, its name and slug become free. */
export async function deleteAgent(app: AuditApp & { db: Db }, actor: Actor, idOrSlug: string): Promise<{ id: string; deleted: true }> {
  return app.db.write(async (trx) => {
    const agent = await findAgent(trx, actor.workspace_id, idOrSlug)
    if (!agent || !mayKnow(actor, agent) || !(await updateAgentRow(trx, actor.workspace_id, agent.id, { deleted_at: app.now() })))
      throw missing(idOrSlug)
    await audit(trx, app, actor, { action: 'agents.delete', target_type: 'agent', target_id: agent.id, detail: { name: agent.name } })
    return { id: agent.id, deleted: true }
  })
}
