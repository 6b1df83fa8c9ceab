import { ToolError } from '../tool-error.ts'
import { acceptedEncodings } from './read-body.ts'

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export type Method = (typeof methods)[number]

/** What a handler asked for, checked: it comes from code that nobody vouches for, whatever HookRequest says. */
export type CheckedRequest = {
  url: URL
  method: Method
  /** Names in lower case. */
  headers: Record<string, string>
  body: string | Uint8Array | null
  redirect: 'follow' | 'manual'
  max_bytes: number
}

const longestUrl = 16_000
const mostHeaderBytes = 64_000
const known = new Set(['method', 'headers', 'body', 'redirect', 'max_bytes'])
const token = /^[!#$%&'*+.^_`|~0-9a-z-]+$/
/** These say where a message goes and where it ends: a request that could set them could smuggle another. */
const ours = /^(host|connection|content-length|transfer-encoding|keep-alive|te|trailer|trailers|upgrade|expect|http2-settings|proxy-.*)$/

/** @throws ToolError naming the field. */
export function checkRequest(url: string, request: object, mostBytes: number): CheckedRequest {
  const { method, headers, body, redirect = 'follow', max_bytes } = request as Record<string, unknown>
  for (const name of Object.keys(request)) if (!known.has(name)) throw new ToolError(`request.${name}: there is no such field`)
  if (redirect !== 'follow' && redirect !== 'manual') throw new ToolError(`request.redirect: must be 'follow' or 'manual'`)
  const checked: CheckedRequest = {
    url: checkUrl(url, 'url'),
    method: methodOf(method),
    headers: headersOf(headers),
    body: bodyOf(body),
    redirect,
    max_bytes: bytesOf(max_bytes, mostBytes),
  }
  if (checked.body !== null && checked.method === 'HEAD') throw new ToolError('request.body: a HEAD request has none')
  return checked
}

/** A URL that may be dialled as far as its text can say. @throws ToolError */
export function checkUrl(text: string, field: string, base?: URL): URL {
  if (text.length > longestUrl) throw new ToolError(`${field}: is longer than ${longestUrl} characters`)
  if (!URL.canParse(text, base?.href)) throw new ToolError(`${field}: '${text.slice(0, 200)}' is not a URL such as https://example.com/page`)
  const url = new URL(text, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new ToolError(`${field}: ${url.protocol} is not possible, only http: and https:`)
  // Not shown again: a password may be part of it.
  if (url.username !== '' || url.password !== '')
    throw new ToolError(`${field}: must not hold a user name or password; send an authorization header instead`)
  if (url.port === '0') throw new ToolError(`${field}: port 0 cannot be dialled`)
  return url
}

function methodOf(method: unknown): Method {
  const name = typeof method === 'string' ? method.toUpperCase() : (method ?? 'GET')
  const found = methods.find((one) => one === name)
  if (!found) throw new ToolError(`request.method: must be one of ${methods.join(', ')}`)
  return found
}

function headersOf(given: unknown): Record<string, string> {
  if (given === undefined || given === null) given = {}
  if (typeof given !== 'object' || Array.isArray(given)) throw new ToolError('request.headers: must be an object of texts by name')
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': acceptedEncodings, 'user-agent': 'Cadre' }
  const seen = new Set<string>()
  let size = 0
  for (const [written, value] of Object.entries(given as object)) {
    const name = written.toLowerCase()
    const field = `request.headers.${written.slice(0, 100)}`
    if (!token.test(name)) throw new ToolError(`request.headers: '${written.slice(0, 100)}' cannot name a header`)
    // Some servers take an underscore for a hyphen.
    if (ours.test(name.replaceAll('_', '-'))) throw new ToolError(`${field}: is set by the connection itself`)
    if (seen.has(name)) throw new ToolError(`${field}: is given twice`)
    if (typeof value !== 'string') throw new ToolError(`${field}: must be text`)
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new ToolError(`${field}: holds characters that a header cannot hold`)
    seen.add(name)
    size += name.length + value.length
    Object.defineProperty(headers, name, { value, enumerable: true, configurable: true, writable: true })
  }
  if (size > mostHeaderBytes) throw new ToolError(`request.headers: are larger than ${mostHeaderBytes} bytes together`)
  return headers
}

function bodyOf(body: unknown): string | Uint8Array | null {
  if (body === undefined || body === null) return null
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  throw new ToolError('request.body: must be text or bytes (a Uint8Array)')
}

function bytesOf(given: unknown, most: number): number {
  if (given === undefined || given === null) return most
  if (typeof given !== 'number' || !Number.isInteger(given) || given < 0) throw new ToolError('request.max_bytes: must be a whole number of bytes')
  return Math.min(given, most)
}
