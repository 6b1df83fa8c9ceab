import type { EmbeddingModelV3, LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import { addressOf } from './addresses.ts'
import type { Gguf } from './gguf/open-gguf.ts'
import { guardedModel } from './guarded-model.ts'
import type { Known } from './known-providers.ts'
import { withTextToolCalls } from './text-tool-calls.ts'

// The AI SDK writes what a provider does not support to the console, in the middle of the log's JSON lines.
;(globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false

export type ModelSetup = {
  fetch: typeof globalThis.fetch
  /** Tokens that fit; null where nobody knows. Asked anew at each call, since a local server changes it. */
  contextSize: () => Promise<number | null>
  gguf: Gguf
}

/**
 * The model object of the AI SDK. The packages are large and most processes use one of them, so each is imported when it is needed. Address
 * and key are always given: left out, the packages would look for them in the environment of the process.
 */
export async function makeModel(known: Known, name: string, setup: ModelSetup): Promise<LanguageModelV3> {
  if (known.type === 'builtin') {
    if (name !== 'planner') throw new CadreError('UNAVAILABLE', `provider 'builtin' has one model, 'planner'; there is no '${name}'`)
    return (await import('./planner/planner-model.ts')).plannerModel()
  }
  // It counts with the model's own tokenizer.
  if (known.type === 'gguf') {
    const model = withTextToolCalls(setup.gguf.model(known.options, name))
    return guardedModel(model, { type: known.type, model: name, contextSize: () => Promise.resolve(null) })
  }
  const isLocal = known.type === 'ollama' || known.type === 'lmstudio' || known.type === 'custom'
  const model = await bareModel(known, name, setup)
  // Makers refuse what is too long by their own count; servers of one's own may cut it.
  const contextSize = isLocal ? setup.contextSize : () => Promise.resolve(null)
  return guardedModel(isLocal ? withTextToolCalls(model) : model, { type: known.type, model: name, contextSize })
}

async function bareModel(known: Known, name: string, setup: ModelSetup): Promise<LanguageModelV3> {
  const { fetch } = setup
  switch (known.type) {
    case 'openai': {
      const openai = await openaiOf(known, fetch)
      return known.options.api === 'responses' ? openai.responses(name) : openai.chat(name)
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic(callWith(known, fetch))(name)
    }
    case 'google':
      return (await googleOf(known, fetch))(name)
    case 'mistral':
      return (await mistralOf(known, fetch))(name)
    case 'azure': {
      const azure = await azureOf(known, fetch)
      return known.options.api === 'responses' ? azure.responses(name) : azure.chat(name)
    }
    case 'bedrock':
      return (await bedrockOf(known, fetch))(name)
    case 'ollama': {
      const { ollamaModel } = await import('./ollama-model.ts')
      return ollamaModel({ base_url: addressOf(known), api_key: known.api_key, model: name, ...setup })
    }
    default:
      return (await compatibleOf(known, fetch)).chatModel(name)
  }
}

/** Undefined for a type whose servers give no embeddings. */
export async function makeEmbeddingModel(known: Known, name: string, fetch: typeof globalThis.fetch): Promise<EmbeddingModelV3 | undefined> {
  switch (known.type) {
    case 'openai':
      return (await openaiOf(known, fetch)).embeddingModel(name)
    case 'google':
      return (await googleOf(known, fetch)).embeddingModel(name)
    case 'mistral':
      return (await mistralOf(known, fetch)).embeddingModel(name)
    case 'azure':
      return (await azureOf(known, fetch)).embeddingModel(name)
    case 'bedrock':
      return (await bedrockOf(known, fetch)).embeddingModel(name)
    case 'ollama': {
      const { ollamaEmbedding } = await import('./ollama-embedding.ts')
      return ollamaEmbedding({ base_url: addressOf(known), api_key: known.api_key, model: name, fetch })
    }
    case 'lmstudio':
    case 'custom':
      return (await compatibleOf(known, fetch)).embeddingModel(name)
    default:
      return undefined
  }
}

function callWith(known: Known, fetch: typeof globalThis.fetch) {
  return { baseURL: addressOf(known), apiKey: known.api_key ?? 'none', fetch }
}

async function openaiOf(known: Known, fetch: typeof globalThis.fetch) {
  return (await import('@ai-sdk/openai')).createOpenAI(callWith(known, fetch))
}

async function googleOf(known: Known, fetch: typeof globalThis.fetch) {
  return (await import('@ai-sdk/google')).createGoogleGenerativeAI(callWith(known, fetch))
}

async function mistralOf(known: Known, fetch: typeof globalThis.fetch) {
  return (await import('@ai-sdk/mistral')).createMistral(callWith(known, fetch))
}

async function azureOf(known: Known, fetch: typeof globalThis.fetch) {
  const { createAzure } = await import('@ai-sdk/azure')
  const { api_version } = known.options
  const dated = api_version !== undefined && /^\d/.test(api_version)
  return createAzure({ ...callWith(known, fetch), ...(api_version === undefined ? {} : { apiVersion: api_version }), useDeploymentBasedUrls: dated })
}

async function bedrockOf(known: Known, fetch: typeof globalThis.fetch) {
  const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock')
  const { aws, api_key } = known
  const region = known.options.region ?? 'us-east-1' // signed in, and of no matter where a base_url says whom to ask
  // An empty apiKey keeps it from looking for one in the environment.
  const keys = aws && { accessKeyId: aws.access_key_id, secretAccessKey: aws.secret_access_key, sessionToken: aws.session_token ?? undefined }
  return createAmazonBedrock({ region, baseURL: addressOf(known), apiKey: api_key ?? (keys ? '' : 'none'), ...withoutUndefined(keys ?? {}), fetch })
}

async function compatibleOf(known: Known, fetch: typeof globalThis.fetch) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  return createOpenAICompatible({
    ...(known.api_key === null ? {} : { apiKey: known.api_key }),
    name: known.id,
    baseURL: addressOf(known),
    includeUsage: true,
    // LM Studio knows a schema only; many others know only that JSON is wanted.
    supportsStructuredOutputs: known.type === 'lmstudio',
    fetch,
  })
}

function withoutUndefined<T extends object>(object: T) {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as { [K in keyof T]: NonNullable<T[K]> }
}
