import type { HookHandlers, HookRequest, HookResponse } from '@cadre/contract/forgehook'
import { describe, expect, test } from 'vitest'
import { caller, testContext, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { contextBehindWall, serveHere } from './test/wall.ts'

const folder = new URL('./', import.meta.url)

/** The services of the examples. */
async function exampleFetch(url: string, request: HookRequest = {}): Promise<HookResponse> {
  const said = (status: number, type: string, text: string) => ({
    status,
    url,
    headers: { 'content-type': type },
    body: new TextEncoder().encode(text),
  })
  const page =
    '<html lang="en"><head><title>Foxes</title><meta name="author" content="Jane Doe"><meta name="date" content="2024-03-01"><meta name="description" content="A quick brown fox."></head><body><nav hidden>Menu</nav><p>A quick <b>brown</b> fox lives <a href="den">here</a>.</p></body></html>'
  if (url === 'https://example.com/foxes') return said(200, 'text/html; charset=utf-8', page)
  return request.method === 'POST' ? said(201, 'application/json', '{"id":7}') : said(200, 'application/json; charset=utf-8', '[{"id":7}]')
}
const atExamples = Object.entries(handlers).map(([path, handler]) => [path, (input: unknown) => handler(input, testContext({ fetch: exampleFetch }))])
testExamples(folder, Object.fromEntries(atExamples) as HookHandlers)

const service = await serveHere(({ url, body, headers }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://x')
  const type = searchParams.get('type')
  if (pathname === '/echo') {
    const { method } = response.req
    return response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ method, url, body, type: headers['content-type'] ?? null, x: headers['x-one'] ?? null }))
  }
  if (pathname === '/bytes')
    return response
      .writeHead(Number(searchParams.get('status') ?? 200), type ? { 'content-type': type } : {})
      .end(Buffer.from(searchParams.get('hex') ?? '', 'hex'))
  if (pathname === '/away') return response.writeHead(302, { location: '/echo' }).end()
  if (pathname === '/out') return response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  if (pathname === '/encoded') return response.writeHead(200, { 'content-encoding': 'aws-chunked', 'content-type': 'text/plain' }).end('x')
  // Anything else is never answered.
})
const context = contextBehindWall(folder, ['*', service.host])
const call = caller(folder, handlers)
const request = (input: object) => call('/request', { url: `${service.url}/echo`, ...input }, context)
const get = (path: string, input: object = {}) => call('/get', { url: service.url + path, ...input }, context)
const bytes = (hex: string, type = '', expect?: string) => get(`/bytes?hex=${hex}&type=${encodeURIComponent(type)}`, expect ? { expect } : {})
const hex = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('hex')

describe('what is sent', () => {
  test.each<[object, object]>([
    [{}, { method: 'GET', body: '', type: null }],
    [{ json: { a: [1, 'ü'] } }, { method: 'POST', body: '{"a":[1,"ü"]}', type: 'application/json' }],
    [
      { json: null, method: 'put' },
      { method: 'PUT', body: 'null', type: 'application/json' },
    ],
    [{ text: 'ü' }, { method: 'POST', body: 'ü', type: 'text/plain;charset=UTF-8' }],
    [
      { text: '<a/>', content_type: 'application/xml' },
      { body: '<a/>', type: 'application/xml' },
    ],
    [
      { json: 1, headers: { 'Content-Type': 'application/x+json', 'X-One': 1 } },
      { type: 'application/x+json', x: '1' },
    ],
    [{ form: { a: 'x y', b: [1, 2], c: null, d: true } }, { body: 'a=x+y&b=1&b=2&d=true', type: 'application/x-www-form-urlencoded' }],
    [{ base64: 'aGk=' }, { method: 'POST', body: 'hi', type: 'application/octet-stream' }],
    [
      { base64: 'aGk', method: 'PATCH' },
      { method: 'PATCH', body: 'hi' },
    ],
    [
      { text: 'x', method: 'DELETE' },
      { method: 'DELETE', body: 'x' },
    ],
    [{ query: { q: 'a&b', n: [1, null, 2], no: null } }, { url: '/echo?q=a%26b&n=1&n=2' }],
    [{ url: `${service.url}/echo?sig=a%20b`, query: { q: 1 } }, { url: '/echo?sig=a%20b&q=1' }],
    [{ url: `${service.url}/away` }, { url: '/echo' }],
    [
      { url: `${service.url}/away`, json: 1 },
      { method: 'GET', body: '' },
    ],
  ])('%j', async (input, seen) => {
    expect(await request(input)).toMatchObject({ status: 200, ok: true, json: seen })
  })
  test.each<[object, string]>([
    [{ json: 1, text: 'x' }, 'text: only one of json, text can be the body'],
    [{ base64: 'a*b' }, 'base64: is not base64'],
    [{ base64: 'abcde' }, 'base64: is not base64'],
    [{ method: 'HEAD', json: 1 }, 'json: a HEAD request has no body'],
    [{ content_type: 'text/plain' }, 'content_type: there is no body'],
    [{ url: 'example.com/x' }, "url: 'example.com/x' is not a URL such as https://example.com/page: write https://example.com/x"],
    [{ url: 'ftp://example.com/' }, 'only http: and https:'],
    [{ url: 'http://u:p@example.com/' }, 'must not hold a user name or password'],
    [{ url: 'http://127.0.0.1:1/' }, 'is a private address'],
    [{ url: `${service.url}/out` }, 'metadata service'],
    [{ headers: { a: '1', A: '2' } }, "headers: 'A' is given twice"],
    [{ headers: { Host: 'x' } }, 'is set by the connection itself'],
    [{ url: `${service.url}/never`, timeout_ms: 30 }, 'did not answer within 30 ms'],
    [{ url: `${service.url}/bytes?hex=${'00'.repeat(2_000)}`, max_bytes: 1_000 }, 'larger than 1000 bytes'],
  ])('%j is refused', async (input, message) => {
    await expect(request(input)).rejects.toThrow(message)
  })
})

describe('what comes back', () => {
  test.each<[string, string, string | undefined, object]>([
    [hex('{"a":1}'), 'application/json', undefined, { json: { a: 1 } }],
    [hex('{"a":1}'), 'application/problem+json; charset=utf-8', undefined, { json: { a: 1 } }],
    [hex('{"id":12345678901234567890}'), 'application/json', undefined, { json: { id: '12345678901234567890' }, warnings: [expect.any(String)] }],
    [hex('{"a":'), 'application/json', undefined, { text: '{"a":', warnings: [expect.stringContaining('is not JSON')] }],
    [hex('{"a":1}'), 'text/plain', 'json', { json: { a: 1 } }],
    [hex('{"a":1}'), 'application/json', 'text', { text: '{"a":1}' }],
    [hex('hi'), 'application/json', 'base64', { base64: 'aGk=' }],
    ['', 'application/json', undefined, { text: '' }],
    ['', 'application/json', 'json', { json: null, warnings: ['the answer is empty'] }],
    ['00ff', 'application/octet-stream', undefined, { base64: 'AP8=' }],
    ['89504e470d0a', 'image/png', undefined, { base64: 'iVBORw0K' }],
    ['00ff', '', undefined, { base64: 'AP8=' }],
    [hex('plain'), '', undefined, { text: 'plain' }],
    [hex('<svg/>'), 'image/svg+xml', undefined, { text: '<svg/>' }],
    [hex('a,b'), 'text/csv', undefined, { text: 'a,b', charset: 'utf-8' }],
    ['e9', 'text/plain; charset=ISO-8859-1', undefined, { text: 'é', charset: 'windows-1252' }],
    ['80', 'text/plain; charset="latin1"', undefined, { text: '€' }],
    ['82a0', 'text/html;charset=Shift_JIS', undefined, { text: 'あ' }],
    ['efbbbfc3a9', 'text/plain; charset=iso-8859-1', undefined, { text: 'é', charset: 'utf-8' }],
    ['fffe6100', 'text/plain', undefined, { text: 'a', charset: 'utf-16le' }],
    ['feff0061', '', undefined, { text: 'a', charset: 'utf-16be' }],
    [`${hex('<meta charset=windows-1251>')}e0`, 'text/html', undefined, { text: '<meta charset=windows-1251>а', charset: 'windows-1251' }],
    [`${hex('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">')}c1`, 'text/html', undefined, { charset: 'koi8-r' }],
    [
      `${hex('<?xml version="1.0" encoding="ISO-8859-2"?>')}e8`,
      'application/xml',
      undefined,
      { charset: 'iso-8859-2', text: expect.stringContaining('č') },
    ],
    [`${hex('<!-- <meta charset=koi8-r> -->')}c3a9`, 'text/html', undefined, { charset: 'utf-8' }],
    [hex('<meta charset=utf-16>'), 'text/html', undefined, { charset: 'utf-8' }],
    ['e9', 'text/plain', undefined, { text: 'é', charset: 'windows-1252', warnings: [expect.stringContaining('names no encoding')] }],
    ['c3', 'text/plain; charset=utf-8', undefined, { text: '\uFFFD', warnings: [expect.stringContaining('no utf-8')] }],
    [hex('x'), 'text/plain; charset=klingon', undefined, { text: 'x', warnings: ["the encoding 'klingon' is not known"] }],
  ])('%s as %s, %s', async (body, type, expected, answer) => {
    expect(await bytes(body, type, expected)).toMatchObject({ ok: true, bytes: body.length / 2, content_type: type || null, ...answer })
  })
  test('any status, and HEAD, are answers', async () => {
    expect(await get('/bytes?status=404&hex=6e6f&type=text/plain')).toMatchObject({ status: 404, ok: false, text: 'no' })
    expect(await get('/echo', { method: 'head' })).toMatchObject({ status: 200, text: '', bytes: 0 })
    expect(await get('/away', { follow_redirects: false })).toMatchObject({ status: 302, headers: { location: '/echo' } })
    expect(await get('/away')).toMatchObject({ url: `${service.url}/echo` })
  })
  test('an encoding that nobody undoes is said', async () => {
    expect(await get('/encoded')).toMatchObject({ base64: 'eA==', warnings: [expect.stringContaining("'aws-chunked'")] })
  })
})
