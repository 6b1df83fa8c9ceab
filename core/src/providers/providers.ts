import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import type { Provider } from '@cadre/contract/providers'
import { checkKey } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { defaultModels, modelNamed } from './aliases.ts'
import { builtin, choose, fromConfig, fromEnvironment, fromRow, type Known, present } from './known-providers.ts'
import { firstModelOf, makeModel } from './make-model.ts'
import { openProviderHttp } from './provider-http.ts'
import { type ProviderRow, selectProviders } from './providers.store.ts'

export type ResolvedModel = { provider: string; model: string; languageModel: LanguageModelV3 }

export type Providers = {
  /** In the order in which `auto` tries them. */
  list: () => Promise<Provider[]>
  /** Whether an agent may name it: `auto`, or one that is there, usable or not. */
  knows: (id: string) => Promise<boolean>
  /** @throws PROVIDER_NOT_FOUND, or UNAVAILABLE with what to do when it cannot be used. */
  resolveModel: (provider: string, model: string) => Promise<ResolvedModel>
  close: () => Promise<void>
}

/** Every way to a model: those of cadre.yaml, stored ones, those that the environment's keys make, and the planner inside. */
export function openProviders(app: { db: Db; config: Config }): Providers {
  checkKey(app.config)
  const configured = app.config.providers.map(fromConfig)
  const environment = fromEnvironment(app.config.env)
  const http = openProviderHttp()
  const models = new Map<string, LanguageModelV3>()
  const discovered = new Map<string, string>()

  // Opening a sealed key takes longer than reading its row.
  const keys = new Map<string, { text: string; known: Known }>()
  const opened = (row: ProviderRow): Known => {
    const text = JSON.stringify(row)
    const before = keys.get(row.id)
    if (before?.text === text) return before.known
    const known = fromRow(app.config, row)
    keys.set(row.id, { text, known })
    return known
  }

  // Stored ones are read anew each time, since another process may have changed them.
  const all = async (): Promise<Known[]> => {
    const stored = (await selectProviders(app.db.read)).map(opened)
    const seen = new Set<string>()
    return [...configured, ...stored, ...environment, builtin].filter(({ id }) => !seen.has(id) && seen.add(id))
  }

  const modelOf = async (known: Known, name: string): Promise<LanguageModelV3> => {
    const key = JSON.stringify([known.id, known.type, name, known.base_url, known.api_key])
    const model = models.get(key) ?? (await makeModel(known, name, http.fetchFor(known.api_key)))
    models.set(key, model)
    return model
  }

  const defaultOf = async (known: Known): Promise<string> => {
    const key = JSON.stringify([known.id, known.base_url])
    const named = known.default_model ?? defaultModels[known.type] ?? discovered.get(key)
    if (named !== undefined) return named
    const first = await firstModelOf(known, http.fetchFor(known.api_key))
    discovered.set(key, first)
    return first
  }

  return {
    list: async () => (await all()).map(present),
    knows: async (id) => id === 'auto' || (await all()).some((each) => each.id === id),
    async resolveModel(provider, model) {
      const chosen = choose(provider === 'builtin' ? [builtin] : await all(), provider, model)
      if ('missing' in chosen) throw new CadreError(chosen.missing ? 'PROVIDER_NOT_FOUND' : 'UNAVAILABLE', chosen.problem)
      const name = modelNamed(chosen.type, model === 'auto' ? await defaultOf(chosen) : model)
      return { provider: chosen.id, model: name, languageModel: await modelOf(chosen, name) }
    },
    close: () => http.close(),
  }
}
