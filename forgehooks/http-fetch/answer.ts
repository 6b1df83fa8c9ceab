import type { HookResponse } from '@cadre/contract/forgehook'
import { JsonTextError, parseJsonText } from '../lib/json-text.ts'
import { decodeText, looksLikeText } from './read-text.ts'

export type Expect = 'auto' | 'json' | 'text' | 'base64'
export type Answer = {
  status: number
  ok: boolean
  url: string
  headers: Record<string, string>
  content_type: string | null
  bytes: number
  json?: unknown
  text?: string
  base64?: string
  charset?: string
  warnings?: string[]
}

/** These the server has taken off. */
const knownEncodings = ['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity', '']

/**
 * The answer as json, text or base64. It never fails over a body that is not what was expected: the request is done by then, and whoever made
 * it must see so.
 */
export function answerOf({ status, url, headers, body }: HookResponse, expect: Expect): Answer {
  const content_type = headers['content-type'] || null
  const about = { status, ok: status >= 200 && status < 300, url, headers, content_type, bytes: body.length }
  const encoding = headers['content-encoding'] ?? ''
  if (!encoding.split(',').every((name) => knownEncodings.includes(name.trim().toLowerCase())) && expect !== 'base64')
    return { ...about, base64: toBase64(body), warnings: [`the body is encoded as '${encoding.slice(0, 50)}', which is not undone here`] }
  const kind = kindOf(content_type, body)
  if (expect === 'base64' || (expect === 'auto' && kind === 'bytes')) return { ...about, base64: toBase64(body) }
  const { text, charset, warnings } = decodeText(body, content_type)
  const asText = { ...about, text, charset }
  if (expect === 'text' || (expect === 'auto' && (kind !== 'json' || text.trim() === ''))) return withWarnings(asText, warnings)
  if (text.trim() === '') return withWarnings({ ...about, json: null }, [...warnings, 'the answer is empty'])
  try {
    const { value, warnings: found } = parseJsonText(text)
    return withWarnings({ ...about, json: value }, [...warnings, ...found])
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error
    return withWarnings(asText, [...warnings, `the answer is not JSON (${error.message}); it is given as text`])
  }
}

/** What a content type means for reading: `text` and `json` are characters. Without one, the bytes tell. */
function kindOf(contentType: string | null, body: Uint8Array): 'json' | 'text' | 'bytes' {
  const type = mediaType(contentType)
  if (/^(application|text)\/(.+\+)?json$/.test(type)) return 'json'
  const isText =
    type.startsWith('text/') ||
    /[/+](xml|json5?|yaml|x-yaml|javascript|x-javascript|ecmascript|csv|graphql|sql|toml|x-sh|ld\+json|ndjson|x-ndjson|jsonl|json-seq|x-www-form-urlencoded|rtf|x-httpd-php)$/.test(
      type,
    )
  if (isText) return 'text'
  if (type !== '' && type !== 'unknown/unknown' && type !== '*/*') return 'bytes'
  return looksLikeText(body) ? 'text' : 'bytes'
}

export function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(/[;,]/, 1)[0]?.trim().toLowerCase() ?? ''
}

function withWarnings(answer: Answer, warnings: string[]): Answer {
  return warnings.length > 0 ? { ...answer, warnings } : answer
}

function toBase64(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('base64')
}
