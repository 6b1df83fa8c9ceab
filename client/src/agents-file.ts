import type { Agent, CreateAgent, PublicAgent } from '@cadre/contract/agents'

/** The fields of an agent as a file has them: what `agents.create` takes, or a part of it. */
export type AgentFields = Record<string, unknown>

const serverOwned = ['id', 'slug', 'created_by', 'created_at', 'updated_at', 'effective_system_prompt', 'version', 'updated_by', 'made']

/** What the server shows of an agent beyond what somebody gives who makes it is left out. */
export function agentFields(value: object): AgentFields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !serverOwned.includes(key)))
}

/** Agents as a file has them. Colleagues go by their short names, which another server may know; keys are of this server only. */
export function portableAgents(agents: readonly Agent[]): AgentFields[] {
  const slugs = new Map(agents.map(({ id, slug }) => [id, slug]))
  return agents.map((agent) => {
    const { allowed_api_keys: _, ...fields } = agentFields(agent)
    return { ...fields, config: { ...agent.config, delegates: agent.config.delegates.map((id) => slugs.get(id) ?? id) } }
  })
}

/** One agent, or a list of them. Throws an Error that says what is wrong with it. */
export function agentsIn(value: unknown): AgentFields[] {
  return (Array.isArray(value) ? value : [value]).map((one: unknown, i) => {
    const where = Array.isArray(value) ? `[${i}]: ` : ''
    if (typeof one !== 'object' || one === null || Array.isArray(one))
      throw new Error(`${where}must be the fields of an agent, such as name and system_prompt`)
    if (!('name' in one) || typeof one.name !== 'string' || one.name.trim() === '')
      throw new Error(`${where}name: is required, it says which agent is meant`)
    return agentFields(one)
  })
}

/** JSON or YAML. */
export async function parseText(text: string): Promise<unknown> {
  if (/^\s*[{[]/.test(text)) return JSON.parse(text)
  // Nine times the size of what the rest of this file needs.
  const { parseDocument } = await import('yaml')
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem) throw new Error(problem.message.split('\n')[0])
  return document.toJS({ maxAliasCount: 100 })
}

export type PlannedAgent = {
  fields: AgentFields
  name: string
  /** `create`: there is none of that name. `change`: in these fields. `same`: nothing would change. `hidden`: it is there, and not the caller's to see. */
  what: 'create' | 'change' | 'same' | 'hidden'
  changed: string[]
  id: string | null
}

/** What a file would do: agents go by their names, and fields that are left out stay as they are. */
export function planAgents(file: readonly AgentFields[], known: readonly (Agent | PublicAgent)[]): PlannedAgent[] {
  const slugs = new Map(known.map(({ id, slug }) => [id, slug]))
  return file.map((fields) => {
    const name = String(fields['name']).trim()
    const there = known.find((agent) => agent.name === name)
    if (!there) return { fields, name, what: 'create', changed: [], id: null }
    if (!('config' in there)) return { fields, name, what: 'hidden', changed: [], id: there.id }
    const { config, ...others } = fields
    const now = there as unknown as Record<string, unknown>
    const settings = (typeof config === 'object' && config !== null ? config : {}) as Record<string, unknown>
    const settingsNow = { ...there.config, delegates: there.config.delegates.map((id) => slugs.get(id) ?? id) } as Record<string, unknown>
    const changed = [
      ...Object.keys(others).filter((key) => key !== 'name' && !isSame(others[key], now[key])),
      ...Object.keys(settings).flatMap((key) => (isSame(settings[key], settingsNow[key]) ? [] : [`config.${key}`])),
    ]
    return { fields, name, what: changed.length > 0 ? 'change' : 'same', changed, id: there.id }
  })
}

type AgentsOf = { agents: { create: (fields: CreateAgent) => Promise<Agent>; update: (change: { idOrSlug: string }) => Promise<Agent> } }

/** Does what was planned for one. The server alone knows the rules: it says what is wrong with the fields. */
export async function applyAgent(client: AgentsOf, { fields, id }: Pick<PlannedAgent, 'fields' | 'id'>): Promise<Agent> {
  if (id === null) return client.agents.create(fields as CreateAgent)
  return client.agents.update({ ...fields, idOrSlug: id })
}

/** Whatever order the keys of objects are in. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => [key, sorted(each)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
