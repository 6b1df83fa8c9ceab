import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openAccess } from './access.ts'
import { resolverDouble } from './test/access-double.ts'
import { serve } from './test/sockets.ts'

const options = { host: '127.0.0.1', allowed_hosts: ['cadre.lan', 'b.lan:81'], public_url: 'https://ui.lan' }
const request = (headers: Record<string, string>, socket = {}, method = 'POST') => {
  const headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.split('|')]))
  return { method, headers, headersDistinct, socket: { remoteAddress: '::ffff:10.0.0.9', ...socket } } as unknown as IncomingMessage
}

describe('who is asking', () => {
  const { whoAsks } = openAccess(options, resolverDouble('k-secret'))

  test.each([
    ['X-API-Key', { 'x-api-key': 'k-secret' }],
    ['Bearer', { authorization: 'Bearer k-secret' }],
    ['bearer', { authorization: 'bearer  k-secret ' }],
    ['both', { 'x-api-key': 'k-secret', authorization: 'Bearer k-secret' }],
  ])('%s is the owner', async (_what, headers) => {
    const { actor } = await whoAsks(request({ ...headers, 'user-agent': 'test' }))
    expect(actor).toMatchObject({ kind: 'user', role: 'owner', id: 'owner', ip: '10.0.0.9', user_agent: 'test' })
  })

  test.each([
    ['a wrong key', { 'x-api-key': 'k-secreT' }],
    ['a beginning', { 'x-api-key': 'k-secre' }],
    ['an empty key', { 'x-api-key': '' }],
    ['two that differ', { 'x-api-key': 'k-secret', authorization: 'Bearer other' }],
    ['a bad one in a second header of the name', { 'x-api-key': 'k-secret|other' }],
    ['a bad one in a second Authorization', { authorization: 'Bearer k-secret|Bearer other' }],
    ['Basic', { authorization: 'Basic ay1zZWNyZXQ=' }],
    ['an empty Bearer', { authorization: 'Bearer ' }],
    ['a cookie that is over beside a good key', { 'x-api-key': 'k-secret', cookie: '__Host-cadre_session=x' }],
  ])('%s is nobody', (_what, headers) => expect(whoAsks(request(headers))).rejects.toMatchObject({ code: 'UNAUTHORIZED' }))

  test('no key is the public, and so is a cookie that is over, and one of another name', async () => {
    for (const headers of [{} as Record<string, string>, { cookie: '__Host-cadre_session=x' }, { cookie: 'cadre_session=x' }])
      expect((await whoAsks(request(headers))).actor).toMatchObject({ kind: 'public' })
  })
  test('at an open server everyone is the owner, whatever key of their own invention they send', async () => {
    const open = openAccess(options, resolverDouble(null))
    expect((await open.whoAsks(request({ authorization: 'Bearer whatever' }))).actor).toMatchObject({ role: 'owner', id: 'local' })
    await expect(open.whoAsks(request({ authorization: 'Bearer cdr_abcdefgh_x' }))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})

describe('where from', () => {
  const { checkAddress } = openAccess(options, resolverDouble(null))
  test.each([
    [{ host: 'cadre.lan' }],
    [{ host: 'Cadre.lan:4000' }],
    [{ host: 'b.lan:81' }],
    [{ host: '10.0.0.1:4000' }],
    [{ host: '[fe80::1]:4000' }],
    [{ host: 'localhost:4000', origin: 'http://localhost:4000' }],
    [{ host: 'localhost:4000', origin: 'http://cadre.lan:5173' }],
    [{ host: 'localhost:4000', origin: 'https://b.lan:81' }],
    [{ host: 'ui.lan', origin: 'https://ui.lan' }],
    [{ host: 'localhost', 'sec-fetch-site': 'same-origin' }],
  ])('%j may', (headers) => checkAddress(request(headers, { localAddress: headers.host.startsWith('[') ? 'fe80::1' : '::ffff:10.0.0.1' })))

  test.each([
    [{ host: 'b.lan' }, 'Host'],
    [{ host: 'b.lan:82' }, 'Host'],
    [{ host: '10.0.0.2' }, 'Host'],
    [{ host: '' }, 'Host'],
    [{ host: 'localhost:4000', origin: 'http://localhost' }, 'Origin'],
    [{ host: 'localhost:4000', origin: 'http://b.lan:82' }, 'Origin'],
    [{ host: 'localhost', origin: 'file://localhost' }, 'Origin'],
    [{ host: 'localhost', origin: '' }, 'Origin'],
    [{ host: 'localhost', origin: 'null' }, 'Origin'],
    [{ host: 'localhost', 'sec-fetch-site': 'cross-site' }, 'Sec-Fetch-Site'],
    [{ host: 'localhost', 'sec-fetch-site': 'same-site' }, 'Sec-Fetch-Site'],
  ])('%j may not', (headers, name) => expect(() => checkAddress(request(headers, { localAddress: '10.0.0.1' }))).toThrow(new RegExp(`^${name}: `)))
})

test('the public may try what is public, and is asked for the key for all else before its body is read', async () => {
  const server = await serve({ api_key: 'k' })
  const call = async (method: string, path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.url}${path}`, { method, headers })
    await response.text()
    return `${response.status} ${response.headers.get('www-authenticate') ?? '-'}`
  }
  expect(await call('GET', '/api/v1/agents')).toBe('200 -')
  expect(server.asked.at(-1)).toBe('agents.list by public')
  expect(await call('POST', '/api/v1/agents/a/run', { 'content-type': 'application/json' })).toBe('422 -')
  for (const [method, path] of [
    ['POST', '/api/v1/agents'],
    ['DELETE', '/api/v1/agents/a'],
    ['GET', '/api/v1/runs'],
    ['GET', '/api/v1/plugins'],
    ['GET', '/api/v1/providers'],
    ['POST', '/api/v1/plugins/x/endpoints/y/invoke'],
    ['POST', '/rpc/agents/create'],
  ] as const) {
    expect(await call(method, path), path).toBe('401 Bearer')
  }
  expect(await call('GET', '/api/v1/agents', { 'x-api-key': 'wrong' })).toBe('401 Bearer')
  expect(await call('GET', '/api/v1/runs', { 'x-api-key': 'k' })).toBe('200 -')
  expect(await call('GET', '/healthz')).toBe('200 -')
  await server.stop(0)
})
