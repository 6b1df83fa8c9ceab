export type Explained = { code: string; message: string; retryable: boolean; retry_after_ms: number | undefined }

/** What the AI SDK's errors carry, as far as it helps to say what went wrong (ai 6: APICallError, and Node's own network errors). */
type Failure = {
  name?: string
  message?: string
  code?: string
  statusCode?: number
  responseHeaders?: Record<string, string>
  responseBody?: string
  url?: string
  isRetryable?: boolean
  cause?: unknown
  errors?: unknown[]
}

const refused = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'ENOTFOUND',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])

/** A failed model call in plain words with what to do, and whether the same call may succeed later. It never holds a key. */
export function explainModelError(error: unknown, provider: string): Explained {
  const chain = [...causesOf(error)]
  const status = chain.find((each) => each.statusCode !== undefined && each.statusCode >= 300)
  if (status) return explainStatus(status, provider)
  const network = chain.find((each) => each.code !== undefined && refused.has(each.code))
  if (network) return explainNetwork(network, chain, provider)
  const message = chain.at(-1)?.message || String(error)
  const cut = chain.some((each) => each.isRetryable === true || each.name === 'StreamCut' || each.message === 'terminated')
  if (cut) return { code: 'MODEL_UNREACHABLE', message: `${provider} broke off its answer: ${message}`, retryable: true, retry_after_ms: undefined }
  return {
    code: 'MODEL_BAD_ANSWER',
    message: `${provider} answered with something that is not a model's answer: ${short(message)}`,
    retryable: false,
    retry_after_ms: undefined,
  }
}

function* causesOf(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  const failure = error as Failure
  yield failure
  yield* causesOf(failure.cause, depth + 1)
  for (const each of failure.errors ?? []) yield* causesOf(each, depth + 1)
}

function explainStatus(failure: Failure, provider: string): Explained {
  const status = failure.statusCode ?? 0
  // What is said of a wrong key may repeat it.
  const said = status === 401 || status === 403 ? '' : short(saidBy(failure))
  const plain = (code: string, message: string, retryable = false) => ({
    code,
    message: said ? `${message} (it said: ${said})` : message,
    retryable,
    retry_after_ms: retryAfter(failure),
  })
  if (status < 400)
    return plain(
      'MODEL_REFUSED',
      `${provider} answered with a redirect to ${failure.responseHeaders?.['location'] ?? 'nowhere'}; set base_url to where the server is`,
    )
  if (status === 401 || status === 403) return plain('MODEL_KEY_REFUSED', `${provider} refused the API key; check it`)
  if (/content.?(filter|policy)/i.test(failure.responseBody ?? ''))
    return plain('CONTENT_FILTERED', `${provider}'s content filter refused the request`)
  if (status === 404) return plain('MODEL_NOT_FOUND', `${provider} does not know this model or address; check the model's name and the base URL`)
  if (status === 429) return plain('MODEL_RATE_LIMITED', `${provider} is asked too often or its quota is used up`, true)
  if (status === 408 || status >= 500) return plain('MODEL_UNAVAILABLE', `${provider} failed with status ${status}`, true)
  return plain('MODEL_REFUSED', `${provider} refused the request with status ${status}`)
}

function explainNetwork(failure: Failure, chain: Failure[], provider: string): Explained {
  const url = chain.find((each) => each.url !== undefined)?.url
  const where = url && URL.canParse(url) ? new URL(url).host : 'its address'
  const message =
    failure.code === 'ECONNREFUSED'
      ? `${provider} was refused at ${where}: is the server running?`
      : `${provider} cannot be reached at ${where} (${failure.code})`
  return { code: 'MODEL_UNREACHABLE', message, retryable: true, retry_after_ms: undefined }
}

function saidBy({ responseBody }: Failure): string {
  if (!responseBody) return ''
  try {
    const body = JSON.parse(responseBody) as { error?: { message?: string } | string; message?: string }
    return (typeof body.error === 'string' ? body.error : body.error?.message) ?? body.message ?? ''
  } catch {
    return responseBody
  }
}

// Providers repeat a wrong key in their answer; whatever looks like one is taken out.
function short(text: string) {
  return text
    .replace(/\b(sk|key|Bearer)[-_ ][\w.*-]{6,}/gi, '***')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
function retryAfter({ responseHeaders }: Failure): number | undefined {
  const value = responseHeaders?.['retry-after']
  if (value === undefined) return undefined
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
