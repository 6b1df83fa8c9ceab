import { HookError } from '@cadre/contract/forgehook'
import type { Asked } from './search.ts'
import { type Settings, wrong } from './settings.ts'

/** One request, and where its answer has what. */
export type Plan = {
  url: URL
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
  /** JSON pointer to the list. */
  results_path: string
  fields: { title: string; url: string; snippet: string; published: string; engine: string }
  /** The service writes HTML into titles and snippets. */
  html: boolean
  /** What of the input could not be passed on. */
  warnings: string[]
  /** What the answer says beside its results. */
  notes: (document: unknown) => string[]
}

const none = () => []

/** https://docs.searxng.org/dev/search_api.html */
export function searxng(asked: Asked, { url, headers }: Settings): Plan {
  const to = new URL(url)
  if (!/\/search\/?$/.test(to.pathname)) to.pathname = `${to.pathname.replace(/\/$/, '')}/search`
  set(to, {
    q: withSite(asked),
    format: 'json',
    pageno: asked.page > 1 ? String(asked.page) : undefined,
    language: asked.language,
    time_range: asked.time_range,
  })
  return {
    url: to,
    method: 'GET',
    headers,
    results_path: '/results',
    fields: { title: 'title', url: 'url', snippet: 'content', published: 'publishedDate', engine: 'engine' },
    html: false,
    warnings: [],
    notes: (document) => {
      const { unresponsive_engines, results } = document as { unresponsive_engines?: unknown; results?: unknown[] }
      if (!Array.isArray(unresponsive_engines) || unresponsive_engines.length === 0) return []
      const engines = unresponsive_engines.map((one) => (Array.isArray(one) ? `${String(one[0])} (${String(one[1])})` : String(one)))
      const meaning = results?.length === 0 ? '; so that nothing was found may not mean that there is nothing' : ''
      return [`these engines did not answer SearXNG: ${engines.slice(0, 10).join(', ')}${meaning}`]
    },
  }
}

/** https://api-dashboard.search.brave.com/app/documentation/web-search/query */
export function brave(asked: Asked, { url, headers }: Settings): Plan {
  const to = new URL(url)
  if (to.pathname === '/') to.pathname = '/res/v1/web/search'
  if (asked.page > 10) throw new HookError('Brave Search has 10 pages', 'page')
  const freshness = { day: 'pd', week: 'pw', month: 'pm', year: 'py' }
  const [language, country] = (asked.language ?? '').split('-')
  set(to, {
    q: withSite(asked),
    count: String(Math.min(asked.limit, 20)),
    offset: asked.page > 1 ? String(asked.page - 1) : undefined,
    search_lang: language && language !== 'all' ? language.toLowerCase() : undefined,
    country: country?.toUpperCase(),
    freshness: asked.time_range && freshness[asked.time_range],
  })
  return {
    url: to,
    method: 'GET',
    headers: { 'x-subscription-token': '{secret}', ...headers },
    results_path: '/web/results',
    fields: { title: 'title', url: 'url', snippet: 'description', published: 'page_age', engine: '' },
    html: true,
    warnings: asked.limit > 20 ? ['Brave Search gives at most 20 results on a page'] : [],
    notes: none,
  }
}

/** https://docs.tavily.com/documentation/api-reference/endpoint/search */
export function tavily(asked: Asked, { url, headers }: Settings): Plan {
  const to = new URL(url)
  if (to.pathname === '/') to.pathname = '/search'
  if (asked.page > 1) throw new HookError('Tavily has no further pages; ask for a larger limit', 'page')
  const { query, time_range, place, limit } = asked
  return {
    url: to,
    method: 'POST',
    headers: { authorization: 'Bearer {secret}', ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      query,
      max_results: Math.min(limit, 20),
      ...(time_range ? { time_range } : {}),
      ...(place ? { include_domains: [place.host + place.path] } : {}),
    }),
    results_path: '/results',
    fields: { title: 'title', url: 'url', snippet: 'content', published: 'published_date', engine: '' },
    html: false,
    warnings: [...unpassed({ language: asked.language }, 'Tavily'), ...(limit > 20 ? ['Tavily gives at most 20 results'] : [])],
    notes: none,
  }
}

/** Any service that answers a GET with a list somewhere in JSON. */
export function json(asked: Asked, { url, headers, text }: Settings): Plan {
  const to = new URL(url)
  const pass = (setting: string, value: string | undefined) => {
    const name = text(setting)
    if (name !== undefined) set(to, { [name]: value })
    return name !== undefined
  }
  set(to, { [text('query_param') ?? 'q']: withSite(asked) })
  pass('limit_param', String(asked.limit))
  if (!pass('page_param', asked.page > 1 ? String(asked.page) : undefined) && asked.page > 1)
    throw new HookError('this search service has no further pages that are set up (hooks.web-search.page_param)', 'page')
  const language = pass('language_param', asked.language) ? undefined : asked.language
  const time_range = pass('time_range_param', asked.time_range) ? undefined : asked.time_range
  const results_path = text('results_path') ?? '/results'
  if (results_path !== '' && !results_path.startsWith('/'))
    throw wrong('results_path', 'must be a JSON pointer such as /data/items, or / for the answer itself')
  return {
    url: to,
    method: 'GET',
    headers,
    results_path: results_path === '/' ? '' : results_path,
    fields: {
      title: text('title_field') ?? 'title',
      url: text('url_field') ?? 'url',
      snippet: text('snippet_field') ?? 'snippet',
      published: text('published_field') ?? '',
      engine: '',
    },
    html: true,
    warnings: unpassed({ language, time_range }, 'this search service'),
    notes: none,
  }
}

function withSite({ query, place }: Asked): string {
  return place ? `${query} site:${place.host}${place.path}` : query
}

function set(url: URL, values: Record<string, string | undefined>) {
  for (const [name, value] of Object.entries(values)) if (value !== undefined) url.searchParams.set(name, value)
}

function unpassed(values: Record<string, string | undefined>, service: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [`${name} is not passed on: ${service} is not asked for it`]))
}
