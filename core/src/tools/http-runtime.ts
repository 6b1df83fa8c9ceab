import type { Answer, Connector } from './connector.ts'
import { TooLarge } from './connector.ts'
import { explainNetworkError } from './explain-network-error.ts'
import type { HttpRuntime, ToolCall } from './resolved-tool.ts'
import { ToolError } from './tool-error.ts'

const shownOfBody = 500

/** Calls a service that is already running: POST base_url + path with the input as JSON; the JSON that it answers is the output. */
export async function callHttp(connector: Connector, call: ToolCall, runtime: HttpRuntime): Promise<unknown> {
  const { tool } = call
  const base = new URL(runtime.base_url)
  const url = new URL(base)
  url.pathname = base.pathname.replace(/\/$/, '') + tool.path
  const clock = AbortSignal.timeout(tool.limits.timeout_ms)
  let answer: Answer
  try {
    answer = await connector.send({
      url,
      method: 'POST',
      headers: headersOf(call, runtime),
      body: JSON.stringify(call.input),
      grants: tool.network,
      implied: base,
      max_bytes: tool.limits.output_bytes,
      signal: AbortSignal.any([call.signal, clock]),
    })
  } catch (error) {
    call.signal.throwIfAborted()
    throw failed(error, tool, url, clock.aborted)
  }
  return outputOf(answer, url)
}

function headersOf(call: ToolCall, runtime: HttpRuntime) {
  const own: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'idempotency-key': call.idempotency_key,
    ...(call.run_id === null ? {} : { 'x-cadre-run-id': call.run_id }),
  }
  const configured = Object.entries(runtime.headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return { ...Object.fromEntries(configured), ...own }
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

function outputOf({ status, headers, body }: Answer, url: URL): unknown {
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
    throw new ToolError(`${url.host} answered ${status} with something that is not JSON: ${body.slice(0, shownOfBody)}`, { uncertain: true })
  }
}
