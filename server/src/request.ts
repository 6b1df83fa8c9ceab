import type { IncomingHttpHeaders } from 'node:http'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { Endpoint } from './endpoints.ts'
import { checkInput, maxDepth, wrongText } from './input-check.ts'
import { invalidInput } from './issues.ts'
import { parseJson } from './json.ts'

/** The path and query of a request target, or BAD_REQUEST. Both come from one parser, so that no two readers disagree. */
export function readTarget(target: string) {
  if (!target.startsWith('/')) throw new CadreError('BAD_REQUEST', 'The request target must begin with "/".')
  const at = target.indexOf('?')
  const path = at < 0 ? target : target.slice(0, at)
  const query = at < 0 ? '' : target.slice(at + 1)
  decode(path, 'path')
  decode(query.replaceAll('+', ' '), 'query')
  const url = new URL(`http://localhost${target}`)
  return { path: url.pathname, query: url.searchParams }
}

function decode(text: string, where: string) {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new CadreError('BAD_REQUEST', `The ${where} of the URL is not percent-encoded UTF-8 text.`)
  }
}

/** Only fields of the endpoint, each once. What is in the path or belongs into the body is no query field. */
export function checkQuery(query: URLSearchParams, endpoint: Endpoint) {
  const issues = []
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key)
    const wrong = wrongText(key) ?? values.map(wrongText).find((text) => text !== null)
    const path = key.replaceAll('\0', '').slice(0, 100) || 'query'
    if (endpoint.method !== 'GET') issues.push({ path, message: 'this call takes no query; send fields in the body' })
    else if (!endpoint.fields?.has(key) || endpoint.params.includes(key)) issues.push({ path, message: 'there is no such query field' })
    else if (values.length > 1) issues.push({ path, message: `is given ${values.length} times` })
    else if (wrong) issues.push({ path, message: wrong })
  }
  if (issues.length) throw invalidInput(issues)
}

export function checkParams(params: Record<string, string>) {
  for (const [name, value] of Object.entries(params)) {
    const wrong = wrongText(decode(value, 'path'))
    if (wrong) throw invalid(name, wrong)
  }
}

/** Bodies are JSON and say so: a form of a foreign page cannot. */
export function checkContentType(headers: IncomingHttpHeaders) {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase())
  if (type !== 'application/json') {
    const sent = type === '' ? 'without a Content-Type' : `as ${JSON.stringify(type.slice(0, 100))}`
    throw new CadreError('UNSUPPORTED_MEDIA_TYPE', `The body was sent ${sent}; send it with Content-Type: application/json.`)
  }
  const charset = parameters
    .find((part) => part.startsWith('charset='))
    ?.slice(8)
    .replaceAll('"', '')
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8') {
    throw new CadreError('UNSUPPORTED_MEDIA_TYPE', `The body was sent in ${JSON.stringify(charset.slice(0, 50))}; send it in UTF-8.`)
  }
  const encoding = headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new CadreError(
      'UNSUPPORTED_MEDIA_TYPE',
      `The body was sent with Content-Encoding ${JSON.stringify(encoding.slice(0, 50))}; send it without.`,
    )
  }
}

/** The body of a REST call: an object whose fields are not those of the path. An empty body has no fields. */
export function readRestBody(bytes: Uint8Array, { params }: Endpoint): Record<string, unknown> {
  if (bytes.length === 0) return {}
  const body = asObject(parseJson(bytes), checkInput)
  const repeated = params.filter((name) => Object.hasOwn(body, name))
  if (repeated.length) throw invalidInput(repeated.map((path) => ({ path, message: 'belongs into the path, not the body' })))
  return body
}

/** The body of an RPC call is `{ json: input }`. The contract speaks plain JSON: `meta`, which revives other types, must be empty. */
export function readRpcBody(bytes: Uint8Array): Record<string, unknown> {
  if (bytes.length === 0) return {}
  const body = asObject(parseJson(bytes, maxDepth + 1), (value) => checkInput((value as { json?: unknown }).json))
  const { json, meta, ...others } = body
  const unknown = Object.keys(others)
  if (unknown.length) throw invalidInput(unknown.map((path) => ({ path, message: 'there is no such field; send { "json": input }' })))
  if (meta !== undefined && !(Array.isArray(meta) && meta.length === 0)) throw invalid('meta', 'must be empty: inputs are plain JSON')
  return json === undefined ? {} : { json }
}

function asObject(value: unknown, check: (value: unknown) => ReturnType<typeof checkInput>) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('body', 'must be a JSON object')
  const issue = check(value)
  if (issue) throw invalidInput([issue])
  return value as Record<string, unknown>
}

export function readIdempotencyKey(values: string[] | undefined) {
  const [value, ...others] = values ?? []
  if (value === undefined) return undefined
  if (others.length) throw invalid('Idempotency-Key', `is given ${others.length + 1} times`)
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(value))
    throw invalid('Idempotency-Key', 'must be 1 to 200 characters of printable ASCII')
  return value
}

/** Whether the caller asked for server-sent events by its Accept header, and not for JSON as well. */
export function acceptsEvents(headers: IncomingHttpHeaders) {
  const accept = headers.accept ?? ''
  return /(^|,)\s*text\/event-stream\s*(;|,|$)/i.test(accept) && !/(^|,)\s*application\/json\s*(;|,|$)/i.test(accept)
}
