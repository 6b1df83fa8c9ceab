import type { Agent, Dispatcher } from 'undici'
import { gatheredBody, type Reading } from './gathered-body.ts'

export type ProviderHttp = {
  /** A `fetch` for one provider; its secrets are taken out of whatever the other side says when it refuses. */
  fetchFor: (secrets: readonly string[]) => typeof globalThis.fetch
  close: () => Promise<void>
}

type Init = { method?: string; headers?: Record<string, string>; body?: string; signal?: AbortSignal | null }

/**
 * The way to model servers. The owner gives their addresses, so private ones (Ollama on this machine) are reached without a grant. There is
 * no time limit here: a slow model is no error, and every call has its own signal. Redirects are not followed: a key goes to the address
 * it was given for and nowhere else.
 */
export function openProviderHttp(): ProviderHttp {
  let agent: Agent | undefined
  let opening: Promise<typeof import('undici')> | undefined
  const reading: Reading = { bodies: 0 }
  const ready = async () => {
    opening ??= import('undici') // 90 ms that a start does not pay
    const { Agent } = await opening
    return (agent ??= new Agent({ connections: 512, allowH2: false, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 }))
  }
  return {
    fetchFor(secrets) {
      const send = async (address: string | URL, { method, headers, body, signal }: Init = {}) => {
        const url = new URL(address)
        const answer = await (
          await ready()
        ).request({
          origin: url.origin,
          path: url.pathname + url.search,
          method: (method ?? 'GET') as Dispatcher.HttpMethod,
          headers: headers ?? {},
          body: body ?? null,
          signal: signal ?? null,
        })
        return new Answer(url.href, answer, secrets, reading)
      }
      return send as unknown as typeof globalThis.fetch
    },
    close: async () => agent?.destroy(),
  }
}

/**
 * What the AI SDK uses of a Response, over undici's plain request: `fetch` with its web streams takes three times as long for each call,
 * and a run makes several.
 */
class Answer {
  readonly url: string
  readonly status: number
  readonly statusText = ''
  readonly ok: boolean
  readonly headers: Headers
  readonly #answer: Dispatcher.ResponseData
  readonly #secrets: readonly string[]
  readonly #reading: Reading

  constructor(url: string, answer: Dispatcher.ResponseData, secrets: readonly string[], reading: Reading) {
    this.url = url
    this.status = answer.statusCode
    this.ok = answer.statusCode >= 200 && answer.statusCode < 300
    this.headers = new Headers(
      Object.entries(answer.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])),
    )
    this.#answer = answer
    this.#reading = reading
    this.#secrets = this.ok ? [] : secrets
  }

  get body() {
    return gatheredBody(this.#answer.body, this.#reading)
  }

  async text() {
    const text = await this.#answer.body.text()
    return this.#secrets.reduce((said, secret) => said.replaceAll(secret, '***'), text)
  }

  async json() {
    return JSON.parse(await this.text()) as unknown
  }
}
