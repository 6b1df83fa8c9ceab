import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'

/**
 * The model object of the AI SDK. The packages are large and most processes use one of them, so each is imported when it is needed. Address
 * and key are always given: left out, the packages would look for them in the environment of the process.
 */
export async function makeModel(known: Known, name: string, fetch: typeof globalThis.fetch): Promise<LanguageModelV3> {
  const apiKey = known.api_key ?? 'none'
  switch (known.type) {
    case 'builtin':
      if (name !== 'planner') throw new CadreError('UNAVAILABLE', `provider 'builtin' has one model, 'planner'; there is no '${name}'`)
      return (await import('./planner/planner-model.ts')).plannerModel()
    case 'openai': {
      const { createOpenAI } = await import('@ai-sdk/openai')
      // Chat completions, since most servers that speak OpenAI's language have no /responses.
      return createOpenAI({ baseURL: known.base_url ?? 'https://api.openai.com/v1', apiKey, fetch }).chat(name)
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ baseURL: versioned(known.base_url ?? 'https://api.anthropic.com'), apiKey, fetch })(name)
    }
    case 'custom': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const key = known.api_key === null ? {} : { apiKey }
      return createOpenAICompatible({
        ...key,
        name: known.id,
        baseURL: known.base_url ?? '',
        includeUsage: true,
        supportsStructuredOutputs: false,
        fetch,
      }).chatModel(name)
    }
  }
}

/** An OpenAI-compatible server lists its models; where nobody said which to use, its first one is. */
export async function firstModelOf(known: Known, fetch: typeof globalThis.fetch): Promise<string> {
  const url = `${known.base_url}/models`
  const advice = 'name a model in the agent, or a default_model in the provider'
  let status: number
  let text: string
  try {
    const headers: Record<string, string> = known.api_key === null ? {} : { authorization: `Bearer ${known.api_key}` }
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(10_000) })
    status = response.status
    text = await response.text()
  } catch (error) {
    const { message } = explainModelError(Object.assign(error as Error, { url }), known.id)
    throw new CadreError('UNAVAILABLE', `provider '${known.id}' has no default_model and was asked for its models: ${message}`)
  }
  const first = status === 200 ? firstIn(text) : undefined
  if (first === undefined) throw new CadreError('UNAVAILABLE', `provider '${known.id}' answered ${status} and no list of models at ${url}; ${advice}`)
  return first
}

function firstIn(text: string): string | undefined {
  try {
    const { data } = JSON.parse(text) as { data?: { id?: unknown }[] }
    const id = data?.[0]?.id
    return typeof id === 'string' && id !== '' ? id : undefined
  } catch {
    return undefined // said by the caller, with the address
  }
}

// Anthropic's own library wants the address without /v1, the AI SDK with it; people have either.
function versioned(url: string) {
  return /\/v\d+$/.test(url) ? url : `${url}/v1`
}
