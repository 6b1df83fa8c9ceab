import type { CreateProvider, Provider, ProviderType } from '@cadre/contract/providers'
import { unseal } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { defaultModels, typeOfModel } from './aliases.ts'
import type { ProviderRow } from './providers.store.ts'

/** A provider with what is needed to call it. */
export type Known = {
  id: string
  type: ProviderType
  base_url: string | null
  api_key: string | null
  default_model: string | null
  source: Provider['source']
  key_from: Provider['api_key']
  /** Why it cannot be used, and what to do. */
  problem: string | null
}

/** Ids with a meaning of their own. */
export const reservedIds = ['auto', 'builtin']

export const builtin: Known = {
  id: 'builtin',
  type: 'builtin',
  base_url: null,
  api_key: null,
  default_model: null,
  source: 'builtin',
  key_from: 'none',
  problem: null,
}

export function fromRow(config: Config, row: ProviderRow): Known {
  const { id, base_url, default_model } = row
  const known = { id, type: row.type as ProviderType, base_url, default_model, source: 'api' as const }
  try {
    const api_key = row.api_key === null ? null : unseal(config, row.api_key, `providers:${id}`)
    return checked({ ...known, api_key, key_from: api_key === null ? 'none' : 'stored' })
  } catch (error) {
    // One key that cannot be opened must not take the other providers with it.
    return { ...known, api_key: null, key_from: 'stored', problem: (error as Error).message }
  }
}

export function fromConfig(given: CreateProvider, index: number): Known {
  if (reservedIds.includes(given.id)) throw new ConfigError(`providers[${index}].id: '${given.id}' has a meaning of its own; choose another`)
  const { id, type, base_url, api_key, default_model } = given
  return checked({
    id,
    type,
    base_url: withoutSlash(base_url),
    api_key: api_key ?? null,
    default_model: default_model ?? null,
    source: 'config',
    key_from: api_key ? 'stored' : 'none',
  })
}

export function fromEnvironment(env: Config['env']): Known[] {
  return (['openai', 'anthropic'] as const).map((type) => {
    const api_key = env[`${type.toUpperCase()}_API_KEY`] ?? null
    const base_url = withoutSlash(env[`${type.toUpperCase()}_BASE_URL`])
    return checked({
      id: type,
      type,
      base_url,
      api_key,
      default_model: null,
      source: 'environment',
      key_from: api_key === null ? 'none' : 'environment',
    })
  })
}

/** Which provider answers, or why none does. */
export function choose(
  known: Known[],
  provider: string,
  model: string,
): Known | { missing: true; problem: string } | { missing: false; problem: string } {
  if (provider === 'auto') return chooseFor(known, model) ?? { missing: false, problem: noneFor(model) }
  const named = known.find((each) => each.id === provider)
  if (!named) return { missing: true, problem: `there is no provider '${provider}'; add it with POST /api/v1/providers` }
  return named.problem === null ? named : { missing: false, problem: `provider '${provider}' cannot be used: ${named.problem}` }
}

export function present({ problem, key_from, ...known }: Known): Provider {
  const { id, type, base_url, source } = known
  const default_model = known.default_model ?? defaultModels[type] ?? null
  return { id, type, base_url, default_model, api_key: key_from, source, usable: problem === null, reason: problem }
}

/** As it was written, but for a slash at the end. */
export function withoutSlash(url: string | undefined): string | null {
  return url?.replace(/\/+$/, '') ?? null
}

// A model that says whose it is goes there, or to a gateway that may have it; one that nobody knows goes to the first that is no planner.
function chooseFor(known: Known[], model: string): Known | undefined {
  const usable = known.filter((each) => each.problem === null)
  if (model === 'auto') return usable[0]
  const type = typeOfModel(model)
  const own = usable.find((each) => each.type === type)
  return own ?? usable.find((each) => each.type === 'custom') ?? (type === null ? usable.find((each) => each.type !== 'builtin') : undefined)
}

function noneFor(model: string) {
  const type = typeOfModel(model)
  const how = type === 'openai' || type === 'anthropic' ? `set ${type.toUpperCase()}_API_KEY, or add` : 'add'
  return `no usable provider has the model '${model}': ${how} one with POST /api/v1/providers (without any, the model 'auto' is the built-in planner)`
}

function checked(known: Omit<Known, 'problem'>): Known {
  const { type, api_key, base_url } = known
  if (type === 'custom' && !base_url) return { ...known, problem: 'it has no base_url' }
  // A server of one's own often asks for no key.
  if (type === 'builtin' || api_key !== null || base_url !== null) return { ...known, problem: null }
  return { ...known, problem: `it has no API key; set ${type.toUpperCase()}_API_KEY, or add it with POST /api/v1/providers` }
}
