import { AgentConfig } from '@cadre/contract/agent-config'
import type { Agent } from '@cadre/contract/agents'
import { effectivePrompt } from '@cadre/contract/persona'
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { prepared } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

// An agent that an older version stored lacks the settings that came since.
const defaultConfig = AgentConfig.parse({})

type AgentRow = Selectable<Tables['agents']>

const living = (db: Db['read']) => db.selectFrom('agents').selectAll().where('deleted_at', 'is', null).where('workspace_id', '=', '')
const byId = prepared((db) => living(db).where('id', '=', ''))
const bySlug = prepared((db) => living(db).where('slug', '=', ''))

/** A living agent of a workspace by id or slug. The two cannot clash: an id has an underscore. */
export async function findAgent(db: Db['read'], workspace: string, idOrSlug: string): Promise<Agent | undefined> {
  const [row] = await (idOrSlug.includes('_') ? byId : bySlug)(db, workspace, idOrSlug)
  return row && toAgent(row)
}

/** Undefined: no living agent has this id, or it is not public. */
export async function findWorkspaceOfPublic(db: Db['read'], id: string): Promise<string | undefined> {
  const query = db.selectFrom('agents').select('workspace_id').where('id', '=', id)
  return (await query.where('is_public', '=', 1).where('deleted_at', 'is', null).executeTakeFirst())?.workspace_id
}

export async function insertAgent(trx: Trx, row: Insertable<Tables['agents']>): Promise<Agent> {
  return toAgent(await trx.insertInto('agents').values(row).returningAll().executeTakeFirstOrThrow())
}

/** Undefined: it was deleted in between. */
export async function updateAgentRow(trx: Trx, workspace: string, id: string, change: Updateable<Tables['agents']>): Promise<Agent | undefined> {
  const query = trx.updateTable('agents').set(change).where('workspace_id', '=', workspace).where('id', '=', id)
  const row = await query.where('deleted_at', 'is', null).returningAll().executeTakeFirst()
  return row && toAgent(row)
}

/** Newest first; ids sort by the time of creation. */
export async function selectAgents(
  db: Db['read'],
  workspace: string,
  page: { before: string | undefined; limit: number; publicOnly: boolean; only: readonly string[] | null },
): Promise<Agent[]> {
  let query = db
    .selectFrom('agents')
    .selectAll()
    .where('workspace_id', '=', workspace)
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .limit(page.limit)
  if (page.before !== undefined) query = query.where('id', '<', page.before)
  // Postgres takes no empty list.
  if (page.only !== null) query = query.where('id', 'in', [...page.only, ''])
  if (page.publicOnly) query = query.where('is_public', '=', 1)
  return (await query.execute()).map(toAgent)
}

/** A living agent of the workspace whose name or slug is taken by these, but for one. */
export function findRival(trx: Trx, workspace: string, name: string, slug: string, exceptId: string | undefined) {
  let query = trx
    .selectFrom('agents')
    .select(['id', 'name', 'slug'])
    .where('workspace_id', '=', workspace)
    .where('deleted_at', 'is', null)
    .where((is) => is.or([is('name', '=', name), is('slug', '=', slug)]))
  if (exceptId !== undefined) query = query.where('id', '<>', exceptId)
  return query.executeTakeFirst()
}

function toAgent(row: AgentRow): Agent {
  const { workspace_id: _, deleted_at: __, restored_from: ___, ...rest } = row
  return {
    ...rest,
    effective_system_prompt: effectivePrompt(row),
    tools: fromJson(row.tools) as string[],
    config: { ...defaultConfig, ...(fromJson(row.config) as Partial<AgentConfig>) },
    output_schema: row.output_schema === null ? null : (fromJson(row.output_schema) as Agent['output_schema']),
    is_public: row.is_public === 1,
    api_key_required: row.api_key_required === 1,
    allowed_api_keys: fromJson(row.allowed_api_keys) as string[],
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  }
}
