import type { ProviderType } from '@cadre/contract/providers'
import { GgufFailed } from './gguf/gguf-failed.ts'
import { isItRunning, recognise } from './known-refusals.ts'

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
  /** Of our ModelCallFailed and ContextTooLong. */
  provider_type?: ProviderType
  model?: string
  tokens?: number
  context_size?: number
  type?: string
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
export function explainModelError(error: unknown, provider: string, providerType?: ProviderType): Explained {
  const chain = [...causesOf(error)]
  const call = chain.find((each) => each.name === 'ModelCallFailed')
  const about = { provider, type: call?.provider_type ?? providerType, model: call?.model ?? 'this model' }
  const tooLong = chain.find((each) => each.name === 'ContextTooLong')
  if (tooLong) return explainTooLong(tooLong, about)
  const own = chain.find((each) => each instanceof GgufFailed)
  if (own) return { code: own.code, message: `${provider}: ${own.message}`, retryable: own.retryable, retry_after_ms: undefined }
  const status = chain.find((each) => each.statusCode !== undefined && each.statusCode >= 300)
  if (status) return explainStatus(status, about)
  const network = chain.find((each) => each.code !== undefined && refused.has(each.code))
  if (network) return explainNetwork(network, chain, about)
  const said = call && saidInStream(call.cause)
  if (said) return explainSaid(said, about)
  const message = chain.at(-1)?.message || String(error)
  const cut = chain.some((each) => each.isRetryable === true || each.name === 'StreamCut' || each.message === 'terminated')
  if (cut) return { code: 'MODEL_UNREACHABLE', message: `${provider} broke off its answer: ${message}`, retryable: true, retry_after_ms: undefined }
  return {
    code: 'MODEL_BAD_ANSWER',
    message: `${provider} answered with something that is not a model's answer: ${short(message)}`,
    // Half a body, or the page of a proxy: the next answer may be one. What our own side got wrong stays wrong.
    retryable: chain.some(({ name = '', statusCode }) => garbled.has(name) || statusCode === 200),
    retry_after_ms: undefined,
  }
}

const garbled = new Set(['AI_JSONParseError', 'AI_TypeValidationError', 'AI_InvalidResponseDataError', 'AI_EmptyResponseBodyError'])

type About = { provider: string; type: ProviderType | undefined; model: string }

function* causesOf(error: unknown, depth = 0): Generator<Failure> {
  if (typeof error !== 'object' || error === null || depth > 5) return
  const failure = error as Failure
  yield failure
  yield* causesOf(failure.cause, depth + 1)
  for (const each of failure.errors ?? []) yield* causesOf(each, depth + 1)
}

function explainStatus(failure: Failure, about: About): Explained {
  const { provider } = about
  const status = failure.statusCode ?? 0
  // What is said of a wrong key may repeat it.
  const said = status === 401 || status === 403 ? '' : short(saidBy(failure))
  const plain = (code: string, message: string, retryable = false) => ({
    code,
    message: said ? `${message} (it said: ${said})` : message,
    retryable,
    retry_after_ms: retryAfter(failure),
  })
  const known = recognise(about.type, about.model, provider, status, failure.responseBody ?? failure.message ?? '')
  if (known) return plain(known.code, known.message, known.retryable)
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

function explainNetwork(failure: Failure, chain: Failure[], { provider, type }: About): Explained {
  const url = chain.find((each) => each.url !== undefined)?.url
  const where = url && URL.canParse(url) ? new URL(url).host : 'its address'
  const message =
    failure.code === 'ECONNREFUSED'
      ? `${provider} was refused at ${where}: ${isItRunning(type)}`
      : `${provider} cannot be reached at ${where} (${failure.code})`
  return { code: 'MODEL_UNREACHABLE', message, retryable: true, retry_after_ms: undefined }
}

function explainTooLong({ tokens, context_size }: Failure, { provider, model }: About): Explained {
  const message = `the prompt has about ${tokens} tokens, and ${model} at ${provider} has a context of ${context_size}: shorten it, or give the model more room (context_size of the provider)`
  return { code: 'CONTEXT_TOO_LONG', message, retryable: false, retry_after_ms: undefined }
}

/** An error that came in the middle of a stream is plain data, not an Error: the service's own words. */
function saidInStream(cause: unknown): { type: string; message: string } | undefined {
  if (typeof cause === 'string') return { type: '', message: cause }
  if (typeof cause !== 'object' || cause === null || cause instanceof Error) return undefined
  const { type, code, message, error } = cause as { type?: unknown; code?: unknown; message?: unknown; error?: unknown }
  if (typeof error === 'object' && error !== null) return saidInStream(error)
  return {
    type: [type, code].filter((each) => typeof each === 'string').join(' '),
    message: typeof message === 'string' ? message : JSON.stringify(cause),
  }
}

function explainSaid({ type, message }: { type: string; message: string }, { provider, type: providerType, model }: About): Explained {
  const known = recognise(providerType, model, provider, 0, `${type} ${message}`)
  if (known) return { ...known, retry_after_ms: undefined }
  const text = `${provider} broke off its answer and said: ${short(message)}`
  const forGood = /invalid|authentication|permission|not_found|validation/i.test(type)
  return { code: forGood ? 'MODEL_REFUSED' : 'MODEL_UNAVAILABLE', message: text, retryable: !forGood, retry_after_ms: undefined }
}

function saidBy({ responseBody }: Failure): string {
  if (!responseBody) return ''
  try {
    const value = JSON.parse(responseBody) as unknown
    return wordsIn(Array.isArray(value) ? value[0] : value) ?? ''
  } catch {
    return responseBody
  }
}

/** `error.message`, `error`, `message` or `detail`, and what Mistral puts in its place: a list of what is wrong with which field. */
function wordsIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(wordsIn).filter(Boolean).join('; ') || undefined
  if (typeof value !== 'object' || value === null) return undefined
  const { error, message, detail, msg, loc } = value as Record<string, unknown>
  if (typeof msg === 'string') return `${Array.isArray(loc) ? `${loc.join('.')}: ` : ''}${msg}`
  return wordsIn(error) ?? wordsIn(message) ?? wordsIn(detail)
}

// Providers repeat a wrong key in their answer; whatever looks like one is taken out.
function short(text: string) {
  return text
    .replace(/\b(sk|key|Bearer)[-_ ][\w.*-]{6,}/gi, '***')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}

/**
 * Retry-After in seconds or as a date (RFC 9110, 10.2.3), OpenAI's and Azure's retry-after-ms, Google's RetryInfo in the body; in
 * milliseconds from now.
 */
function retryAfter({ responseHeaders, responseBody }: Failure): number | undefined {
  const ms = responseHeaders?.['retry-after-ms']
  if (ms !== undefined && /^\d+(\.\d+)?$/.test(ms)) return Number(ms)
  const value = responseHeaders?.['retry-after']
  if (value === undefined) {
    const delay = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/.exec(responseBody ?? '')?.[1]
    return delay === undefined ? undefined : Number(delay) * 1000
  }
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now())
}
