import type { Agent } from '@cadre/contract/agents'
import type { HookInFile } from '@cadre/contract/plugin-transfer'
import { type AgentFields, agentsIn, parseText, portableAgents } from './agents-file.ts'

const format = 'cadre-workspace-1'

export type WorkspaceFile = { agents: AgentFields[]; forgehooks: Record<string, unknown>[] }

/** Agents and ForgeHooks as one file. `cadre agents apply` and `cadre plugins import` each take their own out of it. */
export function writeWorkspaceFile(agents: readonly Agent[], forgehooks: readonly HookInFile[]): string {
  return `${JSON.stringify({ format, agents: portableAgents(agents), forgehooks }, null, 2)}\n`
}

/** A file of a workspace, a list of agents, or one agent, as JSON or YAML. Throws an Error that says what is wrong with it. */
export async function readWorkspaceFile(text: string): Promise<WorkspaceFile> {
  return workspaceIn(await parseText(text))
}

export function workspaceIn(value: unknown): WorkspaceFile {
  if (typeof value !== 'object' || value === null || !('format' in value)) return { agents: agentsIn(value), forgehooks: [] }
  if (value.format === 'cadre-hook-1') throw new Error('this is one packed ForgeHook: install it with `cadre plugins install`')
  if (value.format !== format) throw new Error(`format: must be ${format}, not ${JSON.stringify(value.format)?.slice(0, 100)}`)
  const { agents = [], forgehooks = [], format: _, ...rest } = value as Record<string, unknown>
  const [stranger] = Object.keys(rest)
  if (stranger !== undefined) throw new Error(`${stranger}: there is no such part of a file; there are agents and forgehooks`)
  if (!Array.isArray(agents)) throw new Error('agents: must be a list')
  if (!Array.isArray(forgehooks) || forgehooks.some((each) => typeof each !== 'object' || each === null || Array.isArray(each)))
    throw new Error('forgehooks: must be a list of ForgeHooks')
  return { agents: agentsIn(agents), forgehooks }
}

/** The same agent with ForgeHooks that go by other ids here. */
export function withRenamedTools(fields: AgentFields, ids: ReadonlyMap<string, string>): AgentFields {
  const { tools } = fields
  if (!Array.isArray(tools)) return fields
  return { ...fields, tools: tools.map((tool: unknown) => (typeof tool === 'string' ? renamed(tool, ids) : tool)) }
}

function renamed(tool: string, ids: ReadonlyMap<string, string>) {
  // An id has no underscore.
  const [id = '', ...path] = tool.split('__')
  return [ids.get(id) ?? id, ...path].join('__')
}
