import type { Generated } from 'kysely'

/** Agents and what they were: a part of tables.ts. */
export type AgentTables = {
  agents: AgentsTable
  /** What an agent was before its present version. */
  agent_versions: AgentVersionsTable
}

type AgentsTable = {
  workspace_id: string
  id: string
  name: string
  slug: string
  description: string | null
  provider: string
  model: string
  system_prompt: string
  role: Generated<string | null>
  backstory: Generated<string | null>
  goal: Generated<string | null>
  prompt_template: Generated<string | null>
  tools: string
  config: string
  output_schema: string | null
  is_public: number
  api_key_required: number
  allowed_api_keys: string
  created_by: string
  created_at: number
  updated_at: number
  deleted_at: number | null
  /** Counts from 1 with every change. */
  version: Generated<number>
  /** Who made this version, where that is not who made the agent. */
  updated_by: Generated<string | null>
  /** The earlier version that this one brought back. */
  restored_from: Generated<number | null>
}

type AgentVersionsTable = {
  agent_id: string
  version: number
  definition: string
  changed_by: string | null
  changed_at: number
  restored_from: number | null
}
