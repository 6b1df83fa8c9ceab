import type { Dialect } from './wire.ts'

/** Every text has a vector that tells it apart. */
export function vectorOf(text: string): number[] {
  return [text.length, text.codePointAt(0) ?? 0, 0.5]
}

type Request = { content: { parts: { text: string }[] } }
type Body = { input?: string[]; requests?: Request[]; content?: Request['content']; inputText?: string; texts?: string[] }

/** The texts of a request for embeddings, on whichever wire. */
export function textsOf(given: Record<string, unknown>): string[] {
  const body = given as Body
  const { input, texts, requests, content, inputText } = body
  const parts = requests ?? (content ? [{ content }] : [])
  return input ?? texts ?? (inputText === undefined ? parts.map((each) => each.content.parts[0]?.text ?? '') : [inputText])
}

/** Gives vectors on the wires of OpenAI (and all that speak its language), Google, Bedrock and Ollama. */
export const embeddings: Dialect = {
  contentType: 'application/json',
  embeds: true,
  read: () => ({ stream: false, tools: [], results: 0, json: false }),
  whole: (_, { url, body }) => {
    const vectors = textsOf(body).map(vectorOf)
    if (url.endsWith(':batchEmbedContents')) return { embeddings: vectors.map((values) => ({ values })) }
    if (url.endsWith(':embedContent')) return { embedding: { values: vectors[0] } }
    if (url.endsWith('/invoke'))
      return body['texts'] ? { embeddings: vectors, id: 'x', response_type: 'embeddings_floats' } : { embedding: vectors[0], inputTextTokenCount: 3 }
    if (url === '/api/embed') return { model: 'm', embeddings: vectors, prompt_eval_count: 3 * vectors.length }
    const data = vectors.map((embedding, index) => ({ object: 'embedding', index, embedding }))
    // In no order, as the numbers allow.
    return { object: 'list', data: data.reverse(), usage: { prompt_tokens: 3 * vectors.length, total_tokens: 3 * vectors.length } }
  },
  pieces: () => [],
  error: (status, message) => ({ error: { message, status } }),
}
