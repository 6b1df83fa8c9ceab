import { type HookContext, HookError, type HookRequest } from '@cadre/contract/forgehook'
import { type Answer, answerOf, type Expect } from './answer.ts'
import { headersOf, send, type Target } from './send.ts'

type Read = Target & { method?: string; expect?: Expect }
type Input = Read & { json?: unknown; text?: string; form?: Record<string, unknown>; base64?: string; content_type?: string }

/** GET or HEAD. */
export async function get(input: Read, context: HookContext): Promise<Answer> {
  const method = methodOf(input.method ?? 'GET')
  return answerOf(await send(context, input, { method, headers: headersOf(input) }), input.expect ?? 'auto')
}

/** Any method, with a body. */
export async function request(input: Input, context: HookContext): Promise<Answer> {
  const body = bodyOf(input)
  const method = methodOf(input.method ?? (body ? 'POST' : 'GET'))
  if (body && method === 'HEAD') throw new HookError('a HEAD request has no body', body.field)
  const headers = headersOf(input, body ? { 'content-type': input.content_type ?? body.type } : {})
  return answerOf(await send(context, input, { method, headers, ...(body ? { body: body.bytes } : {}) }), input.expect ?? 'auto')
}

function methodOf(method: string) {
  return method.toUpperCase() as NonNullable<HookRequest['method']>
}

function bodyOf({ json, text, form, base64, content_type }: Input): { field: string; type: string; bytes: string | Uint8Array } | null {
  const given = Object.entries({ json, text, form, base64 }).filter(([, value]) => value !== undefined)
  if (given.length > 1) throw new HookError(`only one of ${given.map(([name]) => name).join(', ')} can be the body`, given[1]?.[0])
  if (given.length === 0 && content_type !== undefined) throw new HookError('there is no body that it could describe', 'content_type')
  if (json !== undefined) return { field: 'json', type: 'application/json', bytes: JSON.stringify(json) }
  if (text !== undefined) return { field: 'text', type: 'text/plain;charset=UTF-8', bytes: text }
  if (form !== undefined) return { field: 'form', type: 'application/x-www-form-urlencoded', bytes: encodeForm(form) }
  return base64 === undefined ? null : { field: 'base64', type: 'application/octet-stream', bytes: fromBase64(base64) }
}

function encodeForm(form: Record<string, unknown>): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().flatMap((item): [string, string][] => {
      if (item === null) return []
      if (typeof item === 'object') throw new HookError('must be text, a number, true, false or a list of these', `form.${name}`)
      return [[name, String(item)]]
    }),
  )
  return new URLSearchParams(pairs).toString()
}

// Buffer passes over what is no base64; here it is refused.
function fromBase64(text: string): Uint8Array {
  const plain = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  if (!/^[A-Za-z0-9+/]*$/.test(plain) || plain.length % 4 === 1) throw new HookError('is not base64', 'base64')
  return new Uint8Array(Buffer.from(plain, 'base64'))
}
