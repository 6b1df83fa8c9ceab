import type { Agent } from 'undici'

export type ProviderHttp = {
  /** A `fetch` for one provider; its key is taken out of whatever the other side says when it refuses. */
  fetchFor: (apiKey: string | null) => typeof globalThis.fetch
  close: () => Promise<void>
}

/**
 * The way to model servers. The owner gives their addresses, so private ones (Ollama on this machine) are reached without a grant. There is
 * no time limit here: a slow model is no error, and every call has its own signal. Redirects are not followed: a key goes to the address
 * it was given for and nowhere else.
 */
export function openProviderHttp(): ProviderHttp {
  let agent: Agent | undefined
  let opening: Promise<typeof import('undici')> | undefined
  const ready = async () => {
    opening ??= import('undici') // 90 ms that a start does not pay
    const undici = await opening
    agent ??= new undici.Agent({ connections: 512, allowH2: false, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })
    return { fetch: undici.fetch, agent }
  }
  return {
    fetchFor(apiKey) {
      const send = async (url: string, init: object) => {
        const http = await ready()
        const response = await http.fetch(url, { ...init, redirect: 'manual', dispatcher: http.agent })
        return response.ok || apiKey === null ? response : scrubbed(response as unknown as Response, apiKey)
      }
      // undici's own types and the global ones describe the same thing twice.
      return send as unknown as typeof globalThis.fetch
    },
    close: async () => agent?.destroy(),
  }
}

async function scrubbed(response: Response, apiKey: string): Promise<Response> {
  const { status, statusText, headers } = response
  const text = (await response.text()).replaceAll(apiKey, '***')
  return new Response(bodiless.has(status) ? null : text, { status, statusText, headers })
}
const bodiless = new Set([204, 205, 304])
