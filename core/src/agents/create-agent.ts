import type { Agent, CreateAgent } from '@cadre/contract/agents'
import type { Actor } from '../access/actor.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { insertAgent } from './agents.store.ts'
import { checkPrompt, checkReferences, type References, refuseRival, takenBy } from './check-agent.ts'
import { slugOf } from './slug.ts'

type CreateApp = References & AuditApp & { db: Db; newId: (prefix: string) => string }

/** @throws AGENT_NAME_TAKEN, AGENT_SLUG_TAKEN, INVALID for a tool, provider or schema that is none. */
export async function createAgent(app: CreateApp, actor: Actor, input: CreateAgent): Promise<Agent> {
  const { workspace_id } = actor
  checkPrompt(input)
  await checkReferences(app, workspace_id, input)
  const slug = slugOf(input.name)
  const now = app.now()
  const made = { workspace_id, id: app.newId('agt'), created_by: actor.id, created_at: now, updated_at: now, deleted_at: null }
  try {
    return await app.db.write(async (trx) => {
      await refuseRival(trx, workspace_id, input.name, slug)
      const agent = await insertAgent(trx, { ...input, ...columnsOf(input), ...made, slug })
      await audit(trx, app, actor, { action: 'agents.create', target_type: 'agent', target_id: agent.id, detail: { name: agent.name } })
      return agent
    })
  } catch (error) {
    throw takenBy(error, input.name, slug)
  }
}

/** The fields whose column is not the value itself. */
export function columnsOf(agent: Pick<CreateAgent, 'tools' | 'config' | 'output_schema' | 'is_public' | 'api_key_required' | 'allowed_api_keys'>) {
  return {
    tools: toJson(agent.tools),
    config: toJson(agent.config),
    output_schema: agent.output_schema === null ? null : toJson(agent.output_schema),
    is_public: agent.is_public ? 1 : 0,
    api_key_required: agent.api_key_required ? 1 : 0,
    allowed_api_keys: toJson(agent.allowed_api_keys),
  }
}
