import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant } from './page.ts'

/** `builtin` is the offline planner; `gguf` loads model files itself; `custom` is any OpenAI-compatible base URL. */
export const ProviderType = z.enum([
  'builtin',
  'openai',
  'anthropic',
  'google',
  'mistral',
  'azure',
  'bedrock',
  'ollama',
  'lmstudio',
  'gguf',
  'custom',
])
export type ProviderType = z.infer<typeof ProviderType>

const tokens = z.int().min(256).max(100_000_000)

/** Whose option it is; every other type refuses it. Secrets stand apart in `awsKeys`. */
const optionTypes = {
  api: ['openai', 'azure'],
  resource_name: ['azure'],
  api_version: ['azure'],
  region: ['bedrock'],
  context_size: ['ollama', 'lmstudio', 'gguf', 'custom'],
  path: ['gguf'],
  threads: ['gguf'],
  memory_mb: ['gguf'],
  gpu: ['gguf'],
} as const satisfies Record<string, ProviderType[]>

/** What a provider may be asked for, by one Cadre process; left out for no limit. */
export const ProviderLimits = z.strictObject({
  requests_per_minute: z.int().min(1).max(1_000_000).optional(),
  /** Prompts and answers together. */
  tokens_per_minute: z.int().min(1).max(1_000_000_000).optional(),
  /** Calls on their way. */
  concurrent: z.int().min(1).max(10_000).optional(),
  /** Calls that may wait for their turn, 1000 where it is left out; one more is refused. */
  max_waiting: z.int().min(0).max(100_000).optional(),
})
export type ProviderLimits = z.infer<typeof ProviderLimits>

/** Of models that are loaded from files. */
const ggufOptions = {
  /** A .gguf file, or a folder of them. */
  path: z
    .string()
    .regex(/^(\/|[a-zA-Z]:[\\/])/, 'must be an absolute path to a .gguf file or a folder of them')
    .max(1000)
    .optional(),
  threads: z.int().min(1).max(512).optional(),
  /** The process of a model is ended when it takes more. */
  memory_mb: z.int().min(64).max(10_000_000).optional(),
  /** A graphic card is used where the installed package has what it needs. */
  gpu: z.boolean().optional(),
}

export const ProviderOptions = z.strictObject({
  /** `chat` completions where nothing is said: what every server that speaks OpenAI's language has. */
  api: z.enum(['chat', 'responses']).optional(),
  /** Azure: the name before .openai.azure.com. */
  resource_name: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9-]{0,62}$/, 'must be letters, digits and hyphens')
    .optional(),
  /** Azure: `v1` where nothing is said; a dated one calls by deployment. */
  api_version: z
    .string()
    .regex(/^(v1|preview|\d{4}-\d{2}-\d{2}(-preview)?)$/, 'must be v1, preview or a date such as 2024-10-21')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
    .optional(),
  /** Tokens that a prompt and its answer may have together. For Ollama: what it is asked to make room for. */
  context_size: tokens.optional(),
  ...ggufOptions,
  ...ProviderLimits.shape,
})
export type ProviderOptions = z.infer<typeof ProviderOptions>

const secret = z.string().min(1).max(5000).optional()
const awsKeys = { access_key_id: secret, secret_access_key: secret, session_token: secret }

const ProviderId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens')
  .max(50)
export function holdsCredentials(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && (parsed.username !== '' || parsed.password !== '')
}

/** It is shown to whoever may see the providers. */
const BaseUrl = z
  .url({ protocol: /^https?$/ })
  .max(1000)
  .refine((url) => !holdsCredentials(url), 'must not hold a user name or password')
const ModelName = z.string().min(1).max(200)

export const CreateProvider = z
  .strictObject({
    id: ProviderId,
    type: ProviderType.exclude(['builtin']),
    base_url: BaseUrl.optional(),
    api_key: secret,
    /** What `auto` means for this provider. */
    default_model: ModelName.optional(),
    ...ProviderOptions.shape,
    ...awsKeys,
  })
  .superRefine((given, context) => {
    const refuse = (path: string, types: readonly string[]) =>
      context.addIssue({ code: 'custom', path: [path], message: `is for type ${types.join(' and ')} only, not for '${given.type}'` })
    for (const [name, types] of Object.entries(optionTypes)) {
      if (given[name as keyof typeof optionTypes] !== undefined && !(types as readonly string[]).includes(given.type)) refuse(name, types)
    }
    if (given.type === 'gguf') {
      if (given.path === undefined) context.addIssue({ code: 'custom', path: ['path'], message: `is needed for type 'gguf'` })
      for (const name of ['base_url', 'api_key'] as const)
        if (given[name] !== undefined) context.addIssue({ code: 'custom', path: [name], message: `is not for type 'gguf'` })
    }
    for (const name of Object.keys(awsKeys)) {
      if (given[name as keyof typeof awsKeys] !== undefined && given.type !== 'bedrock') refuse(name, ['bedrock'])
    }
  })
export type CreateProvider = z.infer<typeof CreateProvider>

export const Capability = z.enum(['chat', 'streaming', 'tools', 'vision', 'embeddings', 'structured_output'])
export type Capability = z.infer<typeof Capability>

/** One line of `models:` in cadre.yaml: a server with one model, under a name of its own. `text` is another word for `chat`. */
export const ConfiguredModel = z.strictObject({
  id: ProviderId,
  name: z.string().min(1).max(200).optional(),
  type: z.string().min(1).max(50),
  base_url: BaseUrl.optional(),
  /** The model's name at its server; where it is left out, the server's model that is called like `name`. */
  model: ModelName.optional(),
  api_key: secret,
  context_size: tokens.optional(),
  ...ggufOptions,
  capabilities: z.array(z.union([Capability, z.literal('text')], `must be ${Capability.options.join(', ')} or text`)).optional(),
  ...ProviderLimits.shape,
})
export type ConfiguredModel = z.infer<typeof ConfiguredModel>

/** The key itself is never shown, only whether there is one and where it came from. */
export const Provider = z.object({
  id: z.string(),
  type: ProviderType,
  base_url: z.string().nullable(),
  default_model: z.string().nullable(),
  options: ProviderOptions,
  api_key: z.enum(['none', 'environment', 'stored']),
  source: z.enum(['builtin', 'environment', 'config', 'api']),
  usable: z.boolean(),
  /** Why it is not usable, and what to do. */
  reason: z.string().nullable(),
})
export type Provider = z.infer<typeof Provider>

const known = z.boolean().nullable()
/** What a model can do; null where nobody knows. */
export const ModelCard = z.object({
  chat: known,
  streaming: known,
  tools: known,
  vision: known,
  embeddings: known,
  structured_output: known,
  /** Tokens of prompt and answer together, as calls from here get them. */
  context_size: z.number().nullable(),
  /** The best source of any of it: tables of this version, what the server says, cadre.yaml, or a test. */
  source: z.enum(['known', 'reported', 'configured', 'measured']),
  measured_at: Instant.nullable(),
  /** Of the test: a whole short answer, and the first piece of a streamed one. */
  latency_ms: z.number().nullable(),
  first_token_ms: z.number().nullable(),
})
export type ModelCard = z.infer<typeof ModelCard>

export const Model = z.object({
  provider: z.string(),
  type: ProviderType,
  model: z.string(),
  /** What `auto` means for this provider. */
  is_default: z.boolean(),
  aliases: z.array(z.string()),
  card: ModelCard,
})
export type Model = z.infer<typeof Model>

const AliasName = z
  .string()
  .regex(/^[\w.:-]+$/, 'must be letters, digits and . : _ -')
  .max(100)
export const SetAlias = z.strictObject({ model: ModelName, provider_type: ProviderType.nullable().default(null) })
export type SetAlias = z.infer<typeof SetAlias>

export const ModelAlias = z.object({
  alias: z.string(),
  model: z.string(),
  /** Counts for providers of this type only; null for all. */
  provider_type: ProviderType.nullable(),
  source: z.enum(['builtin', 'api']),
  updated_at: Instant.nullable(),
})
export type ModelAlias = z.infer<typeof ModelAlias>

/** One local address that was asked. */
export const Detected = z.object({
  type: z.enum(['ollama', 'lmstudio', 'custom']),
  /** `llama.cpp` and the like, where the server says what it is. */
  server: z.string().nullable(),
  base_url: z.string(),
  found: z.boolean(),
  models: z.array(z.object({ id: z.string(), card: ModelCard })),
  /** The provider that already has this address. */
  provider: z.string().nullable(),
  error: z.string().nullable(),
})
export type Detected = z.infer<typeof Detected>

export const ProviderTest = z.object({
  ok: z.boolean(),
  model: z.string().nullable(),
  latency_ms: z.number().nullable(),
  first_token_ms: z.number().nullable(),
  text: z.string().nullable(),
  error: z.string().nullable(),
  /** As measured now; null where there was no answer. */
  card: ModelCard.nullable(),
  /** Why a capability is missing, in the words of the other side or ours. */
  notes: z.array(z.object({ capability: Capability, message: z.string() })),
})
export type ProviderTest = z.infer<typeof ProviderTest>

const ProviderRef = z.strictObject({ id: z.string().min(1).max(100) })
const AliasRef = z.strictObject({ alias: AliasName })

export const providers = {
  list: oc
    .route({ method: 'GET', path: '/providers', summary: 'List the providers in the order in which `auto` tries them' })
    .output(z.object({ items: z.array(Provider), next_cursor: z.null() })),
  add: oc.route({ method: 'POST', path: '/providers', summary: 'Add a provider', successStatus: 201 }).input(CreateProvider).output(Provider),
  remove: oc
    .route({ method: 'DELETE', path: '/providers/{id}', summary: 'Remove a stored provider' })
    .input(ProviderRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  test: oc
    .route({ method: 'POST', path: '/providers/{id}/test', summary: 'Measure what a model can do, with real calls; the result becomes its card' })
    .input(ProviderRef.extend({ model: ModelName.optional() }))
    .output(ProviderTest),
  detect: oc
    .route({ method: 'POST', path: '/providers/detect', summary: 'Ask the well-known addresses of this machine for Ollama, LM Studio and llama.cpp' })
    .output(z.object({ items: z.array(Detected) })),
  models: oc
    .route({ method: 'GET', path: '/models', summary: 'List the models of all usable providers, asking each; those that fail are named' })
    .input(z.strictObject({ provider: z.string().min(1).max(100).optional() }))
    .output(z.object({ items: z.array(Model), problems: z.array(z.object({ provider: z.string(), error: z.string() })), next_cursor: z.null() })),
  aliases: oc
    .route({ method: 'GET', path: '/model-aliases', summary: 'List the short names of models' })
    .output(z.object({ items: z.array(ModelAlias), next_cursor: z.null() })),
  alias: oc.route({ method: 'GET', path: '/model-aliases/{alias}', summary: 'Get a short name' }).input(AliasRef).output(ModelAlias),
  setAlias: oc
    .route({ method: 'PUT', path: '/model-aliases/{alias}', summary: 'Set what a short name means; stands over a built-in one' })
    .input(AliasRef.extend(SetAlias.shape))
    .output(ModelAlias),
  removeAlias: oc
    .route({ method: 'DELETE', path: '/model-aliases/{alias}', summary: 'Remove a short name of your own; a built-in one counts again' })
    .input(AliasRef)
    .output(z.object({ alias: z.string(), deleted: z.literal(true) })),
}
