import { oc } from '@orpc/contract'
import { z } from 'zod'
import { AgentConfig, AgentConfigPatch } from './agent-config.ts'
import { JsonSchema } from './manifest.ts'
import { Instant, PageQuery, pageOf } from './page.ts'

const name = z.string().trim().min(1).max(255)
const fields = {
  name,
  description: z.string().max(10_000).nullable(),
  /** A provider's id, or `auto`: the first usable one. */
  provider: z.string().min(1).max(50),
  /** A model's name or alias, or `auto`: the provider's default. */
  model: z.string().min(1).max(200),
  system_prompt: z.string().min(1).max(200_000),
  /** ForgeHook ids (`date-utils`), or single tools (`date-utils__parse_dates`). */
  tools: z.array(z.string().min(1).max(200)).max(100),
  /** JSON Schema that every final answer must fit. */
  output_schema: JsonSchema.nullable(),
  is_public: z.boolean(),
  api_key_required: z.boolean(),
  allowed_api_keys: z.array(z.string().min(1).max(200)).max(1000),
}

export const CreateAgent = z.strictObject({
  ...fields,
  description: fields.description.default(null),
  provider: fields.provider.default('auto'),
  model: fields.model.default('auto'),
  tools: fields.tools.default([]),
  config: AgentConfig.prefault({}),
  output_schema: fields.output_schema.default(null),
  is_public: fields.is_public.default(false),
  api_key_required: fields.api_key_required.default(true),
  allowed_api_keys: fields.allowed_api_keys.default([]),
})
export type CreateAgent = z.infer<typeof CreateAgent>

export const UpdateAgent = z.strictObject({ ...fields, config: AgentConfigPatch }).partial()
export type UpdateAgent = z.infer<typeof UpdateAgent>

/** As its owner sees it. A public caller gets `PublicAgent`, without the prompt, the keys and the settings. */
export const Agent = z.object({
  id: z.string(),
  slug: z.string(),
  ...fields,
  config: AgentConfig,
  created_by: z.string().nullable(),
  created_at: Instant,
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

export const AgentRef = z.strictObject({ idOrSlug: z.string().min(1).max(300) })

export const agents = {
  list: oc.route({ method: 'GET', path: '/agents', summary: 'List agents, newest first' }).input(PageQuery).output(pageOf(SeenAgent)),
  get: oc.route({ method: 'GET', path: '/agents/{idOrSlug}', summary: 'Read one agent' }).input(AgentRef).output(SeenAgent),
  create: oc.route({ method: 'POST', path: '/agents', summary: 'Create an agent', successStatus: 201 }).input(CreateAgent).output(Agent),
  update: oc
    .route({ method: 'PUT', path: '/agents/{idOrSlug}', summary: 'Change an agent; fields left out stay as they are' })
    .input(AgentRef.extend(UpdateAgent.shape))
    .output(Agent),
  delete: oc
    .route({ method: 'DELETE', path: '/agents/{idOrSlug}', summary: 'Delete an agent; its name and slug become free, its runs stay' })
    .input(AgentRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
}
