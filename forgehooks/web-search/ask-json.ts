import { type HookContext, HookError, type HookResponse } from '@cadre/contract/forgehook'
import type { Plan } from './kinds.ts'
import { type Settings, wrong } from './settings.ts'

const mostHops = 3

/** The JSON that the service answers. @throws HookError that says what is wrong with the service or its settings */
export async function askJson(context: HookContext, settings: Settings, plan: Plan, name: string): Promise<unknown> {
  const { url, headers } = await withSecret(context, plan)
  const response = await follow(context, url, { ...plan, headers: { accept: 'application/json', ...headers } }, name)
  const text = new TextDecoder().decode(response.body)
  if (response.status !== 200) throw new HookError(refused(response, text, settings, name))
  try {
    return JSON.parse(text)
  } catch {
    throw new HookError(notJson(response, text, settings, name))
  }
}

/** `{secret}` in a header or in the URL is the operator's key. */
async function withSecret(context: HookContext, { url, headers }: Plan): Promise<{ url: URL; headers: Record<string, string> }> {
  const inUrl = /(\{|%7B)secret(\}|%7D)/gi
  if (!inUrl.test(url.search) && !Object.values(headers).some((value) => value.includes('{secret}'))) return { url, headers }
  const secret = (await context.secret('web_search_key')).trim()
  const to = new URL(url)
  to.search = url.search.replace(inUrl, () => encodeURIComponent(secret))
  return { url: to, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll('{secret}', () => secret)])) }
}

// By hand, since only the origin that was set may be reached: whoever set another should hear where to.
async function follow(context: HookContext, start: URL, { method, headers, body }: Plan, name: string): Promise<HookResponse> {
  let url = start
  for (let hops = 0; ; hops++) {
    const response = await context.fetch(url.href, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })
    const { location } = response.headers
    if (response.status < 300 || response.status >= 400 || location === undefined) return response
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null
    if (!next || next.origin !== url.origin)
      throw new HookError(`${name} redirects to ${next?.origin ?? 'nowhere'}; ${wrong('url', 'must be the place where it is in the end').message}`)
    if (hops === mostHops) throw new HookError(`${name} redirects more than ${mostHops} times`)
    url = next
  }
}

function refused({ status, headers }: HookResponse, text: string, { kind }: Settings, name: string): string {
  const isSearxng = kind === 'searxng'
  if (status === 403 && isSearxng)
    return `${name} refuses to answer in JSON (403): add json to search.formats in its settings.yml and start it anew; if it is there, its limiter (server.limiter) blocks this machine`
  if (status === 401 || status === 403)
    return `${name} refuses the key (${status}): check CADRE_SECRET_WEB_SEARCH_KEY${kind === 'json' ? ' and the setting headers' : ''}`
  if (status === 429) {
    const after = headers['retry-after']
    const limiter = isSearxng ? '; on an instance of your own turn off its limiter (server.limiter) or allow this machine in limiter.toml' : ''
    return `${name} has had too many requests (429): try again ${after === undefined ? 'later' : /^\d+$/.test(after) ? `in ${after} seconds` : `after ${after}`}${limiter}`
  }
  if (status === 404)
    return `${name} has nothing at this address (404): ${wrong('url', `must be the address of ${isSearxng ? "the instance's start page" : 'its search'}`).message}`
  const said = isHtml(text) ? '' : text.replace(/\s+/g, ' ').trim().slice(0, 300)
  const passing = status >= 500 ? '; try again later' : ''
  return `${name} answered ${status}${said ? `: ${said}` : ' without a word'}${passing}`
}

function notJson({ headers }: HookResponse, text: string, { kind }: Settings, name: string): string {
  if (text.trim() === '') return `${name} answered nothing at all`
  const what = isHtml(text) || /html/i.test(headers['content-type'] ?? '') ? 'an HTML page' : 'something else'
  const why =
    kind === 'searxng'
      ? `is there a SearXNG instance at this address, with json among search.formats in its settings.yml, and no login or bot check before it?`
      : wrong('url', 'must be the address of its JSON API').message
  return `${name} answered ${what} instead of JSON: ${why}`
}

function isHtml(text: string): boolean {
  return /^\s*(<!doctype|<html|<head|<body|<!--)/i.test(text.slice(0, 1_000))
}
