import { APICallError } from '@ai-sdk/provider'

type Server = { base_url: string; api_key: string | null; fetch: typeof globalThis.fetch }

/** To one of Ollama's own addresses. Throws APICallError for what is no 200. */
export async function postOllama(server: Server, path: string, body: object, signal: AbortSignal | undefined) {
  const url = `${server.base_url}${path}`
  const headers = { 'content-type': 'application/json', ...(server.api_key === null ? {} : { authorization: `Bearer ${server.api_key}` }) }
  let response: Response
  try {
    response = await server.fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: signal ?? null })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new APICallError({ message: (cause as Error).message, url, requestBodyValues: {}, cause, isRetryable: true })
  }
  if (!response.ok) {
    const said = await response.text()
    const responseHeaders = Object.fromEntries(response.headers.entries())
    throw new APICallError({
      message: wordsOf(said),
      url,
      requestBodyValues: {},
      statusCode: response.status,
      responseHeaders,
      responseBody: said,
    })
  }
  return { response, url }
}

/** `{"error": "..."}`, or whatever came. */
function wordsOf(said: string): string {
  try {
    const { error } = JSON.parse(said) as { error?: unknown }
    return typeof error === 'string' ? error : said
  } catch {
    return said
  }
}

/** It answered, and with something else. */
export function badAnswer(url: string, statusCode: number, said: string) {
  return new APICallError({ message: said, url, requestBodyValues: {}, statusCode, responseBody: said })
}
