import { join } from 'node:path'
import type { EmbeddingModelV3, LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import type { ModelCard, Provider, ProviderType } from '@cadre/contract/providers'
import type { Access } from '../access/open-access.ts'
import { checkKey } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import type { Db } from '../storage/database.ts'
import { type Alias, aliasTable, defaultModels, modelNamed } from './aliases.ts'
import type { LimitsOf, SharedLimits } from './calls/model-calls.ts'
import { choose } from './choose-provider.ts'
import { chooseEmbedding } from './choose-embedding.ts'
import { fromEnvironment } from './environment-providers.ts'
import { builtin, fromConfig, fromRow, type Known, present, secretsOf } from './known-providers.ts'
import { makeEmbeddingModel, makeModel } from './make-model.ts'
import { cardOf } from './model-cards.ts'
import { openGguf } from './gguf/open-gguf.ts'
import { firstModelOf } from './first-model.ts'
import { openProviderHttp } from './provider-http.ts'
import { type ProviderRow, selectAliases, selectCards, selectProviders } from './providers.store.ts'
import { describeModel, listModels, realContext, type Reported } from './server-models.ts'

export type ResolvedModel = {
  provider: string
  type: ProviderType
  model: string
  languageModel: LanguageModelV3
  /** Tokens of prompt and answer together; null where nobody knows. */
  context_size: number | null
  card: ModelCard
}

export type Providers = {
  /** Those that a workspace may use, in the order in which `auto` tries them. */
  list: (workspace: string) => Promise<Provider[]>
  /** The same with what is needed to call them; for this folder only. */
  known: (workspace: string) => Promise<Known[]>
  /** Whether an agent may name it: `auto`, or one that is there, usable or not. */
  knows: (workspace: string, id: string) => Promise<boolean>
  /** @throws PROVIDER_NOT_FOUND, or UNAVAILABLE with what to do when it cannot be used. */
  resolveModel: (workspace: string, provider: string, model: string) => Promise<ResolvedModel>
  /** What a provider's server says of its models, asked now. */
  askModels: (workspace: string, known: Known, signal?: AbortSignal) => Promise<Reported[]>
  /** The context that the server runs a model with, where it says so. */
  realContext: (known: Known, model: string) => Promise<number | null>
  /** @throws PROVIDER_NOT_FOUND, or UNAVAILABLE with what to do where there are no embeddings. */
  resolveEmbedding: (workspace: string, provider: string, model: string) => Promise<{ known: Known; model: string }>
  embeddingModel: (known: Known, model: string) => Promise<EmbeddingModelV3 | undefined>
  /** What the provider may be asked for; null for no limit. Cheap: from what was read when a provider was last looked for. */
  limitsOf: LimitsOf
  close: () => Promise<void>
}

/** What a local server said of a model counts this long: it may be loaded anew with another context. */
const describedForMs = 60_000

/** Every way to a model: those of cadre.yaml, those that a workspace stored, those that the environment makes, and the planner inside. All but the stored ones are the server's, for every workspace. */
export function openProviders(app: { db: Db; config: Config; access: Pick<Access, 'secretUsed'> }): Providers {
  checkKey(app.config)
  if (app.config.provider_limits['builtin'])
    throw new ConfigError(`provider_limits.builtin: the built-in planner is in this process and has no limits`)
  const configured = app.config.providers.map(fromConfig)
  const environment = fromEnvironment(app.config.env)
  const http = openProviderHttp()
  const gguf = openGguf(() => join(app.config.data_dir, 'packages'))
  const models = new Map<string, LanguageModelV3>()
  const discovered = new Map<string, string>()
  const descriptions = new Map<string, { at: number; card: Promise<Partial<ModelCard> | undefined> }>()
  const lists = new Map<string, { at: number; models: Promise<Reported[]> }>()
  const fetchFor = (known: Known) => http.fetchFor(secretsOf(known))

  const noteUse = (workspace_id: string, known: Known) => {
    if (secretsOf(known).length > 0) app.access.secretUsed({ workspace_id, kind: 'provider', name: known.id })
  }

  // Opening a sealed key takes longer than reading its row.
  const keys = new Map<string, { text: string; known: Known }>()
  const opened = (row: ProviderRow): Known => {
    const text = JSON.stringify(row)
    const key = JSON.stringify([row.workspace_id, row.id])
    const before = keys.get(key)
    if (before?.text === text) return before.known
    const known = fromRow(app.config, row)
    keys.set(key, { text, known })
    return known
  }

  // Every run looks for its model, so these are as new as the last run, and as any change in this process.
  const limits = new Map<string, Map<string, SharedLimits>>()

  // Stored ones are read anew each time, since another process may have changed them.
  const all = async (workspace: string): Promise<Known[]> => {
    const stored = (await selectProviders(app.db.read, workspace)).map(opened)
    const seen = new Set<string>()
    const known = [...configured, ...stored, ...environment]
      .map((each) => ({ ...each, options: { ...app.config.provider_limits[each.id], ...each.options } }))
      .concat(builtin)
      .filter(({ id }) => !seen.has(id) && seen.add(id))
      .map((each) => (each.type === 'gguf' ? { ...each, problem: each.problem ?? gguf.problemOf(each.options) } : each))
    limits.set(workspace, new Map(known.flatMap((each) => limitsFrom(workspace, each))))
    return known
  }

  // Whoever wants vectors of many texts asks often for the same server's model.
  const listed = (known: Known): Promise<Reported[]> => {
    const key = JSON.stringify([known.id, known.base_url, known.api_key, known.options])
    const before = lists.get(key)
    if (before && performance.now() - before.at < describedForMs) return before.models
    const models = listModels(known, fetchFor(known))
    lists.set(key, { at: performance.now(), models })
    models.catch(() => lists.delete(key))
    return models
  }

  const described = (known: Known, name: string): Promise<Partial<ModelCard> | undefined> => {
    if (known.type !== 'ollama' && known.type !== 'lmstudio' && known.type !== 'gguf') return Promise.resolve(undefined)
    const key = JSON.stringify([known.id, known.base_url, known.api_key, known.options, name])
    const before = descriptions.get(key)
    if (before && performance.now() - before.at < describedForMs) return before.card
    const card = describeModel(known, name, fetchFor(known))
    descriptions.set(key, { at: performance.now(), card })
    card.catch(() => descriptions.delete(key))
    return card
  }

  const modelOf = async (known: Known, name: string): Promise<LanguageModelV3> => {
    const key = JSON.stringify([known.id, known.type, name, known.base_url, known.api_key, known.aws, known.options])
    const contextSize = async () => (await described(known, name))?.context_size ?? known.options.context_size ?? null
    const model = models.get(key) ?? (await makeModel(known, name, { fetch: fetchFor(known), contextSize, gguf }))
    models.set(key, model)
    return model
  }

  const defaultOf = async (known: Known): Promise<string> => {
    const key = JSON.stringify([known.id, known.base_url, known.api_key, known.options.path])
    const named = known.default_model ?? (known.model_like === null ? defaultModels[known.type] : undefined) ?? discovered.get(key)
    if (named !== undefined) return named
    const first = await firstModelOf(known, fetchFor(known))
    discovered.set(key, first)
    return first
  }

  return {
    list: async (workspace) => (await all(workspace)).map(present),
    known: all,
    knows: async (workspace, id) => id === 'auto' || (await all(workspace)).some((each) => each.id === id),
    async resolveModel(workspace, provider, model) {
      if (provider === 'builtin') return resolved(builtin, model === 'auto' ? 'planner' : model, undefined)
      const [known, aliases, cards] = await Promise.all([all(workspace), selectAliases(app.db.read, workspace), selectCards(app.db.read, workspace)])
      const table = aliasTable(aliases as Alias[])
      // The id of a line of `models:` is as good as a model's name.
      const line = provider === 'auto' && configured.some(({ id }) => id === model)
      const [from, wanted] = line ? [model, 'auto'] : [provider, model]
      const chosen = choose(known, from, wanted, table)
      if ('missing' in chosen) throw new CadreError(chosen.missing ? 'PROVIDER_NOT_FOUND' : 'UNAVAILABLE', chosen.problem)
      noteUse(workspace, chosen)
      const name = modelNamed(table, chosen.type, wanted === 'auto' ? await defaultOf(chosen) : wanted)
      return resolved(
        chosen,
        name,
        cards.find((each) => each.provider_id === chosen.id && each.model === name),
      )
    },
    askModels(workspace, known, signal) {
      noteUse(workspace, known)
      return listModels(known, fetchFor(known), signal)
    },
    realContext: (known, model) => realContext(known, model, fetchFor(known)),
    async resolveEmbedding(workspace, provider, model) {
      const [known, aliases] = await Promise.all([all(workspace), selectAliases(app.db.read, workspace)])
      const { chosen, wanted } = await chooseEmbedding(known, provider, model, listed)
      noteUse(workspace, chosen)
      return { known: chosen, model: modelNamed(aliasTable(aliases as Alias[]), chosen.type, wanted) }
    },
    embeddingModel: async (known, model) =>
      known.type === 'gguf' ? gguf.embeddingModel(known.options, model) : makeEmbeddingModel(known, model, fetchFor(known)),
    async limitsOf(workspace, provider) {
      if (!limits.has(workspace)) await all(workspace)
      return limits.get(workspace)?.get(provider) ?? null
    },
    async close() {
      await Promise.all([http.close(), gguf.close()])
    },
  }

  async function resolved(known: Known, name: string, row: Parameters<typeof cardOf>[3]): Promise<ResolvedModel> {
    const languageModel = await modelOf(known, name)
    // A server that is down says so when it is called.
    const card = await cardOf(known, name, await described(known, name).catch(() => undefined), row)
    return { provider: known.id, type: known.type, model: name, languageModel, context_size: card.context_size, card }
  }
}

function limitsFrom(workspace: string, { id, source, options }: Known): [string, SharedLimits][] {
  const { requests_per_minute, tokens_per_minute, concurrent, max_waiting } = options
  if (requests_per_minute === undefined && tokens_per_minute === undefined && concurrent === undefined) return []
  const or = (limit: number | undefined) => limit ?? null
  const limits = {
    requests_per_minute: or(requests_per_minute),
    tokens_per_minute: or(tokens_per_minute),
    concurrent: or(concurrent),
    max_waiting: or(max_waiting),
  }
  return [[id, { key: source === 'api' ? `${workspace}/${id}` : id, limits }]]
}
