import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import type { Agent, buildConnector, Dispatcher } from 'undici'
import { NetworkRefusal } from './explain-network-error.ts'
import { hostPortOf, literalAddress, parseGrant, portOf, refusal, type Rules } from './network-rules.ts'

export type Outgoing = {
  url: URL
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body: string | null
  /** permissions.network of whoever asks. */
  grants: string[]
  /** A URL whose own host is allowed without a grant, as long as it is public. */
  implied: URL | null
  /** Bytes of the answer's body; more throws TooLarge. Of an answer that is no success only the beginning is read. */
  max_bytes: number
  signal: AbortSignal
}
export type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

export class TooLarge extends Error {
  override name = 'TooLarge'
}

const connectTimeoutMs = 10_000
const beginningBytes = 8_000

/**
 * The one road of outgoing HTTP for tools: what may be dialled is decided on the very address that is dialled, after the look-up, so that a
 * name which changes its mind gains nothing. Redirects are answers, not followed. Connections are kept alive, apart for each set of grants.
 */
export class Connector {
  readonly #agents = new Map<string, Agent>()
  #undici: Promise<typeof import('undici')> | undefined

  async send(out: Outgoing): Promise<Answer> {
    const rules: Rules = { grants: out.grants.map(parseGrant), implied: out.implied && hostPortOf(out.implied) }
    const { hostname } = out.url
    const literal = isIP(hostname.replace(/^\[|\]$/g, '')) ? literalAddress(hostname) : null
    // An address is never looked up, so it is checked here; a name is checked when it is.
    const refused = literal === null ? null : refusal(rules, { host: hostname, address: literal, port: portOf(out.url) })
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
    return { status: statusCode, headers, body: statusCode < 300 ? await textOf(body, out.max_bytes) : await beginningOf(body) }
  }

  async close() {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
    this.#agents.clear()
  }

  async #agentFor(out: Outgoing, rules: Rules): Promise<Agent> {
    this.#undici ??= import('undici') // 90 ms that a start without http tools does not pay
    const undici = await this.#undici
    const key = JSON.stringify([out.grants, rules.implied])
    let agent = this.#agents.get(key)
    if (!agent) {
      // The caller's signal is the only clock of a request.
      agent = new undici.Agent({ connect: checkedConnect(undici.buildConnector, rules), headersTimeout: 0, bodyTimeout: 0, allowH2: false })
      this.#agents.set(key, agent)
    }
    return agent
  }
}

function checkedConnect(build: typeof buildConnector, rules: Rules): buildConnector.connector {
  const byPort = new Map<number, buildConnector.connector>()
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    let connect = byPort.get(port)
    if (!connect) {
      connect = build({ lookup: checkedLookup(rules, port), timeout: connectTimeoutMs })
      byPort.set(port, connect)
    }
    connect(options, callback)
  }
}

// Of the addresses of a name only those that are allowed are handed on.
function checkedLookup(rules: Rules, port: number): LookupFunction {
  return (host, options, callback) => {
    const all: LookupAllOptions = { ...options, all: true, order: 'verbatim' }
    lookup(host, all, (error, addresses) => {
      if (error) return callback(error, '')
      const refusals = addresses.map(({ address }) => refusal(rules, { host, address, port }))
      const allowed = addresses.filter((_, at) => refusals[at] === null)
      const [first] = allowed
      if (!first) return callback(new NetworkRefusal(refusals[0] ?? `there is no address for the host '${host}'`), '')
      if (options.all) return (callback as unknown as (error: null, found: LookupAddress[]) => void)(null, allowed)
      callback(null, first.address, first.family)
    })
  }
}

async function textOf(body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (size > maxBytes) throw new TooLarge(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= beginningBytes) break
  }
  return Buffer.concat(chunks).toString('utf8', 0, beginningBytes)
}
