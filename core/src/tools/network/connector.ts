import { isIP } from 'node:net'
import { Readable } from 'node:stream'
import type { Agent } from 'undici'
import { literalAddress } from './addresses.ts'
import { checkedConnect, type Lookup } from './checked-connect.ts'
import { NetworkRefusal } from './explain-network-error.ts'
import { type Grant, hostPortOf, parseGrant, portOf, refusal, refusedByName, type Rules } from './network-rules.ts'
import { decoded, readBeginning, readBody } from './read-body.ts'

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'
export type Asked = {
  url: URL
  method: Method
  headers: Record<string, string>
  body: string | Uint8Array | null
  /** permissions.network of whoever asks. */
  grants: string[]
  /** A URL whose own host is allowed without a grant, as long as it is public. */
  implied: URL | null
  signal: AbortSignal
}
/** Bytes of the answer's body; more throws TooLarge. Of an answer that is no success only the beginning is read. */
export type Outgoing = Asked & { max_bytes: number }

type Headers = Record<string, string | string[] | undefined>
export type Answer = { status: number; headers: Headers; body: string }
/** The body is as it came over the wire; it must be read or destroyed. */
export type OpenAnswer = { status: number; headers: Headers; body: Readable }

const beginningBytes = 8_000
const withoutBody = new Set([101, 204, 205, 304])

/**
 * The one road of outgoing HTTP for tools: what may be dialled is decided on the very address that is dialled, after the look-up, so that a
 * name which changes its mind gains nothing. Redirects are answers, not followed. Connections are kept alive, apart for each set of grants.
 */
export class Connector {
  readonly #agents = new Map<string, Agent>()
  readonly #lookup: Lookup | undefined
  #undici: Promise<typeof import('undici')> | undefined

  /** @param options.lookup instead of the system's. */
  constructor({ lookup }: { lookup?: Lookup } = {}) {
    this.#lookup = lookup
  }

  async send(out: Outgoing): Promise<Answer> {
    const { status, headers, body } = await this.open(out)
    const encoding = oneHeader(headers, 'content-encoding')
    const bytes = status < 300 ? await readBody(body, encoding, out.max_bytes) : await readBeginning(body, encoding, beginningBytes)
    return { status, headers, body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8') }
  }

  /** Sends the request and gives the answer as soon as it begins. */
  async open(out: Asked): Promise<OpenAnswer> {
    const { hostname, protocol } = out.url
    if (protocol !== 'http:' && protocol !== 'https:') throw new NetworkRefusal(`'${protocol}' is not http: or https:`)
    const rules: Rules = { grants: out.grants.map(readGrant), implied: out.implied && hostPortOf(out.implied) }
    const literal = isIP(hostname.replace(/^\[|\]$/g, '')) ? literalAddress(hostname) : null
    // An address is never looked up, so it is checked here; a name is checked when it is.
    const port = portOf(out.url)
    const refused = literal === null ? refusedByName(hostname, port) : refusal(rules, { host: hostname, address: literal, port })
    if (refused) throw new NetworkRefusal(refused)
    const agent = await this.#agentFor(out, rules)
    const { statusCode, headers, body } = await agent.request({
      origin: out.url.origin,
      path: out.url.pathname + out.url.search,
      method: out.method,
      headers: out.headers,
      body: out.body,
      signal: out.signal,
    })
    // Whoever reads it is told; whoever lets it go does not want to know.
    body.on('error', () => {})
    return { status: statusCode, headers, body }
  }

  /** A `fetch` under these grants for libraries that speak through one. It follows no redirects. */
  fetchFor(grants: string[], implied: URL | null): typeof fetch {
    return async (input, init) => {
      const request = new Request(input, init)
      const { signal } = request
      signal.throwIfAborted()
      const method = request.method as Method
      const body = request.body === null ? null : new Uint8Array(await request.arrayBuffer())
      const asked = { url: new URL(request.url), method, headers: Object.fromEntries(request.headers), body, grants, implied, signal }
      const answer = await this.open(asked)
      const headers = Object.entries(answer.headers).flatMap(([name, value]) => [value ?? []].flat().map((one): [string, string] => [name, one]))
      const stream = decoded(answer.body, oneHeader(answer.headers, 'content-encoding'))
      if (!withoutBody.has(answer.status)) return new Response(Readable.toWeb(stream) as ReadableStream, { status: answer.status, headers })
      stream.resume()
      return new Response(null, { status: answer.status, headers })
    }
  }

  async close() {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
    this.#agents.clear()
  }

  async #agentFor(out: Asked, rules: Rules): Promise<Agent> {
    this.#undici ??= import('undici') // 90 ms that a start without http tools does not pay
    const undici = await this.#undici
    const key = JSON.stringify([out.grants, rules.implied])
    let agent = this.#agents.get(key)
    if (!agent) {
      const connect = checkedConnect(undici.buildConnector, rules, this.#lookup)
      // The caller's signal is the only clock of a request.
      agent = new undici.Agent({ connect, headersTimeout: 0, bodyTimeout: 0, allowH2: false })
      this.#agents.set(key, agent)
    }
    return agent
  }
}

export function oneHeader(headers: Headers, name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

function readGrant(text: string): Grant {
  try {
    return parseGrant(text)
  } catch (error) {
    throw new NetworkRefusal(`permissions.network: ${(error as Error).message}`)
  }
}
