import type { Detected } from '@cadre/contract/providers'
import type { Actor } from '../access/actor.ts'
import type { Config } from '../config.ts'
import { addressOf, ollamaAddress, withoutSlash } from './addresses.ts'
import { explainModelError } from './explain-error.ts'
import { builtin, type Known } from './known-providers.ts'
import { cardOf } from './model-cards.ts'
import type { Providers } from './providers.ts'
import { NotAList } from './server-models.ts'

type Place = { type: Detected['type']; base_url: string }

/** Loopback answers at once or not at all. */
const patienceMs = 3000

/** The usual addresses on this machine, or what the environment says of them. llama.cpp's server has port 8080 by default. */
export function usualPlaces(env: Config['env']): Place[] {
  return [
    { type: 'ollama', base_url: ollamaAddress(env['OLLAMA_HOST'] ?? '127.0.0.1') ?? 'http://127.0.0.1:11434' },
    { type: 'lmstudio', base_url: withoutSlash(env['LMSTUDIO_URL']) ?? 'http://127.0.0.1:1234' },
    { type: 'custom', base_url: 'http://127.0.0.1:8080/v1' },
  ]
}

/** Looks for model servers, only ever when somebody asks for it. */
export async function detectProviders(
  app: { config: Config; providers: Providers },
  actor: Actor,
  places = usualPlaces(app.config.env),
): Promise<{ items: Detected[] }> {
  const known = await app.providers.known(actor.workspace_id)
  return { items: await Promise.all(places.map((place) => look(app.providers, actor.workspace_id, known, place))) }
}

async function look(providers: Providers, workspace: string, all: Known[], { type, base_url }: Place): Promise<Detected> {
  const at: Known = { ...builtin, id: type, type, base_url, source: 'environment' }
  const same = all.find(
    (each) => each.problem === null && each.base_url !== null && addressOf(each).replace(/\/v1$/, '') === addressOf(at).replace(/\/v1$/, ''),
  )
  const found = { type, server: null, base_url, provider: same?.id ?? null, models: [] }
  try {
    const models = await providers.askModels(workspace, { ...at, api_key: same?.api_key ?? null }, AbortSignal.timeout(patienceMs))
    return {
      ...found,
      found: true,
      server: type === 'custom' ? (models.some(({ owned_by }) => owned_by === 'llamacpp') ? 'llama.cpp' : null) : type,
      models: await Promise.all(models.map(async ({ id, card }) => ({ id, card: await cardOf(at, id, card, undefined) }))),
      error: null,
    }
  } catch (error) {
    if (error instanceof NotAList) return { ...found, found: false, error: `something else answers there: it ${error.message}` }
    const late = error instanceof Error && error.name === 'TimeoutError'
    return { ...found, found: false, error: late ? `no answer within ${patienceMs / 1000} s` : explainModelError(error, type, type).message }
  }
}
