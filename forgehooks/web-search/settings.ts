import { type HookContext, HookError } from '@cadre/contract/forgehook'

export const kinds = ['searxng', 'json', 'brave', 'tavily'] as const
export type Kind = (typeof kinds)[number]
/** What the operator set; from the environment all of it is text. */
export type Settings = {
  kind: Kind
  url: URL
  headers: Record<string, string>
  /** Settings of kind `json`, by name. */
  text: (name: string) => string | undefined
}

const known = new Set(
  'url kind headers query_param limit_param page_param language_param time_range_param results_path title_field url_field snippet_field published_field'.split(
    ' ',
  ),
)
const howTo =
  'web search is not set up: set CADRE_HOOK_WEB_SEARCH_URL=http://localhost:8888 (or hooks.web-search.url in cadre.yaml) to a SearXNG instance, ' +
  "with json among search.formats in SearXNG's settings.yml; for another search service set kind (json, brave or tavily) too"

/** @throws HookError that says what to set */
export function readSettings({ settings }: HookContext): Settings {
  const text = (name: string) => {
    const value = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'object') throw wrong(name, 'must be text')
    return String(value).trim() || undefined
  }
  const unknown = Object.keys(settings).find((name) => !known.has(name))
  if (unknown !== undefined) throw wrong(unknown, `there is no such setting; there are ${[...known].join(', ')}`)
  const written = text('url')
  if (written === undefined) throw new HookError(howTo)
  const url = URL.canParse(written) ? new URL(written) : null
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong('url', `'${written.slice(0, 200)}' must be a URL such as http://localhost:8888`)
  if (url.username || url.password)
    throw wrong('url', 'must not hold a user name or password; set headers with {secret} and CADRE_SECRET_WEB_SEARCH_KEY')
  const kind = text('kind')?.toLowerCase() ?? guessed(url, text)
  if (!isKind(kind)) throw wrong('kind', `must be one of ${kinds.join(', ')}`)
  return { kind, url, headers: headersOf(settings['headers']), text }
}

/** @param name of a setting, told as the operator would write it */
export function wrong(name: string, message: string): HookError {
  return new HookError(`the setting hooks.web-search.${name} (CADRE_HOOK_WEB_SEARCH_${name.toUpperCase()}) ${message}`)
}

function guessed(url: URL, text: (name: string) => string | undefined): Kind {
  if (url.hostname === 'api.search.brave.com') return 'brave'
  if (url.hostname === 'api.tavily.com') return 'tavily'
  return text('results_path') === undefined ? 'searxng' : 'json'
}

function isKind(text: string): text is Kind {
  return (kinds as readonly string[]).includes(text)
}

function headersOf(value: unknown): Record<string, string> {
  if (value === undefined || value === null || value === '') return {}
  const example = `must be JSON such as {"X-Api-Key": "{secret}"}`
  let headers: unknown = value
  try {
    if (typeof value === 'string') headers = JSON.parse(value) as unknown
  } catch {
    throw wrong('headers', example)
  }
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) throw wrong('headers', example)
  const pairs = Object.entries(headers)
  if (pairs.some(([, text]) => typeof text !== 'string')) throw wrong('headers', example)
  return Object.fromEntries(pairs.map(([name, text]) => [name.toLowerCase(), text as string]))
}
