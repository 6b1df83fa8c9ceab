import { type HookContext, HookError, type HookRequest, type HookResponse } from '@cadre/contract/forgehook'

export type Target = {
  url: string
  query?: Record<string, unknown>
  headers?: Record<string, string | number | boolean>
  timeout_ms?: number
  max_bytes?: number
  follow_redirects?: boolean
}

const defaultTimeoutMs = 30_000

/** One request within the caller's time. Whatever status comes is an answer. */
export async function send(context: HookContext, target: Target, request: HookRequest): Promise<HookResponse> {
  const { timeout_ms = defaultTimeoutMs, max_bytes, follow_redirects = true } = target
  const url = urlOf(target)
  const late = Promise.withResolvers<never>()
  const clock = setTimeout(() => late.reject(new HookError(`${new URL(url).host} did not answer within ${timeout_ms} ms`, 'timeout_ms')), timeout_ms)
  try {
    const redirect = follow_redirects ? 'follow' : 'manual'
    return await Promise.race([context.fetch(url, { ...request, redirect, ...(max_bytes === undefined ? {} : { max_bytes }) }), late.promise])
  } finally {
    clearTimeout(clock)
  }
}

/** Names in lower case, so that what the caller gives takes the place of what we would send. */
export function headersOf({ headers = {} }: Target, ours: Record<string, string> = {}): Record<string, string> {
  const given: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase()
    if (Object.hasOwn(given, lower)) throw new HookError(`'${name}' is given twice`, 'headers')
    given[lower] = String(value)
  }
  return { ...ours, ...given }
}

function urlOf({ url, query = {} }: Target): string {
  const text = url.trim()
  if (!URL.canParse(text)) {
    const hint = URL.canParse(`https://${text}`) ? `: write https://${text.slice(0, 200)}` : ''
    throw new HookError(`'${text.slice(0, 200)}' is not a URL such as https://example.com/page${hint}`, 'url')
  }
  const whole = new URL(text)
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().flatMap((item) => (item === null ? [] : [[name, plain(name, item)] as [string, string]])),
  )
  // What the URL already has stays as it is written: some servers sign it.
  const search = [whole.search.slice(1), new URLSearchParams(pairs).toString()].filter(Boolean).join('&')
  if (pairs.length > 0) whole.search = search
  return whole.href
}

function plain(name: string, item: unknown): string {
  if (typeof item === 'object') throw new HookError(`must be text, a number, true, false or a list of these`, `query.${name}`)
  return String(item)
}
