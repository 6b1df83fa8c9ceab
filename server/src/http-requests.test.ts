import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask as askPort, expectRefusal, raw, type Refusal, serve } from './test/sockets.ts'

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve()
  await ask('POST', agents, agent())
})
afterAll(() => server.stop(0))

const ask = (...[method, target, body, parts]: Tail<Parameters<typeof askPort>>) => askPort(server.port, method, target, body, parts)
type Tail<T extends unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never
const agent = (more: object = {}) => ({ name: 'A', system_prompt: 'You help.', ...more })
const run = '/api/v1/agents/a/run'
const agents = '/api/v1/agents'

const rows: Refusal[] = [
  // Headers.
  [
    'a form',
    () => ask('POST', run, 'input=x', { headers: ['Content-Type: application/x-www-form-urlencoded'] }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /send it with Content-Type: application\/json/,
  ],
  ['plain text', () => ask('POST', run, '{"input":"x"}', { headers: ['Content-Type: text/plain'] }), 415, 'UNSUPPORTED_MEDIA_TYPE', /"text\/plain"/],
  [
    'a multipart form',
    () => ask('POST', run, 'x', { headers: ['Content-Type: multipart/form-data; boundary=x'] }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /multipart/,
  ],
  [
    'an event stream as a body',
    () => ask('POST', run, 'data: 1\n\n', { headers: ['Content-Type: text/event-stream'] }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /event-stream/,
  ],
  [
    'no content type',
    () => raw(server.port, `POST ${run} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}`),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /without a Content-Type/,
  ],
  ['a broken content type', () => ask('POST', run, '{}', { headers: ['Content-Type: ;;;'] }), 415, 'UNSUPPORTED_MEDIA_TYPE', /Content-Type/],
  [
    'another charset',
    () => ask('POST', run, '{}', { headers: ['Content-Type: application/json; charset=latin1'] }),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    /UTF-8/,
  ],
  ['a compressed body', () => ask('POST', run, '{}', { headers: ['Content-Encoding: gzip'] }), 415, 'UNSUPPORTED_MEDIA_TYPE', /Content-Encoding/],
  ['an empty Idempotency-Key', () => ask('POST', run, { input: 'x' }, { headers: ['Idempotency-Key: '] }), 422, 'INVALID', /^Idempotency-Key: /],
  [
    'a long Idempotency-Key',
    () => ask('POST', run, { input: 'x' }, { headers: [`Idempotency-Key: ${'k'.repeat(201)}`] }),
    422,
    'INVALID',
    /^Idempotency-Key: must be 1 to 200/,
  ],
  [
    'an Idempotency-Key beyond ASCII',
    () => ask('POST', run, { input: 'x' }, { headers: ['Idempotency-Key: ä'] }),
    422,
    'INVALID',
    /^Idempotency-Key: /,
  ],
  [
    'two Idempotency-Keys',
    () => ask('POST', run, { input: 'x' }, { headers: ['Idempotency-Key: a', 'Idempotency-Key: b'] }),
    422,
    'INVALID',
    /^Idempotency-Key: is given 2 times$/,
  ],
  // The address.
  ['no such path', () => ask('GET', '/api/v1/agent'), 404, 'NOT_FOUND', /"\/api\/v1\/agent"/],
  ['another API version', () => ask('GET', '/api/v2/agents'), 404, 'NOT_FOUND', /nothing at/],
  ['a path of the file system', () => ask('GET', '/../../etc/passwd'), 404, 'NOT_FOUND', /nothing at/],
  ['dots that would lead elsewhere', () => ask('GET', '/api/v1/agents/../nothing'), 404, 'NOT_FOUND', /nothing at/],
  ['no agent in the path', () => ask('POST', '/api/v1/agents//run', { input: 'x' }), 404, 'NOT_FOUND', /nothing at/],
  ['an agent that is not there', () => ask('GET', '/api/v1/agents/nobody'), 404, 'AGENT_NOT_FOUND', /nobody/],
  ['an agent with a strange name', () => ask('GET', '/api/v1/agents/%F0%9F%98%80%2F..'), 404, 'AGENT_NOT_FOUND', /😀/],
  ['broken percent encoding', () => ask('GET', '/api/v1/agents/%zz'), 400, 'BAD_REQUEST', /path of the URL/],
  ['half a percent sign', () => ask('GET', '/api/v1/agents/%'), 400, 'BAD_REQUEST', /path of the URL/],
  ['percent encoding that is no UTF-8', () => ask('GET', '/api/v1/agents/%ff'), 400, 'BAD_REQUEST', /path of the URL/],
  ['broken percent encoding in the query', () => ask('GET', '/api/v1/agents?limit=%zz'), 400, 'BAD_REQUEST', /query of the URL/],
  ['a NUL in the path', () => ask('GET', '/api/v1/agents/a%00b'), 422, 'INVALID', /^idOrSlug: contains a NUL/],
  ['a long name in the path', () => ask('GET', `/api/v1/agents/${'x'.repeat(1000)}`), 422, 'INVALID', /^idOrSlug: must have at most 300 characters$/],
  ['a whole URL as the target', () => ask('GET', 'http://127.0.0.1/api/v1/agents'), 400, 'BAD_REQUEST', /must begin with "\/"/],
  // The query.
  ['a limit that is no number', () => ask('GET', '/api/v1/agents?limit=abc'), 422, 'INVALID', /^limit: must be a number$/],
  ['an empty limit', () => ask('GET', '/api/v1/agents?limit='), 422, 'INVALID', /^limit: must be at least 1$/],
  ['a limit too big', () => ask('GET', '/api/v1/agents?limit=201'), 422, 'INVALID', /^limit: must be at most 200$/],
  ['a limit twice', () => ask('GET', '/api/v1/agents?limit=1&limit=2'), 422, 'INVALID', /^limit: is given 2 times$/],
  ['a limit in brackets', () => ask('GET', '/api/v1/agents?limit[]=1'), 422, 'INVALID', /^limit\[\]: there is no such query field$/],
  ['an unknown query field', () => ask('GET', '/api/v1/agents?page=1'), 422, 'INVALID', /^page: there is no such query field$/],
  ['a query where there is none', () => ask('GET', '/api/v1/plugins?x=1'), 422, 'INVALID', /^x: there is no such query field$/],
  [
    'a query that would be the path',
    () => ask('GET', '/api/v1/agents/a/runs?idOrSlug=b'),
    422,
    'INVALID',
    /^idOrSlug: there is no such query field$/,
  ],
  ['a query beside a body', () => ask('POST', `${run}?stream=true`, { input: 'x' }), 422, 'INVALID', /^stream: this call takes no query/],
  ['__proto__ in the query', () => ask('GET', '/api/v1/agents?__proto__=1'), 422, 'INVALID', /^__proto__: /],
  ['a NUL in the query', () => ask('GET', '/api/v1/agents?cursor=%00'), 422, 'INVALID', /^cursor: contains a NUL/],
  ['a status that is none', () => ask('GET', '/api/v1/runs?status=done'), 422, 'INVALID', /^status: must be one of pending, /],
  ['a date that is none', () => ask('GET', '/api/v1/runs?from=yesterday'), 422, 'INVALID', /^from: must be an instant such as/],
  // The method.
  [
    'POST where there is only GET',
    () => ask('POST', '/api/v1/runs', {}),
    405,
    'METHOD_NOT_ALLOWED',
    /^POST is not possible here; there is GET, HEAD, OPTIONS\.$/,
  ],
  ['GET where there is only POST', () => ask('GET', run), 405, 'METHOD_NOT_ALLOWED', /there is POST, OPTIONS/],
  ['PATCH', () => ask('PATCH', '/api/v1/agents/a', {}), 405, 'METHOD_NOT_ALLOWED', /^PATCH/],
  ['a method of WebDAV', () => ask('PROPFIND', '/api/v1/agents'), 405, 'METHOD_NOT_ALLOWED', /^PROPFIND/],
  ['TRACE', () => ask('TRACE', '/api/v1/agents'), 405, 'METHOD_NOT_ALLOWED', /^TRACE/],
  ['POST to a page', () => ask('POST', '/healthz', {}), 405, 'METHOD_NOT_ALLOWED', /^POST/],
  ['a method nobody knows', () => ask('FROB', '/api/v1/agents'), 400, 'BAD_REQUEST', /not a readable HTTP request/],
  // HTTP itself.
  ['no HTTP', () => raw(server.port, 'hello there\r\n\r\n'), 400, 'BAD_REQUEST', /not a readable HTTP request/],
  ['headers too large', () => ask('GET', agents, undefined, { headers: [`X-A: ${'a'.repeat(20_000)}`] }), 431, 'BAD_REQUEST', /larger than 16 KB/],
  ['a URL too long', () => ask('GET', `/api/v1/agents?cursor=${'a'.repeat(20_000)}`), 431, 'BAD_REQUEST', /larger than 16 KB/],
  [
    'two lengths',
    () => ask('POST', run, '{}', { headers: ['Content-Length: 2', 'Transfer-Encoding: chunked'] }),
    400,
    'BAD_REQUEST',
    /not a readable HTTP request/,
  ],
  ['a length that is none', () => ask('POST', run, '{}', { headers: ['Content-Length: -2'] }), 400, 'BAD_REQUEST', /not a readable HTTP request/],
  [
    'a broken chunk',
    () => ask('POST', run, 'zz\r\n{}', { headers: ['Transfer-Encoding: chunked'] }),
    400,
    'BAD_REQUEST',
    /not a readable HTTP request/,
  ],
  ['a space in the URL', () => raw(server.port, 'GET /api/v1/agents ?a HTTP/1.1\r\nHost: localhost\r\n\r\n'), 400, 'BAD_REQUEST', /not a readable/],
  // Who may come in.
  [
    'a rebound name',
    () => ask('GET', agents, undefined, { host: 'evil.example' }),
    403,
    'FORBIDDEN',
    /^Host: "evil\.example" is not a name of this server/,
  ],
  ['a name that only begins well', () => ask('GET', agents, undefined, { host: 'localhost.evil.example' }), 403, 'FORBIDDEN', /^Host: /],
  ['a rebound name on a page', () => ask('GET', '/healthz', undefined, { host: 'evil.example' }), 403, 'FORBIDDEN', /^Host: /],
  ['no Host in HTTP/1.0', () => raw(server.port, 'GET /api/v1/agents HTTP/1.0\r\n\r\n'), 403, 'FORBIDDEN', /^Host: "" /],
  [
    'a foreign page',
    () => ask('GET', agents, undefined, { headers: ['Origin: https://evil.example'] }),
    403,
    'FORBIDDEN',
    /^Origin: pages of "https:\/\/evil\.example"/,
  ],
  ['a page from nowhere', () => ask('POST', run, { input: 'x' }, { headers: ['Origin: null'] }), 403, 'FORBIDDEN', /^Origin: /],
  ['a page of another local port', () => ask('GET', agents, undefined, { headers: ['Origin: http://127.0.0.1:9'] }), 403, 'FORBIDDEN', /^Origin: /],
  [
    'an origin that is none',
    () => ask('GET', agents, undefined, { headers: ['Origin: http://127.0.0.1@evil.example'] }),
    403,
    'FORBIDDEN',
    /^Origin: /,
  ],
  // Sizes. The limit of this server is 100 000 bytes.
  [
    'a body over the limit',
    () => ask('POST', agents, agent({ description: 'x'.repeat(100_000) })),
    413,
    'PAYLOAD_TOO_LARGE',
    /^The body is larger than 100000 bytes \(CADRE_BODY_LIMIT\)\.$/,
  ],
  [
    'a length over the limit and no body',
    () => raw(server.port, `POST ${agents} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n`),
    413,
    'PAYLOAD_TOO_LARGE',
    /100000/,
  ],
  [
    'a length over the limit that asks first',
    () =>
      raw(
        server.port,
        `POST ${agents} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n`,
      ),
    413,
    'PAYLOAD_TOO_LARGE',
    /100000/,
  ],
  [
    'chunks over the limit without an end',
    () => ask('POST', agents, `1ffff\r\n${'x'.repeat(0x1ffff)}\r\n`, { headers: ['Transfer-Encoding: chunked'] }),
    413,
    'PAYLOAD_TOO_LARGE',
    /100000/,
  ],
  // RPC.
  ['no such call', () => ask('POST', '/rpc/agents/frob', {}), 404, 'NOT_FOUND', /nothing at/],
  ['a call of Object', () => ask('POST', '/rpc/agents/constructor', {}), 404, 'NOT_FOUND', /nothing at/],
  ['a call by GET', () => ask('GET', '/rpc/agents/list'), 405, 'METHOD_NOT_ALLOWED', /there is POST, OPTIONS/],
]

test.each(rows)('%s', async (...row) => expectRefusal(await row[1](), row))

test('the connection goes on after a refusal', async () => {
  const one = `POST ${run} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello`
  const two = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  const { promise, resolve } = Promise.withResolvers<string>()
  const socket = connect(server.port, '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => (text += chunk)).on('end', () => resolve(text))
  socket.write(one + two)
  expect((await promise).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415', 'HTTP/1.1 200'])
})

test('a caller who only writes gets to the 413', async () => {
  // 20 MB, far beyond what the kernel holds: without somebody who reads on, the answer would be lost in a reset.
  const answer = await fetch(`${server.url}/api/v1/agents`, post({ name: 'x'.repeat(20_000_000) }))
  expect(answer.status).toBe(413)
  expect(answer.headers.get('connection')).toBe('close')
  expect(await answer.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
})

function post(body: object) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
