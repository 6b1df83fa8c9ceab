import type { ModelCard, ProviderType } from '@cadre/contract/providers'
import { addressOf } from './addresses.ts'
import { describeGguf, listGguf } from './gguf/gguf-files.ts'
import type { Known } from './known-providers.ts'

/** What a server says of one of its models. */
export type Reported = { id: string; card: Partial<ModelCard>; owned_by?: string }
type Fetch = typeof globalThis.fetch

/** The server answered, but not with what was asked for. */
export class NotAList extends Error {
  override name = 'NotAList'
  readonly url: string
  readonly status: number
  constructor(url: string, status: number) {
    super(`answered ${status} and no list of models at ${url}`)
    this.url = url
    this.status = status
  }
}

const patienceMs = 10_000

/** Whose servers cannot be asked which models this account may use. */
export function canList(type: ProviderType): boolean {
  return type !== 'azure' && type !== 'bedrock' && type !== 'builtin'
}

/** Every model of a server with what it says of them. Throws network errors as they come, with the address in `url`. */
export async function listModels(known: Known, fetch: Fetch, signal = AbortSignal.timeout(patienceMs)): Promise<Reported[]> {
  switch (known.type) {
    case 'ollama':
      return (await ask(known, fetch, `${addressOf(known)}/api/tags`, signal, 'models')).flatMap((each) => named(each['name']))
    case 'google':
      return (await ask(known, fetch, `${addressOf(known)}/models?pageSize=1000`, signal, 'models')).flatMap(fromGoogle)
    case 'anthropic':
      return (await ask(known, fetch, `${addressOf(known)}/models?limit=1000`, signal, 'data')).flatMap(fromList)
    case 'lmstudio':
      return listLmStudio(known, fetch, signal)
    case 'gguf':
      return listGguf(known.options)
    default:
      return (await ask(known, fetch, `${addressOf(known)}/models`, signal, 'data')).flatMap(fromList)
  }
}

/** What a local server says of one model; undefined where the kind of server says nothing of that. */
export async function describeModel(known: Known, model: string, fetch: Fetch): Promise<Partial<ModelCard> | undefined> {
  const signal = AbortSignal.timeout(patienceMs)
  if (known.type === 'ollama') return describeOllama(known, model, fetch, signal)
  if (known.type === 'gguf') return describeGguf(known.options, model)
  if (known.type !== 'lmstudio') return undefined
  return (await listLmStudio(known, fetch, signal)).find(({ id }) => id === model)?.card
}

/**
 * The context that a server really runs a model with, asked after a call, since it is loaded only then; null where it does not say. Ollama says it
 * of what is loaded (/api/ps, since 0.11), llama.cpp of its slots (/props), LM Studio, vLLM and some makers in their lists.
 */
export async function realContext(known: Known, model: string, fetch: Fetch): Promise<number | null> {
  const signal = AbortSignal.timeout(patienceMs)
  if (known.type === 'ollama') {
    const loaded = await ask(known, fetch, `${addressOf(known)}/api/ps`, signal, 'models')
    const size = loaded.find(({ name }) => name === model || name === `${model}:latest`)?.['context_length']
    return typeof size === 'number' ? size : null
  }
  if (!canList(known.type)) return null
  const found = (await listModels(known, fetch, signal)).find(({ id }) => id === model)
  if (found?.owned_by !== 'llamacpp') return found?.card.context_size ?? null
  const props = await send(known, fetch, `${addressOf(known).replace(/\/v\d+$/, '')}/props`, signal)
  const size = (props['default_generation_settings'] as Entry | null | undefined)?.['n_ctx']
  return typeof size === 'number' ? size : (found.card.context_size ?? null)
}

type Entry = Record<string, unknown>

/** LM Studio says more by its own address than by the compatible one; other servers may stand in its place. */
async function listLmStudio(known: Known, fetch: Fetch, signal: AbortSignal): Promise<Reported[]> {
  const root = addressOf(known).replace(/\/v\d+$/, '')
  try {
    return (await ask(known, fetch, `${root}/api/v0/models`, signal, 'data')).flatMap(fromLmStudio)
  } catch (error) {
    if (!(error instanceof NotAList) || error.status === 401) throw error
    return (await ask(known, fetch, `${addressOf(known)}/models`, signal, 'data')).flatMap(fromList)
  }
}

function fromLmStudio(entry: Entry): Reported[] {
  const { type, state, loaded_context_length, capabilities } = entry
  const can = Array.isArray(capabilities) ? capabilities : []
  const embeds = type === 'embeddings'
  return named(entry['id'], {
    ...(typeof type === 'string' ? { chat: !embeds, embeddings: embeds, streaming: !embeds, vision: type === 'vlm' } : {}),
    // Not in the list means only that it was not trained for tools.
    ...(can.includes('tool_use') ? { tools: true } : {}),
    // Of a model that is not loaded only its maker's maximum is known, and it will not be loaded with that.
    ...(state === 'loaded' && typeof loaded_context_length === 'number' ? { context_size: loaded_context_length } : {}),
  })
}

/** OpenAI's list, and what Mistral, vLLM, llama.cpp and OpenRouter add to it. */
function fromList(entry: Entry): Reported[] {
  const { max_context_length, max_model_len, context_length, meta, capabilities } = entry
  const trained = (meta as { n_ctx?: unknown } | null | undefined)?.n_ctx
  const size = [max_context_length, max_model_len, context_length, trained].find((each) => typeof each === 'number') as number | undefined
  const can = Array.isArray(capabilities) ? {} : ((capabilities ?? {}) as Record<string, unknown>)
  const owned = typeof entry['owned_by'] === 'string' ? { owned_by: entry['owned_by'] } : {}
  return named(entry['id'], {
    ...(size === undefined ? {} : { context_size: size }),
    ...flag('chat', can['completion_chat']),
    ...flag('tools', can['function_calling']),
    ...flag('vision', can['vision']),
  }).map((each) => ({ ...each, ...owned }))
}

function fromGoogle(entry: Entry): Reported[] {
  const methods = Array.isArray(entry['supportedGenerationMethods']) ? entry['supportedGenerationMethods'] : []
  const size = entry['inputTokenLimit']
  return named(String(entry['name'] ?? '').replace(/^models\//, ''), {
    chat: methods.includes('generateContent'),
    embeddings: methods.includes('embedContent'),
    ...(typeof size === 'number' ? { context_size: size } : {}),
  })
}

async function describeOllama(known: Known, model: string, fetch: Fetch, signal: AbortSignal): Promise<Partial<ModelCard>> {
  const url = `${addressOf(known)}/api/show`
  const answer = await send(known, fetch, url, signal, JSON.stringify({ model }))
  const { capabilities, model_info, parameters } = answer as { capabilities?: string[]; model_info?: Entry; parameters?: string }
  const trained = Object.entries(model_info ?? {}).find(([key]) => key.endsWith('.context_length'))?.[1]
  const pinned = /^num_ctx\s+(\d+)/m.exec(parameters ?? '')?.[1]
  const size = contextFor(known, typeof trained === 'number' ? trained : null, pinned === undefined ? null : Number(pinned))
  const can = capabilities ?? []
  return {
    ...(capabilities === undefined
      ? {}
      : {
          chat: can.includes('completion'),
          streaming: can.includes('completion'),
          structured_output: can.includes('completion'),
          tools: can.includes('tools'),
          vision: can.includes('vision'),
          embeddings: can.includes('embedding'),
        }),
    context_size: size,
  }
}

/**
 * What Ollama is asked to make room for, where nobody said. It is memory, taken when the model is loaded: a model of 8B with Q4 weights
 * takes 5 GB, and 128 kB more for each token of context (32 layers, 8 key-value heads of 128, 16 bits), so 2 GB here and together 7 GB: an
 * ordinary card of 8 GB. Ollama's own 4096 is too little for an agent with tools, and its models' 131072 would take 16 GB.
 */
export const ollamaContext = 16_384

/** The setting, else the Modelfile's num_ctx, else ours; never more than the model was trained for. */
function contextFor(known: Known, trained: number | null, pinned: number | null): number {
  return Math.min(trained ?? Number.POSITIVE_INFINITY, known.options.context_size ?? pinned ?? ollamaContext)
}

function named(id: unknown, card: Partial<ModelCard> = {}): Reported[] {
  return typeof id === 'string' && id !== '' ? [{ id, card }] : []
}

function flag<N extends keyof ModelCard>(name: N, value: unknown): Partial<ModelCard> {
  return typeof value === 'boolean' ? { [name]: value } : {}
}

async function ask(known: Known, fetch: Fetch, url: string, signal: AbortSignal, list: string): Promise<Entry[]> {
  const found = (await send(known, fetch, url, signal))[list]
  if (!Array.isArray(found)) throw new NotAList(url, 200)
  return found.filter((each): each is Entry => typeof each === 'object' && each !== null)
}

async function send(known: Known, fetch: Fetch, url: string, signal: AbortSignal, body?: string): Promise<Entry> {
  const headers = { ...authorization(known), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  let status: number
  let text: string
  try {
    const response = await fetch(url, { headers, signal, ...(body === undefined ? {} : { method: 'POST', body }) })
    status = response.status
    text = await response.text()
  } catch (error) {
    throw Object.assign(error as Error, { url })
  }
  const value = status === 200 ? parsed(text) : undefined
  if (value === undefined) throw Object.assign(new NotAList(url, status), { statusCode: status, responseBody: text })
  return value
}

function authorization({ type, api_key }: Known): Record<string, string> {
  if (api_key === null) return {}
  if (type === 'anthropic') return { 'x-api-key': api_key, 'anthropic-version': '2023-06-01' }
  return type === 'google' ? { 'x-goog-api-key': api_key } : { authorization: `Bearer ${api_key}` }
}

function parsed(text: string): Entry | undefined {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null ? (value as Entry) : undefined
  } catch {
    return undefined // said by the caller, with the address
  }
}
