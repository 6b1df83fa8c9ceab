import type { HookHandlers } from '@cadre/contract/forgehook'
import { describe, expect, test } from 'vitest'
import { contextBehindWall, serveHere } from '../http-fetch/test/wall.ts'
import { caller, testContext, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'

const folder = new URL('./', import.meta.url)
type Answer = { status?: number; type?: string; body?: unknown; headers?: Record<string, string> }
let next: Answer = {}
const service = await serveHere((_, response) => {
  const { status = 200, type = 'application/json', body = { results: [] }, headers = {} } = next
  response.writeHead(status, { 'content-type': type, ...headers }).end(typeof body === 'string' ? body : JSON.stringify(body))
})
const wall = contextBehindWall(folder, [service.host])
const call = caller(folder, handlers)
const search = (settings: object, answer: Answer = {}, input: object = {}) => {
  next = answer
  service.seen.length = 0
  const secret = (name: string) => Promise.resolve(name === 'web_search_key' ? 'k&y' : '')
  return call('/search', { query: 'quick fox', ...input }, { ...wall, settings: { url: service.url, ...settings }, secret })
}
const sent = () => {
  const { url, headers, body } = service.seen.at(-1) ?? { url: '', headers: {}, body: '' }
  const { pathname, searchParams } = new URL(url, 'http://x')
  return { pathname, params: Object.fromEntries(searchParams), headers, body }
}
const searxngResult = {
  title: 'Foxes',
  url: 'https://example.com/foxes',
  content: 'A quick  brown fox.',
  engine: 'duckduckgo',
  publishedDate: '2024-03-01T00:00:00',
  score: 1,
}
const found = {
  title: 'Foxes',
  url: 'https://example.com/foxes',
  snippet: 'A quick brown fox.',
  published: '2024-03-01T00:00:00',
  engine: 'duckduckgo',
}

const example = testContext({
  settings: { url: 'http://localhost:8888' },
  fetch: (url) => Promise.resolve({ status: 200, url, headers: {}, body: new TextEncoder().encode(JSON.stringify({ results: [searxngResult] })) }),
})
testExamples(
  folder,
  Object.fromEntries(Object.entries(handlers).map(([path, handler]) => [path, (input: unknown) => handler(input, example)])) as HookHandlers,
)

describe('SearXNG', () => {
  test('is asked by its JSON API', async () => {
    const input = { language: 'de', time_range: 'week', page: 2, site: 'https://www.example.com/docs/' }
    const answer = await search({}, { body: { results: [{ ...searxngResult, url: 'https://example.com/docs/a' }] } }, input)
    expect(answer).toEqual({ results: [{ ...found, url: 'https://example.com/docs/a' }], answered_by: `SearXNG at ${service.host}` })
    expect(sent()).toMatchObject({
      pathname: '/search',
      params: { q: 'quick fox site:example.com/docs', format: 'json', language: 'de', time_range: 'week', pageno: '2' },
      headers: { accept: 'application/json' },
    })
  })
  test.each([
    ['', '/search'],
    ['/', '/search'],
    ['/search', '/search'],
    ['/searx/', '/searx/search'],
    ['/searx/search', '/searx/search'],
  ])('at %s', async (path, pathname) => {
    await search({ url: service.url + path })
    expect(sent().pathname).toBe(pathname)
  })
  test('what is no page is left out, what comes twice comes once, and limit holds', async () => {
    const results = [
      searxngResult,
      searxngResult,
      { title: 'x', url: 'javascript:x' },
      { title: 'y' },
      null,
      'z',
      { url: 'https://b.test/' },
      { url: 'https://c.test/' },
    ]
    const answer = await search({}, { body: { results } }, { limit: 2 })
    expect(answer.results).toEqual([found, { title: 'https://b.test/', url: 'https://b.test/', snippet: '' }])
  })
  test('a site is held to, whatever the engines gave', async () => {
    const results = ['https://example.com/', 'https://docs.example.com/x', 'https://notexample.com/', 'https://example.com.evil.test/'].map(
      (url) => ({ url }),
    )
    const answer = await search({}, { body: { results } }, { site: 'example.com' })
    expect(answer.results.map(({ url }: { url: string }) => url)).toEqual(['https://example.com/', 'https://docs.example.com/x'])
    expect((await search({}, { body: { results } }, { site: 'other.test' })).warnings).toEqual(['none of the 4 results is at other.test'])
  })
  test('nothing found, and why', async () => {
    expect(await search({})).toMatchObject({ results: [], warnings: ["nothing was found for 'quick fox'"] })
    expect((await search({}, {}, { time_range: 'day' })).warnings).toEqual(["nothing was found for 'quick fox'; it may help to leave out time_range"])
    const unresponsive_engines = [['google', 'CAPTCHA'], ['brave', 'too many requests']] // prettier-ignore
    expect((await search({}, { body: { results: [], unresponsive_engines } })).warnings[1]).toMatch(
      /google \(CAPTCHA\), brave \(too many requests\); so that nothing/,
    )
  })
})

describe('a service that does not answer as it should', () => {
  const page = '<!doctype html><html><title>403</title>'
  test.each<[object, Answer, RegExp]>([
    [{}, { status: 403, type: 'text/html', body: page }, /refuses to answer in JSON \(403\): add json to search\.formats in its settings\.yml/],
    [
      {},
      { status: 200, type: 'text/html', body: page },
      /answered an HTML page instead of JSON: is there a SearXNG instance at this address, with json among/,
    ],
    [
      {},
      { status: 429, body: page, headers: { 'retry-after': '30' } },
      /too many requests \(429\): try again in 30 seconds; on an instance of your own turn off its limiter/,
    ],
    [{}, { status: 429 }, /try again later/],
    [{}, { status: 404, body: page }, /nothing at this address \(404\): the setting hooks\.web-search\.url .+ start page/],
    [{}, { status: 500, body: 'oops' }, /answered 500: oops; try again later/],
    [{}, { status: 502, type: 'text/html', body: page }, /answered 502 without a word/],
    [{}, { body: '' }, /answered nothing at all/],
    [{}, { body: '{"a":' }, /answered something else instead of JSON/],
    [{}, { body: [] }, /has no list at '\/results'/],
    [{}, { body: 'null' }, /has no list at '\/results'/],
    [{}, { body: { error: 'bad query' } }, /answered: bad query/],
    [{}, { status: 302, headers: { location: 'https://other.test/' } }, /redirects to https:\/\/other\.test; the setting hooks\.web-search\.url/],
    [{}, { status: 302, headers: { location: '/again' } }, /redirects more than 3 times/],
    [{ kind: 'json' }, { status: 401, body: { message: 'no' } }, /refuses the key \(401\): check CADRE_SECRET_WEB_SEARCH_KEY/],
    [{ kind: 'json' }, { body: page, type: 'text/html' }, /an HTML page instead of JSON: the setting hooks\.web-search\.url/],
  ])('%# %j', async (settings, answer, message) => {
    await expect(search(settings, answer)).rejects.toThrow(message)
  })
})

describe('other services', () => {
  test('any that answers JSON, set up by text alone', async () => {
    const settings = {
      kind: 'JSON',
      url: `${service.url}/api?key={secret}`,
      query_param: 'query',
      limit_param: 'n',
      page_param: 'p',
      language_param: 'hl',
      results_path: '/data/items',
      title_field: 'name',
      url_field: '/link/href',
      snippet_field: 'text',
      published_field: 'date',
      headers: '{"X-Api-Key": "Key {secret}"}',
    }
    const items = [{ name: 'Fox &amp; <b>dog</b> 1 < 2', link: { href: 'https://a.test/' }, text: 'x', date: '2024' }]
    const answer = await search(settings, { body: { data: { items } } }, { limit: 3, page: 2, language: 'en', time_range: 'day' })
    expect(answer).toEqual({
      results: [{ title: 'Fox & dog 1 < 2', url: 'https://a.test/', snippet: 'x', published: '2024' }],
      answered_by: `the search service at ${service.host}`,
      warnings: ['time_range is not passed on: this search service is not asked for it'],
    })
    expect(sent()).toMatchObject({
      pathname: '/api',
      params: { key: 'k&y', query: 'quick fox', n: '3', p: '2', hl: 'en' },
      headers: { 'x-api-key': 'Key k&y' },
    })
    expect((await search({ kind: 'json', results_path: '/' }, { body: [{ url: 'https://a.test/' }] })).results).toHaveLength(1)
  })
  test('Brave', async () => {
    const results = [{ title: 'A <strong>fox</strong>', url: 'https://a.test/', description: 'It&#x27;s', page_age: '2024-03-01' }]
    const answer = await search({ kind: 'brave' }, { body: { type: 'search', web: { results } } }, { language: 'de-AT', time_range: 'year', page: 2 })
    expect(answer.results).toEqual([{ title: 'A fox', url: 'https://a.test/', snippet: "It's", published: '2024-03-01' }])
    expect(sent()).toMatchObject({
      pathname: '/res/v1/web/search',
      params: { q: 'quick fox', count: '10', offset: '1', search_lang: 'de', country: 'AT', freshness: 'py' },
      headers: { 'x-subscription-token': 'k&y' },
    })
    expect(await search({ kind: 'brave' }, { body: { type: 'search' } })).toMatchObject({ results: [] })
  })
  test('Tavily', async () => {
    const answer = await search(
      { kind: 'tavily' },
      { body: { results: [{ title: 'A', url: 'https://a.test/', content: 'B' }] } },
      { site: 'a.test', limit: 5 },
    )
    expect(answer.results).toEqual([{ title: 'A', url: 'https://a.test/', snippet: 'B' }])
    expect(sent()).toMatchObject({ pathname: '/search', headers: { authorization: 'Bearer k&y', 'content-type': 'application/json' } })
    expect(JSON.parse(sent().body)).toEqual({ query: 'quick fox', max_results: 5, include_domains: ['a.test'] })
  })
})

describe('settings that do not do', () => {
  test('none at all: exactly what to set', async () => {
    await expect(search({ url: undefined })).rejects.toThrow(
      "web search is not set up: set CADRE_HOOK_WEB_SEARCH_URL=http://localhost:8888 (or hooks.web-search.url in cadre.yaml) to a SearXNG instance, with json among search.formats in SearXNG's settings.yml",
    )
  })
  test.each<[object, string]>([
    [{ url: 'localhost:8888' }, "hooks.web-search.url (CADRE_HOOK_WEB_SEARCH_URL) 'localhost:8888' must be a URL such as http://localhost:8888"],
    [{ url: 'ftp://x' }, 'must be a URL'],
    [{ url: 'http://u:p@x' }, 'must not hold a user name'],
    [{ url: ['x'] }, 'must be text'],
    [{ kind: 'google' }, 'hooks.web-search.kind (CADRE_HOOK_WEB_SEARCH_KIND) must be one of searxng, json, brave, tavily'],
    [{ headers: 'x: y' }, 'must be JSON such as {"X-Api-Key": "{secret}"}'],
    [{ headers: { a: 1 } }, 'must be JSON such as'],
    [{ query_parm: 'q' }, 'hooks.web-search.query_parm (CADRE_HOOK_WEB_SEARCH_QUERY_PARM) there is no such setting'],
    [{ kind: 'json', results_path: 'data' }, 'must be a JSON pointer'],
  ])('%j', async (settings, message) => {
    await expect(search(settings)).rejects.toThrow(message)
    expect(service.seen).toEqual([])
  })
  test.each<[object, object, string]>([
    [{}, { query: '  ' }, 'query: must not be empty'],
    [{}, { site: 'not a site' }, "site: 'not a site' is not a site"],
    [{ kind: 'json' }, { page: 2 }, 'page: this search service has no further pages'],
    [{ kind: 'tavily' }, { page: 2 }, 'page: Tavily has no further pages'],
    [{ kind: 'brave' }, { page: 11 }, 'page: Brave Search has 10 pages'],
  ])('%j with %j', async (settings, input, message) => {
    await expect(search(settings, {}, input)).rejects.toThrow(message)
  })
  test('a place that is not granted, or not there', async () => {
    await expect(search({ url: 'http://127.0.0.1:1' })).rejects.toThrow('127.0.0.1:1 is a private address, and permissions.network does not name it')
  })
})
