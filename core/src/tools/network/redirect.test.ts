import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setDefaultCACertificates } from 'node:tls'
import type { HookRequest } from '@cadre/contract/forgehook'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Seen, type Service, startService } from '../test/http-service.ts'
import { isRedirect, nextHop } from './redirect.ts'
import { hookFetch, lookupOf } from './test/hook-fetch.ts'
import { cert, key } from './test/loopback-certificate.ts'

const go = hookFetch()
const goNamed = hookFetch({ lookup: lookupOf({ 'other.test': ['127.0.0.1'] }).lookup })
/** `/to?<status>&<where>` redirects, `/count/<n>` redirects n times, anything else tells what came. */
function answer(seen: Seen, response: ServerResponse) {
  const [, status, where] = /^\/to\?(\d+)&(.*)$/.exec(seen.url) ?? []
  const [, count] = /^\/count\/(\d+)$/.exec(seen.url) ?? []
  if (where !== undefined) response.writeHead(Number(status), { location: decodeURIComponent(where) }).end('moved')
  else if (count !== undefined && count !== '0') response.writeHead(302, { location: `/count/${Number(count) - 1}` }).end()
  else response.end(`${response.req.method} ${seen.url} ${seen.body}`)
}
let here: Service
let there: Service
beforeAll(async () => {
  here = await startService(answer)
  there = await startService(answer)
})
afterAll(async () => {
  await Promise.all([here.close(), there.close()])
})
const to = (status: number, where: string, from = here.url) => `${from}/to?${status}&${encodeURIComponent(where)}`

describe('the method and body after a redirect', () => {
  test.each([
    [301, 'POST', 'GET /end '],
    [302, 'POST', 'GET /end '],
    [303, 'POST', 'GET /end '],
    [303, 'PUT', 'GET /end '],
    [303, 'DELETE', 'GET /end '],
    [301, 'PUT', 'PUT /end body'],
    [302, 'PATCH', 'PATCH /end body'],
    [307, 'POST', 'POST /end body'],
    [308, 'POST', 'POST /end body'],
    [308, 'DELETE', 'DELETE /end body'],
  ] as const)('%d after %s', async (status, method, body) => {
    const got = await go(to(status, '/end'), [here.host], { method, body: 'body', headers: { 'content-type': 'text/x' } })
    expect(got).toMatchObject({ status: 200, url: `${here.url}/end`, body })
    expect(here.seen.at(-1)?.headers['content-type']).toBe(body.startsWith('GET') ? undefined : 'text/x')
  })
  test('HEAD stays HEAD', async () => {
    for (const status of [301, 302, 303, 307, 308])
      expect(await go(to(status, '/end'), [here.host], { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })
})

test('ten redirects are followed, eleven are not', async () => {
  expect(await go(`${here.url}/count/10`, [here.host])).toMatchObject({ status: 200, url: `${here.url}/count/0` })
  expect((await go(`${here.url}/count/11`, [here.host])).error).toBe(`${here.host} redirects more than 10 times`)
})

test('redirect: manual, and a redirect to nowhere, are answers', async () => {
  const answer = await go(to(302, 'http://169.254.169.254/'), [here.host], { redirect: 'manual' })
  expect(answer).toMatchObject({ status: 302, headers: { location: 'http://169.254.169.254/' }, body: 'moved' })
  expect([300, 304, 305, 306, 200, 400].some(isRedirect)).toBe(false)
})

describe('every hop is checked as the first was', () => {
  test.each([
    ['http://127.0.0.1:1/', /127\.0\.0\.1:1 is a private address, and permissions\.network does not name it/],
    ['http://2130706433:1/', /127\.0\.0\.1:1 is a private address/],
    ['http://[::ffff:127.0.0.1]:1/', /at the private address 127\.0\.0\.1/],
    ['http://[::1]:1/', /is a private address/],
    ['http://localhost:1/', /localhost:1 is at the private address/],
    ['//0x7f.1:1/', /is a private address/],
    ['http://169.254.169.254/latest/meta-data/', /metadata service/],
    ['http://metadata.google.internal/', /metadata service/],
    ['file:///etc/passwd', /file: is not possible/],
    ['ftp://127.0.0.1/', /ftp: is not possible/],
    ['javascript:alert(1)', /javascript: is not possible/],
    ['data:text/plain,x', /data: is not possible/],
    ['http://user:secret@127.0.0.1/', /must not hold a user name or password/],
    ['http://127.0.0.1:0/', /port 0/],
    ['http://[', /is not a URL/],
  ])('%s', async (where, message) => {
    for (const status of [301, 307]) {
      const { error } = await go(to(status, where), [here.host, '*'])
      expect(error).toMatch(message)
      expect(error).not.toContain('secret')
    }
  })
  test('a grant is for its own port', async () => {
    expect((await go(to(302, `${there.url}/end`), [here.host])).error).toContain(`${there.host} is a private address`)
    expect(await go(to(302, `${there.url}/end`), [here.host, there.host])).toMatchObject({ url: `${there.url}/end`, body: 'GET /end ' })
  })
  test('through a place that is allowed to one that is not', async () => {
    const url = to(302, to(302, 'http://127.0.0.1:1/', there.url))
    expect((await go(url, [here.host, there.host])).error).toContain('127.0.0.1:1 is a private address')
  })
})

describe('what a redirect takes along', () => {
  const headers = {
    Authorization: 'Bearer x',
    Cookie: 'a=1',
    'X-Api-Key': 'k',
    'X-Own': 'o',
    'Idempotency-Key': 'i',
    'Accept-Language': 'de',
    'User-Agent': 'me',
  }
  test('to the same origin everything', async () => {
    await go(to(307, '/end'), [here.host], { headers })
    expect(here.seen.at(-1)?.headers).toMatchObject({ authorization: 'Bearer x', cookie: 'a=1', 'x-api-key': 'k', 'x-own': 'o' })
  })
  test.each([301, 302, 303, 307, 308])('to another origin nothing that may be a credential, and it does not come back: %d', async (status) => {
    await go(to(status, to(status, `${here.url}/back`, there.url)), [here.host, there.host], { headers })
    for (const { headers } of [there.seen.at(-1), here.seen.at(-1)].flatMap((seen) => seen ?? [])) {
      expect(headers).toMatchObject({ 'accept-language': 'de', 'user-agent': 'me' })
      for (const name of ['authorization', 'cookie', 'x-api-key', 'x-own', 'idempotency-key']) expect(headers).not.toHaveProperty(name)
    }
  })
})

describe('the place that it leads to', () => {
  const from = (url: string) => ({ url: new URL(url), method: 'GET' as const, headers: {}, body: null })
  test.each([
    ['http://a.test/b/c?d', 'e', 'http://a.test/b/e'],
    ['http://a.test/b/c#part', '/e', 'http://a.test/e#part'],
    ['http://a.test/#part', '/e#own', 'http://a.test/e#own'],
    ['https://a.test/', '//b.test/x', 'https://b.test/x'],
    ['http://a.test/', '?q', 'http://a.test/?q'],
    ['http://a.test/', Buffer.from('/über').toString('latin1'), 'http://a.test/%C3%BCber'],
    ['http://a.test/', '/\xfcber', 'http://a.test/%C3%BCber'],
    ['http://a.test/x', '', 'http://a.test/x'],
    ['http://a.test/', '\\\\b.test\\x', 'http://b.test/x'],
  ])('%s and %s', (url, location, next) => {
    expect(nextHop(from(url), 302, location).url.href).toBe(next)
  })
})

describe('encryption', () => {
  const server = createServer({ key, cert }, (request, response) => {
    const where = decodeURIComponent(request.url?.slice(1) ?? '')
    response.writeHead(where ? 307 : 200, where ? { location: where } : {}).end('safe')
  })
  let url: string
  let host: string
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    url = `https://${host}/`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  test('a certificate that nobody trusts is refused, whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    const { error } = await go(url, [host])
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    expect(error).toMatch(/^the encrypted connection to .+ failed: self-signed certificate/)
  })
  test('what does not speak TLS says so, without OpenSSL’s paths', async () => {
    const { error } = await go(here.url.replace('http:', 'https:'), [here.host])
    expect(error).toMatch(/^the encrypted connection to .+ failed: [a-z ]+ \(ERR_SSL_/i)
  })
  test('from https to http nothing confidential is taken', async () => {
    setDefaultCACertificates([cert])
    const down = url + encodeURIComponent(`${here.url}/end`)
    const grants = [host, here.host]
    expect(await go(url, [host], { headers: { authorization: 'x' } })).toMatchObject({ body: 'safe' })
    expect(await go(down, grants)).toMatchObject({ body: 'GET /end ' })
    const confidential: HookRequest[] = [{ headers: { authorization: 'x' } }, { headers: { 'x-api-key': 'x' } }, { method: 'POST', body: 'x' }]
    for (const request of confidential)
      expect((await go(down, grants, request)).error).toMatch(/without encryption, and the request carries .+: it is not followed$/)
  })
  test('a certificate for another name is refused', async () => {
    expect((await goNamed(url.replace('127.0.0.1', 'other.test'), ['other.test'])).error).toMatch(/Hostname\/IP does not match/)
  })
})
