import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { findAgent, updateAgentRow } from './agents.store.ts'
import { missing } from './get-agent.ts'

/** Soft: the row and its runs stay, its name and slug become free. */
export async function deleteAgent(app: { db: Db; now: () => number }, actor: Actor, idOrSlug: string): Promise<{ id: string; deleted: true }> {
  requireOwner(actor)
  return app.db.write(async (trx) => {
    const agent = await findAgent(trx, idOrSlug)
    if (!agent || !(await updateAgentRow(trx, agent.id, { deleted_at: app.now() }))) throw missing(idOrSlug)
    return { id: agent.id, deleted: true }
  })
}
