import type { IncomingMessage } from 'node:http'
import { describe, expect, test } from 'vitest'
import { openAccess, refuseBind } from './access.ts'
import { serve } from './test/sockets.ts'

const options = { host: '127.0.0.1', api_key: 'k-secret', allowed_hosts: ['cadre.lan', 'b.lan:81'] }
const request = (headers: Record<string, string>, socket = {}) =>
  ({ headers, socket: { remoteAddress: '::ffff:10.0.0.9', ...socket } }) as unknown as IncomingMessage

describe('who is asking', () => {
  const { actorOf } = openAccess(options)

  test.each([
    ['X-API-Key', { 'x-api-key': 'k-secret' }],
    ['Bearer', { authorization: 'Bearer k-secret' }],
    ['bearer', { authorization: 'bearer  k-secret ' }],
    ['both', { 'x-api-key': 'k-secret', authorization: 'Bearer k-secret' }],
  ])('%s is the owner', (_what, headers) =>
    expect(actorOf(request({ ...headers, 'user-agent': 'test' }))).toMatchObject({
      kind: 'user',
      role: 'owner',
      id: 'owner',
      ip: '10.0.0.9',
      user_agent: 'test',
    }),
  )

  test.each([
    ['a wrong key', { 'x-api-key': 'k-secreT' }],
    ['a beginning', { 'x-api-key': 'k-secre' }],
    ['an empty key', { 'x-api-key': '' }],
    ['two that differ', { 'x-api-key': 'k-secret', authorization: 'Bearer other' }],
    ['Basic', { authorization: 'Basic ay1zZWNyZXQ=' }],
    ['an empty Bearer', { authorization: 'Bearer ' }],
  ])('%s is nobody', (_what, headers) => expect(() => actorOf(request(headers))).toThrow(expect.objectContaining({ code: 'UNAUTHORIZED' })))

  test('no key is the public', () => expect(actorOf(request({}))).toMatchObject({ kind: 'public' }))
  test('without a configured key everyone here is the owner', () => {
    const open = openAccess({ ...options, api_key: null })
    expect(open.actorOf(request({ authorization: 'Bearer whatever' }))).toMatchObject({ kind: 'user', role: 'owner', id: 'local' })
  })
})

describe('where from', () => {
  const { checkAddress } = openAccess(options)
  test.each([
    [{ host: 'cadre.lan' }],
    [{ host: 'Cadre.lan:4000' }],
    [{ host: 'b.lan:81' }],
    [{ host: '10.0.0.1:4000' }],
    [{ host: '[fe80::1]:4000' }],
    [{ host: 'localhost:4000', origin: 'http://localhost:4000' }],
    [{ host: 'localhost:4000', origin: 'http://cadre.lan:5173' }],
    [{ host: 'localhost:4000', origin: 'https://b.lan:81' }],
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
  ])('%j may not', (headers, name) => expect(() => checkAddress(request(headers, { localAddress: '10.0.0.1' }))).toThrow(new RegExp(`^${name}: `)))
})

test('no bind beyond this machine without a key', () => {
  for (const host of ['127.0.0.1', '127.8.0.1', '::1', 'localhost']) expect(refuseBind({ ...options, host, api_key: null })).toBeNull()
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org']) {
    expect(refuseBind({ ...options, host, api_key: null })).toMatch(/^HOST: .* CADRE_API_KEY must be set/)
    expect(refuseBind({ ...options, host })).toBeNull()
  }
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
