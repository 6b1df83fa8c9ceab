import type { HookEndpoint } from '@cadre/contract/manifest'
import type { HttpRuntime, ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { encodeForm, type Parameter, serialize } from './serialize-parameter.ts'

type Shape = NonNullable<HookEndpoint['request']>
/** A request that is ready to be sent. */
export type HttpRequest = { method: Shape['method']; url: URL; headers: Record<string, string>; body: string | null }

/** `POST base_url + path` with the input as JSON, or as the endpoint's `request` says. @throws ToolError naming the field. */
export function requestOf(call: ToolCall, runtime: HttpRuntime): HttpRequest {
  const base = new URL(runtime.base_url)
  const prefix = base.pathname.replace(/\/$/, '')
  const headers: Record<string, string> = {
    ...Object.fromEntries(Object.entries(runtime.headers).map(([name, value]) => [name.toLowerCase(), value])),
    accept: 'application/json',
    'idempotency-key': call.idempotency_key,
    ...(call.run_id === null ? {} : { 'x-cadre-run-id': call.run_id }),
  }
  const { request } = runtime
  if (!request) {
    const url = new URL(base)
    url.pathname = prefix + call.tool.path
    return { method: 'POST', url, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(call.input) }
  }
  const input = call.input as Record<string, unknown>
  const given = request.parameters.filter(({ field }) => Object.hasOwn(input, field) && input[field] !== undefined && input[field] !== null)
  const inside = (place: Parameter['in']) =>
    given.filter((parameter) => parameter.in === place).map((parameter) => [parameter, input[parameter.field]] as const)
  const url = new URL(base)
  url.pathname = prefix + pathOf(request, input)
  url.search = inside('query')
    .map(([parameter, value]) => serialize(parameter, value))
    .filter(Boolean)
    .join('&')
  for (const [parameter, value] of inside('header')) headers[parameter.name.toLowerCase()] = headerValue(parameter.field, serialize(parameter, value))
  const cookies = inside('cookie').map(([parameter, value]) => serialize(parameter, value))
  if (cookies.length > 0) headers['cookie'] = [headers['cookie'], ...cookies].filter(Boolean).join('; ')
  return { method: request.method, url, ...withBody(request, input, headers) }
}

function pathOf(request: Shape, input: Record<string, unknown>): string {
  return request.path.replace(/\{([^{}]+)\}/g, (_, name: string) => {
    const parameter = request.parameters.find((each) => each.in === 'path' && each.name === name)
    const value = parameter && Object.hasOwn(input, parameter.field) ? input[parameter.field] : undefined
    if (!parameter || value === undefined || value === null || value === '')
      throw new ToolError(`${parameter?.field ?? name}: is required, it is part of the path`)
    const text = serialize(parameter, value)
    // A path is more than text to a URL: these would climb out of the place they are put in.
    if (/^(\.|%2e){1,2}$/i.test(text)) throw new ToolError(`${parameter.field}: '${text}' cannot be part of a path`)
    return text
  })
}

function withBody({ body }: Shape, input: Record<string, unknown>, headers: Record<string, string>) {
  const value = body && Object.hasOwn(input, body.field) ? input[body.field] : undefined
  if (!body || value === undefined) return { headers, body: null }
  return { headers: { ...headers, 'content-type': body.content_type }, body: encodeBody(body.content_type, value, body.field) }
}

function encodeBody(contentType: string, value: unknown, field: string): string {
  if (/^application\/(.+\+)?json\b/i.test(contentType)) return JSON.stringify(value)
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ToolError(`${field}: must be an object`)
    return encodeForm(value as Record<string, unknown>)
  }
  if (typeof value !== 'string') throw new ToolError(`${field}: must be text, sent as ${contentType}`)
  return value
}

function headerValue(field: string, value: string): string {
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new ToolError(`${field}: holds characters that a header cannot hold`)
  return value
}
