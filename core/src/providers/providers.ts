import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import type { Provider, ProviderType } from '@cadre/contract/providers'
import { Agent as HttpAgent, fetch as undiciFetch } from 'undici'
import { unseal } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { defaultModels, modelNamed } from './aliases.ts'
import { type ProviderRow, selectProviders } from './providers.store.ts'

export type ResolvedModel = { provider: string; model: string; languageModel: LanguageModelV3 }

/** A provider with what is needed to call it. */
type Known = { id: string; type: ProviderType; base_url: string | null; api_key: string | null; default_model: string | null; source: Provider['source']; key_from: Provider['api_key'] }

export type Providers = {
  list: () => Promise<Provider[]>
  /** Whether an agent may name it: `auto`, one that is there, or a type that only lacks its key. */
  knows: (id: string) => Promise<boolean>
  /** @throws PROVIDER_NOT_FOUND, or UNAVAILABLE with what to do when it cannot be used. */
  resolveModel: (provider: string, model: string) => Promise<ResolvedModel>
  close: () => Promise<void>
}

/** Every way to a model: stored ones, those of cadre.yaml, those that the environment's keys make, and the planner inside. */
export function openProviders(app: { db: Db; config: Config }): Providers {
  const models = new Map<string, LanguageModelV3>()
  const discovered = new Map<string, string>()
  // The time limit is the run's; a slow model is no error, so undici's own limits are off.
  const http = new HttpAgent({ connections: 512, pipelining: 1, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })
  const fetch = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: http })) as unknown as typeof globalThis.fetch

  const all = async (): Promise<Known[]> => {
    const stored = (await selectProviders(app.db.read)).map((row) => fromRow(app.config, row))
    const configured = app.config.providers.map((each): Known => ({ id: each.id, type: each.type, base_url: each.base_url ?? null, api_key: each.api_key ?? null, default_model: each.default_model ?? null, source: 'config', key_from: each.api_key ? 'stored' : 'none' }))
    const seen = new Set<string>()
    return [...configured, ...stored, ...fromEnvironment(app.config.env), builtin].filter(({ id }) => !seen.has(id) && seen.add(id))
  }

  const modelOf = async (known: Known, name: string): Promise<LanguageModelV3> => {
    const key = JSON.stringify([known.id, name, known.base_url, known.api_key])
    let model = models.get(key)
    if (!model) models.set(key, (model = await makeModel(known, name, fetch)))
    return model
  }

  const defaultOf = async (known: Known): Promise<string> => {
    const named = known.default_model ?? defaultModels[known.type] ?? discovered.get(`${known.id} ${known.base_url}`)
    if (named !== undefined) return named
    const first = await firstModelOf(known, fetch)
    discovered.set(`${known.id} ${known.base_url}`, first)
    return first
  }

  return {
    list: async () => (await all()).map(present),
    knows: async (id) => id === 'auto' || id === 'openai' || id === 'anthropic' || (await all()).some((each) => each.id === id),
    async resolveModel(provider, model) {
      const known = await all()
      const chosen = provider === 'auto' ? known.find((each) => problemOf(each) === null) : known.find((each) => each.id === provider)
      if (!chosen) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${provider}'; add it with POST /api/v1/providers`)
      const problem = problemOf(chosen)
      if (problem) throw new CadreError('UNAVAILABLE', `provider '${provider}' cannot be used: ${problem}`)
      const name = modelNamed(chosen.type, model === 'auto' ? await defaultOf(chosen) : model)
      return { provider: chosen.id, model: name, languageModel: await modelOf(chosen, name) }
    },
    close: () => http.close(),
  }
}

const builtin: Known = { id: 'builtin', type: 'builtin', base_url: null, api_key: null, default_model: 'planner', source: 'builtin', key_from: 'none' }

function fromRow(config: Config, row: ProviderRow): Known {
  const { id, base_url, default_model } = row
  const api_key = row.api_key === null ? null : unseal(config, row.api_key, `providers:${id}`)
  return { id, type: row.type as ProviderType, base_url, default_model, api_key, source: 'api', key_from: api_key === null ? 'none' : 'stored' }
}

function fromEnvironment(env: Config['env']): Known[] {
  const one = (type: 'openai' | 'anthropic', api_key: string | undefined, base_url: string | undefined): Known => {
    return { id: type, type, base_url: base_url ?? null, api_key: api_key ?? null, default_model: null, source: 'environment', key_from: api_key ? 'environment' : 'none' }
  }
  return [one('openai', env['OPENAI_API_KEY'], env['OPENAI_BASE_URL']), one('anthropic', env['ANTHROPIC_API_KEY'], env['ANTHROPIC_BASE_URL'])]
}

function present(known: Known): Provider {
  const reason = problemOf(known)
  return { id: known.id, type: known.type, base_url: known.base_url, default_model: known.default_model ?? defaultModels[known.type] ?? null, api_key: known.key_from, source: known.source, usable: reason === null, reason }
}

function problemOf({ type, api_key, base_url }: Known): string | null {
  if (type === 'custom') return base_url ? null : 'it has no base_url'
  if (type === 'builtin' || api_key) return null
  return `it has no API key; set ${type.toUpperCase()}_API_KEY, or add it with POST /api/v1/providers`
}

// The packages are large and most processes use one of them, so each is imported when it is needed.
async function makeModel(known: Known, name: string, fetch: typeof globalThis.fetch): Promise<LanguageModelV3> {
  const settings = { ...(known.base_url ? { baseURL: known.base_url } : {}), ...(known.api_key ? { apiKey: known.api_key } : {}), fetch }
  switch (known.type) {
    case 'builtin':
      if (name !== 'planner') throw new CadreError('UNAVAILABLE', `provider 'builtin' has one model, 'planner'; there is no '${name}'`)
      return (await import('./planner/planner-model.ts')).plannerModel()
    case 'openai':
      return (await import('@ai-sdk/openai')).createOpenAI(settings).chat(name)
    case 'anthropic':
      return (await import('@ai-sdk/anthropic')).createAnthropic(settings)(name)
    case 'custom': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      return createOpenAICompatible({ ...settings, name: known.id, baseURL: known.base_url ?? '', includeUsage: true }).chatModel(name)
    }
  }
}

// An OpenAI-compatible server lists its models; where nobody said which to use, its first one is.
async function firstModelOf(known: Known, fetch: typeof globalThis.fetch): Promise<string> {
  const url = `${known.base_url}/models`
  try {
    const response = await fetch(url, { headers: known.api_key ? { authorization: `Bearer ${known.api_key}` } : {}, signal: AbortSignal.timeout(10_000) })
    const first = ((await response.json()) as { data?: { id?: string }[] }).data?.[0]?.id
    if (first) return first
    throw new Error(`status ${response.status}, no models in the answer`)
  } catch (error) {
    throw new CadreError('UNAVAILABLE', `provider '${known.id}' was asked for its models at ${url} and gave none (${(error as Error).message}); name a model in the agent, or a default_model`)
  }
}
