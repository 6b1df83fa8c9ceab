import { ServerFailover } from '@cadre/contract/agent-config'
import { ConfiguredModel, CreateProvider, ProviderLimits, ProviderType } from '@cadre/contract/providers'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { firstSecret, type Layer } from './config-sources.ts'

/** A provider as `cadre.yaml` has it: the fields of `POST /providers`, and what a line of `models:` adds. */
export type ConfiguredProvider = CreateProvider & {
  /** The name by which its one model is looked for at the server, where no model is named. */
  model_like?: string
  capabilities?: ConfiguredModel['capabilities']
}

export const providersYaml = {
  providers: z.array(CreateProvider, 'must be a list').optional(),
  models: z.array(ConfiguredModel, 'must be a list').optional(),
  failover: ServerFailover.optional(),
  /** By id, for providers that stand elsewhere: the environment's and stored ones, whose own limits go before. */
  provider_limits: z.record(z.string(), ProviderLimits, 'must be limits by provider').optional(),
}

/** What the providers' own libraries and programs read. Each is also taken from NAME_FILE. */
const names = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'GOOGLE_GENERATIVE_AI_API_KEY',
  'GOOGLE_GENERATIVE_AI_BASE_URL',
  'MISTRAL_API_KEY',
  'MISTRAL_BASE_URL',
  'AZURE_API_KEY',
  'AZURE_RESOURCE_NAME',
  'AZURE_BASE_URL',
  'AZURE_API_VERSION',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  'OLLAMA_HOST',
  'OLLAMA_CONTEXT_LENGTH',
  'LMSTUDIO_URL',
  'LMSTUDIO_API_KEY',
  'CADRE_GGUF_DIR',
]

export function providerEnvironment(layers: Layer[]): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of names) {
    const found = firstSecret(layers, name)
    if (found) env[name] = found.value
  }
  return env
}

/** `providers:` and, after them, one provider for each line of `models:`. */
export function configuredProviders(document: Record<string, unknown>, yamlPath: string): ConfiguredProvider[] {
  const providers = (document.providers as CreateProvider[] | undefined) ?? []
  const models = (document.models as ConfiguredModel[] | undefined) ?? []
  const all = [...providers, ...models.map((model, index) => providerOf(model, `models[${index}]`, yamlPath))]
  const twice = all.find(({ id }, index) => all.findIndex((other) => other.id === id) < index)
  if (twice) throw new ConfigError(`providers and models: two have the id '${twice.id}'; give one another id (set in ${yamlPath})`)
  return all
}

const otherWords: Record<string, string> = { lm_studio: 'lmstudio', 'lm-studio': 'lmstudio', openai_compatible: 'custom', llama_cpp: 'custom' }

function providerOf(given: ConfiguredModel, at: string, yamlPath: string): ConfiguredProvider {
  const { name, model, capabilities, type: word, ...rest } = given
  const type = ProviderType.exclude(['builtin']).safeParse(otherWords[word] ?? word)
  if (!type.success) {
    const types = ProviderType.options.filter((each) => each !== 'builtin').join(', ')
    throw new ConfigError(`${at}.type: '${word}' is none of ${types} (set in ${yamlPath})`)
  }
  const provider = CreateProvider.safeParse({ ...rest, type: type.data, ...(model === undefined ? {} : { default_model: model }) })
  if (!provider.success) {
    const [issue] = provider.error.issues
    throw new ConfigError(`${at}.${issue?.path.join('.')}: ${issue?.message} (set in ${yamlPath})`)
  }
  // A file is one model, whatever its line is called.
  const oneFile = /\.gguf$/i.test(provider.data.path ?? '')
  return {
    ...provider.data,
    ...(model === undefined && name !== undefined && !oneFile ? { model_like: name } : {}),
    ...(capabilities === undefined ? {} : { capabilities }),
  }
}
