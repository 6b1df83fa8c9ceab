import { type HookContext, HookError } from '@cadre/contract/forgehook'
import { askJson } from './ask-json.ts'
import { brave, json, type Plan, searxng, tavily } from './kinds.ts'
import { type Found, resultsOf } from './results.ts'
import { type Kind, readSettings, type Settings } from './settings.ts'

export type Input = {
  query: string
  limit?: number
  language?: string
  time_range?: 'day' | 'week' | 'month' | 'year'
  page?: number
  site?: string
}
export type Site = { host: string; path: string }

const plans: Record<Kind, (input: Asked, settings: Settings) => Plan> = { searxng, json, brave, tavily }
const names: Record<Kind, string> = { searxng: 'SearXNG', json: 'the search service', brave: 'Brave Search', tavily: 'Tavily' }
const defaultLimit = 10

export type Asked = Input & { limit: number; page: number; place: Site | null }

/** Asks the search service that the operator set. */
export async function search(input: Input, context: HookContext): Promise<{ results: Found[]; answered_by: string; warnings?: string[] }> {
  const settings = readSettings(context)
  const query = input.query.trim()
  if (query === '') throw new HookError('must not be empty', 'query')
  const asked: Asked = { ...input, query, limit: input.limit ?? defaultLimit, page: input.page ?? 1, place: siteOf(input.site) }
  const plan = plans[settings.kind](asked, settings)
  const name = `${names[settings.kind]} at ${settings.url.host}`
  const document = await askJson(context, settings, plan, name)
  const { results, left } = resultsOf(document, plan, asked, name)
  const warnings = [...plan.warnings, ...plan.notes(document)]
  if (results.length === 0) warnings.unshift(left > 0 ? `none of the ${left} results is at ${input.site}` : nothing(asked))
  return { results, answered_by: name, ...(warnings.length > 0 ? { warnings } : {}) }
}

function nothing({ query, page, time_range, language, place }: Asked): string {
  const narrowed = [time_range && 'time_range', language && 'language', place && 'site'].filter(Boolean)
  const hint = page > 1 ? ` on page ${page}` : narrowed.length > 0 ? `; it may help to leave out ${narrowed.join(', ')}` : ''
  return `nothing was found for '${query.slice(0, 200)}'${hint}`
}

/** `example.com`, `https://example.com/docs`, `*.example.com`: a host with all below it, and perhaps a path. */
function siteOf(text: string | undefined): Site | null {
  const plain = text?.trim().replace(/^(site:)?(\*\.)?/, '')
  if (plain === undefined || plain === '') return null
  const address = /^[a-z]+:\/\//i.test(plain) ? plain : `http://${plain}`
  const url = URL.canParse(address) ? new URL(address) : null
  if (!url || !/^[\w.-]+$/.test(url.hostname)) throw new HookError(`'${plain.slice(0, 200)}' is not a site such as example.com`, 'site')
  return { host: url.hostname.replace(/^www\./, '').replace(/\.$/, ''), path: url.pathname.replace(/\/$/, '') }
}
