import { CadreError, type ErrorCode, errorStatus, type Issue } from '@cadre/contract/errors'
import { ORPCError } from '@orpc/client'

const nobodyThere = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT']

/** What fetch says of a stream whose connection was cut: undici, Chromium, Firefox, Safari. */
const cut = /^(terminated|network error|Error in input stream|Load failed|The network connection was lost\.?)$/

const requestIds = new WeakMap<CadreError, string>()

/** Under which id the server's log has the call that threw this; null where no server answered. */
export function requestIdOf(error: unknown): string | null {
  return (error instanceof CadreError && requestIds.get(error)) || null
}

function withRequestId(error: CadreError, id: unknown) {
  if (typeof id === 'string' && id !== '') requestIds.set(error, id)
  return error
}

/** A fetch that got no answer. Node hides the reason in `cause`; with two addresses for a name, in a list of errors. */
export function noServer(base: string, error: unknown) {
  const { code = '', message } = causeOf(error)
  const reason = code || message
  const text = nobodyThere.includes(code) ? `No Cadre server answers at ${base} (${reason}).` : `The connection to ${base} broke (${reason}).`
  return new CadreError('UNAVAILABLE', text)
}

export function notCadre(base: string, what = 'its answer is not one of Cadre') {
  return new CadreError('UNAVAILABLE', `What answers at ${base} is no Cadre server: ${what}.`)
}

function causeOf(error: unknown): { code?: string; message: string } {
  const { cause } = (error ?? {}) as { cause?: unknown }
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors[0]
  if (cause instanceof Error) return cause
  return error instanceof Error ? error : { message: String(error) }
}

/**
 * Passes on what oRPC can read. What the server refuses before it knows the call (the Host, the key, a route) comes as the REST door's
 * error body, and is thrown here.
 */
export async function checkAnswer(base: string, response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  if (response.status >= 300 && response.status < 400) throw notCadre(base, `it redirects to ${response.headers.get('location') ?? 'nowhere'}`)
  // A stream of events, or a file.
  if (response.ok && /^(text\/event-stream|multipart\/form-data)\b/.test(type)) return response
  if (!type.startsWith('application/json')) {
    await response.body?.cancel()
    throw notCadre(base, `it answered ${response.status} with ${type || 'no content type'}`)
  }
  if (response.ok) return response
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  if (!isErrorBody(body)) return response
  await response.body?.cancel()
  const wait = Number(response.headers.get('retry-after'))
  const error = new CadreError(knownCode(body.code, response.status), body.error, issuesOf(body.issues), wait > 0 ? wait * 1000 : null)
  throw withRequestId(error, body.request_id)
}

function isErrorBody(body: unknown): body is { error: string; code: string; issues?: unknown; request_id?: unknown } {
  return (
    typeof body === 'object' && body !== null && 'error' in body && typeof body.error === 'string' && 'code' in body && typeof body.code === 'string'
  )
}

/** What a call threw, as what the SDK promises to throw. Reasons of the caller's own signal and defects stay what they are. */
export function toCadreError(base: string, error: unknown): unknown {
  if (error instanceof ORPCError) {
    const { issues, request_id, retry_after_ms } = (error.data ?? {}) as { issues?: unknown; request_id?: unknown; retry_after_ms?: unknown }
    if (error.code === 'MALFORMED_ORPC_ERROR_RESPONSE' || isForeign(error)) return notCadre(base, `it answered ${error.status}`)
    const wait = typeof retry_after_ms === 'number' ? retry_after_ms : null
    return withRequestId(new CadreError(knownCode(error.code, error.status), error.message, issuesOf(issues), wait), request_id)
  }
  if (error instanceof TypeError && cut.test(error.message)) return noServer(base, error)
  if (error instanceof Error && /^(Cannot parse response body|Invalid RPC response format)/.test(error.message)) return notCadre(base)
  return error
}

/** oRPC makes an error of its own from any JSON with an error status: then the whole response is its data. */
function isForeign({ data }: { data: unknown }) {
  return typeof data === 'object' && data !== null && 'headers' in data && 'body' in data
}

/** A newer server may know codes that this client does not. */
function knownCode(code: string, status: number): ErrorCode {
  if (Object.hasOwn(errorStatus, code)) return code as ErrorCode
  if (status === 401) return 'UNAUTHORIZED'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 429) return 'TOO_MANY_REQUESTS'
  if (status === 503) return 'UNAVAILABLE'
  return status >= 500 ? 'INTERNAL' : 'INVALID'
}

function issuesOf(issues: unknown): Issue[] {
  return Array.isArray(issues) ? issues.filter((issue) => typeof issue?.path === 'string' && typeof issue?.message === 'string') : []
}
