import type { EmbeddingModelV3 } from '@ai-sdk/provider'
import { badAnswer, postOllama } from './ollama-http.ts'

type Setup = { base_url: string; api_key: string | null; model: string; fetch: typeof globalThis.fetch }

/** POST /api/embed (docs.ollama.com/api/embed): unlike its compatible /v1/embeddings it can be told to refuse what is too long instead of cutting it. */
export function ollamaEmbedding(setup: Setup): EmbeddingModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'ollama',
    modelId: setup.model,
    maxEmbeddingsPerCall: 2048,
    supportsParallelCalls: false,
    async doEmbed({ values, abortSignal }) {
      const { response, url } = await postOllama(setup, '/api/embed', { model: setup.model, input: values, truncate: false }, abortSignal)
      const text = await response.text()
      const answer = read(text)
      if (!answer) throw badAnswer(url, response.status, text)
      const tokens = answer.prompt_eval_count
      return { embeddings: answer.embeddings, ...(tokens === undefined ? {} : { usage: { tokens } }), warnings: [] }
    },
  }
}

function read(text: string): { embeddings: number[][]; prompt_eval_count?: number } | undefined {
  try {
    const answer = JSON.parse(text) as { embeddings?: unknown }
    return Array.isArray(answer.embeddings) ? (answer as { embeddings: number[][] }) : undefined
  } catch {
    return undefined // the caller says what came instead
  }
}
