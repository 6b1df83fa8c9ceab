import { oc } from '@orpc/contract'
import { z } from 'zod'
import { AgentConfig, AgentConfigPatch } from './agent-config.ts'
import { JsonSchema } from './manifest.ts'
import { Instant, PageQuery, pageOf } from './page.ts'
import { templateProblem } from './persona.ts'

const name = z.string().trim().min(1).max(255)

const promptTemplate = z
  .string()
  .min(1)
  .max(50_000)
  .superRefine((template, context) => {
    const problem = templateProblem(template)
    if (problem === undefined) return
    const { code, params, message } = problem
    context.addIssue({ code: 'custom', message, params: { code, params } })
  })

const fields = {
  name,
  description: z.string().max(10_000).nullable(),
  /** A provider's id, or `auto`: the first usable one. */
  provider: z.string().min(1).max(50),
  /** A model's name or alias, or `auto`: the provider's default. */
  model: z.string().min(1).max(200),
  /** May be empty where a role, a backstory or a goal says who the agent is. */
  system_prompt: z.string().max(200_000),
  role: z.string().max(2_000).nullable(),
  backstory: z.string().max(50_000).nullable(),
  goal: z.string().max(10_000).nullable(),
  /** How role, backstory, goal and system_prompt make the prompt that runs begin with (persona.ts); null for the usual way. */
  prompt_template: promptTemplate.nullable(),
  /** ForgeHook ids (`date-utils`), or single tools (`date-utils__parse_dates`). */
  tools: z.array(z.string().min(1).max(200)).max(100),
  /** JSON Schema that every final answer must fit. */
  output_schema: JsonSchema.nullable(),
  is_public: z.boolean(),
  api_key_required: z.boolean(),
  allowed_api_keys: z.array(z.string().min(1).max(200)).max(1000),
}

/** What is said of an agent of which nothing says who it is. */
export const noPrompt = 'is required, unless a role, a backstory or a goal says who the agent is'
const prompting = ['system_prompt', 'role', 'backstory', 'goal'] as const
// What is no text is refused by itself.
const hasPrompt = (agent: Partial<Record<(typeof prompting)[number], unknown>>) =>
  prompting.some((name) => (typeof agent[name] === 'string' ? agent[name].trim() !== '' : (agent[name] ?? null) !== null))

export const CreateAgent = z
  .strictObject({
    ...fields,
    description: fields.description.default(null),
    provider: fields.provider.default('auto'),
    model: fields.model.default('auto'),
    system_prompt: fields.system_prompt.default(''),
    role: fields.role.default(null),
    backstory: fields.backstory.default(null),
    goal: fields.goal.default(null),
    prompt_template: fields.prompt_template.default(null),
    tools: fields.tools.default([]),
    config: AgentConfig.prefault({}),
    output_schema: fields.output_schema.default(null),
    is_public: fields.is_public.default(false),
    api_key_required: fields.api_key_required.default(true),
    allowed_api_keys: fields.allowed_api_keys.default([]),
  })
  // Also where another field is wrong: all that is missing is told at once.
  .refine((agent) => hasPrompt(agent), {
    path: ['system_prompt'],
    message: noPrompt,
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
export type CreateAgent = z.infer<typeof CreateAgent>

export const UpdateAgent = z.strictObject({ ...fields, config: AgentConfigPatch }).partial()
export type UpdateAgent = z.infer<typeof UpdateAgent>

/** As its owner sees it. A public caller gets `PublicAgent`, without the prompt, the keys and the settings. */
export const Agent = z.object({
  id: z.string(),
  slug: z.string(),
  ...fields,
  /** What runs begin with: the template, filled. The day, an output schema and hooks add their own words behind it. */
  effective_system_prompt: z.string(),
  config: AgentConfig,
  /** Counts from 1 with every change. */
  version: z.int(),
  created_by: z.string().nullable(),
  created_at: Instant,
  /** Who changed it last; null where nobody did. */
  updated_by: z.string().nullable(),
  updated_at: Instant,
})
export type Agent = z.infer<typeof Agent>
export const PublicAgent = Agent.pick({
  id: true,
  name: true,
  slug: true,
  description: true,
  provider: true,
  model: true,
  tools: true,
  is_public: true,
})
export type PublicAgent = z.infer<typeof PublicAgent>
const SeenAgent = z.union([Agent, PublicAgent])

/** All of an agent that is kept with each version, and that comes back with it: what somebody gives who creates it. */
export const AgentDefinition = z.object(CreateAgent.shape)
export type AgentDefinition = z.infer<typeof AgentDefinition>

const definitionFields = Object.keys(CreateAgent.shape) as (keyof AgentDefinition)[]
/** What an agent is, without what only its server knows of it. */
export function definitionOf(agent: AgentDefinition): AgentDefinition {
  return Object.fromEntries(definitionFields.map((name) => [name, agent[name]])) as AgentDefinition
}

export const AgentVersion = z.object({
  version: z.int(),
  changed_by: z.string().nullable(),
  changed_at: Instant,
  /** The earlier version that this one brought back. */
  restored_from: z.int().nullable(),
  is_current: z.boolean(),
  /** The fields in which it differs from the version before it; of the first, none. */
  changed: z.array(z.string()),
})
export type AgentVersion = z.infer<typeof AgentVersion>
export const WholeAgentVersion = AgentVersion.extend({ definition: AgentDefinition })
export type WholeAgentVersion = z.infer<typeof WholeAgentVersion>

export const AgentRef = z.strictObject({ idOrSlug: z.string().min(1).max(300) })
const VersionRef = AgentRef.extend({ version: z.coerce.number().int().min(1).max(1_000_000_000) })

export const agents = {
  list: oc.route({ method: 'GET', path: '/agents', summary: 'List agents, newest first' }).input(PageQuery).output(pageOf(SeenAgent)),
  get: oc.route({ method: 'GET', path: '/agents/{idOrSlug}', summary: 'Read one agent' }).input(AgentRef).output(SeenAgent),
  create: oc.route({ method: 'POST', path: '/agents', summary: 'Create an agent', successStatus: 201 }).input(CreateAgent).output(Agent),
  update: oc
    .route({ method: 'PUT', path: '/agents/{idOrSlug}', summary: 'Change an agent; fields left out stay as they are' })
    .input(AgentRef.extend(UpdateAgent.shape))
    .output(Agent),
  versions: oc
    .route({ method: 'GET', path: '/agents/{idOrSlug}/versions', summary: 'List the versions of an agent, newest first' })
    .input(AgentRef.extend(PageQuery.shape))
    .output(pageOf(AgentVersion)),
  version: oc
    .route({ method: 'GET', path: '/agents/{idOrSlug}/versions/{version}', summary: 'Read an agent as it was in one version' })
    .input(VersionRef)
    .output(WholeAgentVersion),
  rollBack: oc
    .route({ method: 'POST', path: '/agents/{idOrSlug}/versions/{version}/roll-back', summary: 'Make an earlier version the newest' })
    .input(VersionRef)
    .output(Agent),
  delete: oc
    .route({ method: 'DELETE', path: '/agents/{idOrSlug}', summary: 'Delete an agent; its name and slug become free, its runs stay' })
    .input(AgentRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
}
