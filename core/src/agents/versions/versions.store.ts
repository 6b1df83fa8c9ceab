import { type Agent, AgentDefinition, definitionOf } from '@cadre/contract/agents'
import type { Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import { fromJson, toJson } from '../../storage/json.ts'
import type { Tables } from '../../storage/tables.ts'

export type StoredVersion = Omit<Selectable<Tables['agent_versions']>, 'agent_id' | 'definition'> & { definition: AgentDefinition }

/** Changes of one agent come one after the other: each keeps what the one before it made. */
export async function lockAgent(trx: Trx, id: string) {
  await trx
    .updateTable('agents')
    .set((is) => ({ version: is.ref('version') }))
    .where('id', '=', id)
    .execute()
}

/** Keeps an agent as it is now, in the transaction that changes it. */
export async function keepVersion(trx: Trx, agent: Agent, restoredFrom: number | null) {
  const { id, version, created_by, updated_by, updated_at } = agent
  const kept = { changed_by: updated_by ?? created_by, changed_at: Date.parse(updated_at), restored_from: restoredFrom }
  await trx
    .insertInto('agent_versions')
    .values({ agent_id: id, version, definition: toJson(definitionOf(agent)), ...kept })
    .execute()
}

/** Which version the present one brought back. */
export async function restoredFromOf(db: Db['read'], agentId: string): Promise<number | null> {
  return (await db.selectFrom('agents').select('restored_from').where('id', '=', agentId).executeTakeFirst())?.restored_from ?? null
}

/** Those before the present one, newest first. */
export async function selectVersions(db: Db['read'], agentId: string, before: number, limit: number): Promise<StoredVersion[]> {
  const rows = await db
    .selectFrom('agent_versions')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('version', '<', before)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute()
  return rows.map(toVersion)
}

function toVersion({ version, definition, changed_by, changed_at, restored_from }: Selectable<Tables['agent_versions']>): StoredVersion {
  // A version of an older Cadre lacks the fields that came since.
  return { version, definition: AgentDefinition.parse(fromJson(definition)), changed_by, changed_at, restored_from }
}
