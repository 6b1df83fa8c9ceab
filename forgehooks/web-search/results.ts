import { HookError } from '@cadre/contract/forgehook'
import type { Plan } from './kinds.ts'
import type { Asked, Site } from './search.ts'
import { wrong } from './settings.ts'

export type Found = { title: string; url: string; snippet: string; published?: string; engine?: string }

/** @returns the results that fit, and how many there were that did not */
export function resultsOf(document: unknown, plan: Plan, { limit, place }: Asked, name: string): { results: Found[]; left: number } {
  const all = foundIn(document, plan, name).flatMap((item) => resultOf(item, plan) ?? [])
  const results = new Map<string, Found>()
  for (const result of all) if ((!place || isAt(result.url, place)) && !results.has(result.url)) results.set(result.url, result)
  return { results: [...results.values()].slice(0, limit), left: all.length - results.size }
}

function foundIn(document: unknown, { results_path }: Plan, name: string): unknown[] {
  const found = at(document, results_path)
  if (Array.isArray(found)) return found
  // Brave leaves the whole part out when there is nothing.
  if (found === undefined && results_path === '/web/results' && at(document, '/type') === 'search') return []
  const error = [at(document, '/error'), at(document, '/detail'), at(document, '/message')].find((text) => typeof text === 'string')
  if (error !== undefined) throw new HookError(`${name} answered: ${String(error).slice(0, 300)}`)
  throw new HookError(
    `the answer of ${name} has no list at '${results_path || '/'}'; ${wrong('results_path', 'says where it is, as /data/items').message}`,
  )
}

/** JSON pointer (RFC 6901). */
function at(document: unknown, pointer: string): unknown {
  const steps = pointer === '' ? [] : pointer.slice(1).split('/')
  return steps.reduce<unknown>((value, step) => field(value, step.replaceAll('~1', '/').replaceAll('~0', '~')), document)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

/** A name, or a pointer where it begins with a slash. */
function textAt(item: unknown, name: string): string {
  const value = name === '' ? undefined : name.startsWith('/') ? at(item, name) : field(item, name)
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}

function resultOf(item: unknown, { fields, html }: Plan): Found | null {
  const url = textAt(item, fields.url).trim()
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return null
  const plain = (name: string) => (html ? withoutMarkup(textAt(item, name)) : textAt(item, name)).replace(/\s+/g, ' ').trim()
  const published = plain(fields.published)
  const engine = plain(fields.engine)
  return {
    title: plain(fields.title) || url,
    url,
    snippet: plain(fields.snippet),
    ...(published ? { published } : {}),
    ...(engine ? { engine } : {}),
  }
}

function isAt(address: string, { host, path }: Site): boolean {
  const url = new URL(address)
  const isBelow = path === '' || url.pathname === path || url.pathname.startsWith(`${path}/`)
  return isBelow && (url.hostname === host || url.hostname.endsWith(`.${host}`))
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', '#39': "'", '#x27': "'", '#34': '"' }

// Only the marks that search services put around what they found: any other < belongs to the text.
function withoutMarkup(text: string): string {
  return text
    .replace(/<\/?(b|strong|em|i|mark|span|br|p)(\s[^<>]*)?\/?>/gi, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name.toLowerCase()] ?? whole)
}
