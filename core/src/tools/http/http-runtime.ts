import type { Answer, Connector } from '../network/connector.ts'
import { requestOf } from './http-request.ts'
import { explainNetworkError } from '../network/explain-network-error.ts'
import { TooLarge } from '../network/read-body.ts'
import type { HttpRuntime, ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'

const shownOfBody = 500

/** Calls a service that is already running; the JSON that it answers is the output. */
export async function callHttp(connector: Connector, call: ToolCall, runtime: HttpRuntime): Promise<unknown> {
  const { tool } = call
  const request = requestOf(call, runtime)
  const clock = AbortSignal.timeout(tool.limits.timeout_ms)
  let answer: Answer
  try {
    answer = await connector.send({
      ...request,
      grants: tool.grants.network,
      implied: new URL(runtime.base_url),
      max_bytes: tool.limits.output_bytes,
      signal: AbortSignal.any([call.signal, clock]),
    })
  } catch (error) {
    call.signal.throwIfAborted()
    throw failed(error, tool, request.url, clock.aborted)
  }
  return outputOf(answer, request.url, runtime.request !== undefined)
}

/** The request as it would be sent; the values of configured headers are left out. */
export function previewHttp(call: ToolCall, runtime: HttpRuntime): object {
  const { method, url, headers, body } = requestOf(call, {
    ...runtime,
    headers: Object.fromEntries(Object.keys(runtime.headers).map((name) => [name, '***'])),
  })
  return { method, url: url.href, headers, body }
}

function failed(error: unknown, tool: ToolCall['tool'], url: URL, outOfTime: boolean) {
  if (outOfTime) {
    const message = `${url.host} did not answer within the limit of ${tool.limits.timeout_ms} ms (limits.timeout_ms)`
    return new ToolError(message, { retryable: true, uncertain: true })
  }
  if (error instanceof TooLarge) return new ToolError(`${error.message} (limits.output_bytes)`, { uncertain: true })
  const network = explainNetworkError(error, url.href)
  if (network) return new ToolError(network.message, { retryable: network.passing, uncertain: network.sent })
  return new ToolError(`the call to ${url.host} failed: ${(error as Error).message}`, { uncertain: true, cause: error })
}

// A service of Cadre's own kind answers JSON; any other may answer in words.
function outputOf({ status, headers, body }: Answer, url: URL, mayBeText: boolean): unknown {
  if (status >= 300 && status < 400) {
    const { location } = headers
    throw new ToolError(
      `${url.host} answered ${status} and points to ${String(location ?? 'nowhere')}; redirects are not followed: set base_url to where the service is`,
    )
  }
  if (status < 200 || status >= 300) {
    const detail = body.trim() === '' ? 'without a word' : body.slice(0, shownOfBody)
    throw new ToolError(`${url.host} answered ${status}: ${detail}`, { retryable: status === 429 || status >= 500, uncertain: status >= 500 })
  }
  if (body.trim() === '') return null
  try {
    return JSON.parse(body)
  } catch {
    if (mayBeText) return body
    throw new ToolError(`${url.host} answered ${status} with something that is not JSON: ${body.slice(0, shownOfBody)}`, { uncertain: true })
  }
}
