import { type Capability, type Provider, ProviderOptions, type ProviderType } from '@cadre/contract/providers'
import { unseal } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { ConfiguredProvider } from '../config-providers.ts'
import { withoutSlash } from './addresses.ts'
import { defaultModels } from './aliases.ts'
import type { ProviderRow } from './providers.store.ts'

export type AwsKeys = { access_key_id: string; secret_access_key: string; session_token: string | null }

/** A provider with what is needed to call it. */
export type Known = {
  id: string
  type: ProviderType
  base_url: string | null
  api_key: string | null
  /** Bedrock's other way to sign in. */
  aws: AwsKeys | null
  default_model: string | null
  options: ProviderOptions
  /** `models:` of cadre.yaml: how its one model is called there, and what it is said to be able to do. */
  model_like: string | null
  capabilities: Capability[] | null
  source: Provider['source']
  key_from: Provider['api_key']
  /** Why it cannot be used, and what to do. */
  problem: string | null
}

/** Ids with a meaning of their own. */
export const reservedIds = ['auto', 'builtin']

const plain = { base_url: null, api_key: null, aws: null, default_model: null, options: {}, model_like: null, capabilities: null }

export const builtin: Known = { ...plain, id: 'builtin', type: 'builtin', source: 'builtin', key_from: 'none', problem: null }

export function fromRow(config: Config, row: ProviderRow): Known {
  const { workspace_id, id, base_url, default_model } = row
  const type = row.type as ProviderType
  const options = row.options === null ? {} : ProviderOptions.parse(JSON.parse(row.options))
  const known = { ...plain, id, type, base_url, default_model, options, source: 'api' as const }
  try {
    const text = row.api_key === null ? null : unseal(config, row.api_key, `providers:${id}`, workspace_id)
    return checked({ ...known, ...secretsFrom(type, text), key_from: text === null ? 'none' : 'stored' })
  } catch (error) {
    // One key that cannot be opened must not take the other providers with it.
    return { ...known, key_from: 'stored', problem: (error as Error).message }
  }
}

export function fromConfig(given: ConfiguredProvider, index: number): Known {
  if (reservedIds.includes(given.id)) throw new ConfigError(`providers[${index}].id: '${given.id}' has a meaning of its own; choose another`)
  const { id, type, base_url, default_model, model_like, capabilities } = given
  const text = secretText(given)
  return checked({
    id,
    type,
    base_url: withoutSlash(base_url),
    ...secretsFrom(type, text),
    default_model: default_model ?? null,
    options: optionsOf(given),
    model_like: model_like ?? null,
    capabilities: capabilities?.map((each) => (each === 'text' ? 'chat' : each)) ?? null,
    source: 'config',
    key_from: text === null ? 'none' : 'stored',
  })
}

/** What may be shown of the settings of a provider. */
export function optionsOf(given: Partial<ProviderOptions>): ProviderOptions {
  return ProviderOptions.parse(Object.fromEntries(Object.keys(ProviderOptions.shape).map((name) => [name, given[name as keyof ProviderOptions]])))
}

type Secrets = {
  api_key?: string | undefined
  access_key_id?: string | undefined
  secret_access_key?: string | undefined
  session_token?: string | undefined
}

/** One text that holds all secrets of a provider, for sealing; null where there are none. */
export function secretText(given: Secrets & { type: ProviderType }): string | null {
  if (given.type !== 'bedrock') return given.api_key ?? null
  const { api_key, access_key_id, secret_access_key, session_token } = given
  const text = JSON.stringify({ api_key, access_key_id, secret_access_key, session_token })
  return text === '{}' ? null : text
}

function secretsFrom(type: ProviderType, text: string | null): { api_key: string | null; aws: AwsKeys | null } {
  if (type !== 'bedrock' || text === null) return { api_key: text, aws: null }
  const { api_key, ...rest } = JSON.parse(text) as Secrets
  return { api_key: api_key ?? null, aws: awsFrom(rest) }
}

export function awsFrom({ access_key_id, secret_access_key, session_token }: Secrets): AwsKeys | null {
  if (!access_key_id || !secret_access_key) return null
  return { access_key_id, secret_access_key, session_token: session_token ?? null }
}

export function present({ problem, key_from, ...known }: Known): Provider {
  const { id, type, base_url, options, source } = known
  const default_model = known.default_model ?? defaultModels[type] ?? null
  return { id, type, base_url, default_model, options, api_key: key_from, source, usable: problem === null, reason: problem }
}

/** Which secrets must never be repeated. */
export function secretsOf({ api_key, aws }: Known): string[] {
  return [api_key, aws?.secret_access_key, aws?.session_token, aws?.access_key_id].filter((each) => typeof each === 'string')
}

export function checked(known: Omit<Known, 'problem'>): Known {
  return { ...known, problem: problemOf(known) }
}

/** What makes a provider of this type usable when it comes from the environment. */
export const environmentNames: Partial<Record<ProviderType, string>> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  mistral: 'MISTRAL_API_KEY',
  azure: 'AZURE_API_KEY',
  bedrock: 'AWS_BEARER_TOKEN_BEDROCK, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  ollama: 'OLLAMA_HOST',
  lmstudio: 'LMSTUDIO_URL',
  gguf: 'CADRE_GGUF_DIR',
}

function problemOf({ type, api_key, base_url, aws, options, source }: Omit<Known, 'problem'>): string | null {
  const orAdd = (name: string) => `set ${name}, or add it with POST /api/v1/providers`
  switch (type) {
    case 'builtin':
    case 'gguf': // what is installed and which files there are changes: providers.ts looks each time
      return null
    case 'custom':
      return base_url ? null : 'it has no base_url'
    case 'ollama':
    case 'lmstudio':
      // Nobody said that it is there: asking an address unasked is not for us.
      if (source !== 'environment' || base_url) return null
      return `nothing says where it is; ${orAdd(environmentNames[type] ?? '')} (POST /api/v1/providers/detect looks on this machine)`
    case 'bedrock':
      if (!api_key && !aws) return `it has no credentials; ${orAdd(environmentNames.bedrock ?? '')}`
      return options.region || base_url ? null : `it has no region; ${orAdd('AWS_REGION')}`
    case 'azure':
      if (!options.resource_name && !base_url) return `it has no resource name; ${orAdd('AZURE_RESOURCE_NAME')}`
      break
    default:
  }
  // A server of one's own often asks for no key.
  return api_key !== null || base_url !== null ? null : `it has no API key; ${orAdd(environmentNames[type] ?? 'its key')}`
}
