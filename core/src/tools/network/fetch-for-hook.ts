import type { HookRequest, HookResponse } from '@cadre/contract/forgehook'
import type { ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { type Asked, type Connector, type OpenAnswer, oneHeader } from './connector.ts'
import { explainNetworkError } from './explain-network-error.ts'
import { type CheckedRequest, checkRequest } from './hook-request.ts'
import { readBody, TooLarge, Undecodable } from './read-body.ts'
import { isRedirect, nextHop } from './redirect.ts'

const mostHops = 10

/** One request of a handler's, redirects included: each hop is checked as the first was. Throws ToolError in plain words. */
export async function fetchForHook(connector: Connector, call: ToolCall, url: string, request: HookRequest): Promise<HookResponse> {
  const checked = checkRequest(url, request, call.tool.limits.output_bytes)
  let at: Pick<CheckedRequest, 'url' | 'method' | 'headers' | 'body'> = checked
  try {
    for (let hops = 0; ; hops++) {
      const answer = await opened(connector, { ...at, grants: call.tool.grants.network, implied: null, signal: call.signal })
      const location = oneHeader(answer.headers, 'location')
      if (checked.redirect === 'manual' || !isRedirect(answer.status) || location === undefined)
        return await responseOf(answer, at.url, checked.max_bytes)
      answer.body.destroy()
      if (Array.isArray(answer.headers['location'])) throw new ToolError(`${at.url.host} redirects to several places at once`)
      if (hops === mostHops) throw new ToolError(`${checked.url.host} redirects more than ${mostHops} times`)
      at = nextHop(at, answer.status, location)
    }
  } catch (error) {
    call.signal.throwIfAborted()
    throw inWords(error, at.url)
  }
}

/** A server may close a kept connection at the very moment at which it is used again: what only reads is then asked once more (RFC 9110, 9.2.2). */
async function opened(connector: Connector, asked: Asked): Promise<OpenAnswer> {
  try {
    return await connector.open(asked)
  } catch (error) {
    const isSafe = asked.method === 'GET' || asked.method === 'HEAD'
    if (!isSafe || asked.signal.aborted || !/^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test((error as { code?: string }).code ?? '')) throw error
    return await connector.open(asked)
  }
}

async function responseOf({ status, headers, body }: OpenAnswer, url: URL, maxBytes: number): Promise<HookResponse> {
  const place = new URL(url)
  place.hash = ''
  return {
    status,
    url: place.href,
    headers: Object.fromEntries(Object.keys(headers).map((name) => [name.toLowerCase(), oneHeader(headers, name) ?? ''])),
    body: await readBody(body, oneHeader(headers, 'content-encoding'), maxBytes),
  }
}

function inWords(error: unknown, url: URL): ToolError {
  if (error instanceof ToolError) return error
  if (error instanceof TooLarge) return new ToolError(`${error.message} (max_bytes, limits.output_bytes)`, { uncertain: true })
  if (error instanceof Undecodable) return new ToolError(`${url.host}: ${error.message}`, { uncertain: true })
  const network = explainNetworkError(error, url.href)
  if (network) return new ToolError(network.message, { retryable: network.passing, uncertain: network.sent })
  return new ToolError(`the call to ${url.host} failed: ${(error as Error).message}`, { uncertain: true, cause: error })
}
