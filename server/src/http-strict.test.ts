import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw, serve } from './test/sockets.ts'

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve()
  await ask('POST', '/api/v1/agents', agent())
})
afterAll(() => server.stop(0))

type Parts = { headers?: string[]; body?: string | Buffer; host?: string }

/** One request, byte for byte. A body gets its length and says JSON unless the headers say something else. */
function ask(method: string, target: string, body?: string | Buffer | object, { headers = [], host = '127.0.0.1' }: Parts = {}) {
  const bytes =
    body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const lines = [`${method} ${target} HTTP/1.1`, ...(host === '' ? [] : [`Host: ${host}`]), ...headers]
  const has = (name: string) => headers.some((line) => line.toLowerCase().startsWith(name))
  if (body !== undefined && !has('content-length') && !has('transfer-encoding')) lines.push(`Content-Length: ${bytes.length}`)
  if (body !== undefined && !has('content-type')) lines.push('Content-Type: application/json')
  return raw(server.port, [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

function agent(more: object = {}) {
  return { name: 'A', system_prompt: 'You help.', ...more }
}
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const run = '/api/v1/agents/a/run'
const agents = '/api/v1/agents'

type Row = [what: string, answer: () => ReturnType<typeof ask>, status: number, code: string, sentence: RegExp]

const rows: Row[] = [
  // Text that is no JSON.
  ['half an object', () => ask('POST', agents, '{"name":'), 400, 'BAD_REQUEST', /^The body is not JSON: it ends too early, at position 8\.$/],
  ['a bare word', () => ask('POST', agents, '{"a":x}'), 400, 'BAD_REQUEST', /unexpected "x" at position 5 \(line 1, column 6\)/],
  ['a comma too many', () => ask('POST', agents, '{"a":1,\n}'), 400, 'BAD_REQUEST', /unexpected "}" at position 8 \(line 2, column 1\)/],
  ['a raw line break in a string', () => ask('POST', agents, '{"a":"x\ny"}'), 400, 'BAD_REQUEST', /position 7/],
  ['a bad escape', () => ask('POST', agents, '{"a":"\\q"}'), 400, 'BAD_REQUEST', /unexpected "\\\\" at position 6/],
  ['something after the end', () => ask('POST', agents, '{} {}'), 400, 'BAD_REQUEST', /unexpected "{" at position 3/],
  ['a leading zero', () => ask('POST', agents, '{"a":01}'), 400, 'BAD_REQUEST', /unexpected "1" at position 6/],
  ['single quotes', () => ask('POST', agents, "{'a':1}"), 400, 'BAD_REQUEST', /unexpected "'" at position 1/],
  ['NaN', () => ask('POST', agents, '{"a":NaN}'), 400, 'BAD_REQUEST', /position 5/],
  ['brackets that cross', () => ask('POST', agents, '{"a":[1}'), 400, 'BAD_REQUEST', /unexpected "}" at position 7/],
  ['only spaces', () => ask('POST', agents, '   '), 400, 'BAD_REQUEST', /ends too early/],
  ['bytes that are no UTF-8', () => ask('POST', agents, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), 400, 'BAD_REQUEST', /UTF-8/],
  ['UTF-16', () => ask('POST', agents, Buffer.from('\ufeff{"a":1}', 'utf16le')), 400, 'BAD_REQUEST', /UTF-8/],
  ['a surrogate as UTF-8', () => ask('POST', agents, Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])), 400, 'BAD_REQUEST', /UTF-8/],
  // JSON of the wrong form.
  ['null', () => ask('POST', agents, 'null'), 422, 'INVALID', /^body: must be a JSON object$/],
  ['a list', () => ask('POST', agents, '[]'), 422, 'INVALID', /^body: /],
  ['a list for a run', () => ask('POST', run, '["x"]'), 422, 'INVALID', /^body: /],
  ['a number', () => ask('POST', agents, '1'), 422, 'INVALID', /^body: /],
  ['a string', () => ask('POST', run, '"x"'), 422, 'INVALID', /^body: /],
  ['no body', () => ask('POST', agents), 422, 'INVALID', /^name: is required \(and 1 more\)$/],
  ['an empty body', () => ask('POST', agents, ''), 422, 'INVALID', /^name: is required/],
  ['an empty body for a run', () => ask('POST', run), 422, 'INVALID', /^input: is required$/],
  ['an empty object', () => ask('POST', run, {}), 422, 'INVALID', /^input: is required$/],
  // Fields.
  ['an unknown field', () => ask('POST', agents, agent({ colour: 'red' })), 422, 'INVALID', /^colour: there is no such field$/],
  ['an owner in the body', () => ask('POST', agents, agent({ created_by: 'me' })), 422, 'INVALID', /^created_by: /],
  ['an unknown field inside', () => ask('POST', agents, agent({ config: { steps: 1 } })), 422, 'INVALID', /^config\.steps: there is no such field$/],
  [
    'a number that is text',
    () => ask('POST', agents, agent({ config: { max_steps: '5' } })),
    422,
    'INVALID',
    /^config\.max_steps: must be a number$/,
  ],
  ['a number too small', () => ask('POST', agents, agent({ config: { max_steps: 0 } })), 422, 'INVALID', /^config\.max_steps: must be at least 1$/],
  [
    'a number too big',
    () => ask('POST', agents, agent({ config: { max_steps: 1001 } })),
    422,
    'INVALID',
    /^config\.max_steps: must be at most 1000$/,
  ],
  ['a fraction', () => ask('POST', agents, agent({ config: { max_steps: 1.5 } })), 422, 'INVALID', /^config\.max_steps: must be a whole number$/],
  [
    'a huge whole number',
    () => ask('POST', agents, agent({ config: { max_total_tokens: 1e300 } })),
    422,
    'INVALID',
    /^config\.max_total_tokens: must be/,
  ],
  [
    'an infinite number',
    () => ask('POST', agents, '{"name":"A","system_prompt":"x","config":{"temperature":1e999}}'),
    422,
    'INVALID',
    /^config\.temperature: is a number too large to hold$/,
  ],
  ['an infinite number in free data', () => ask('POST', run, '{"input":"x","data":{"a":[0,-1e999]}}'), 422, 'INVALID', /^data\.a\[1\]: /],
  ['a list that is an object', () => ask('POST', agents, agent({ tools: {} })), 422, 'INVALID', /^tools: must be a list$/],
  ['an entry that is no text', () => ask('POST', agents, agent({ tools: ['x', 5] })), 422, 'INVALID', /^tools\[1\]: must be text$/],
  ['too many entries', () => ask('POST', agents, agent({ tools: Array(101).fill('x') })), 422, 'INVALID', /^tools: must have at most 100 entries$/],
  ['an empty entry', () => ask('POST', agents, agent({ tools: [''] })), 422, 'INVALID', /^tools\[0\]: must not be empty$/],
  ['null for text', () => ask('POST', agents, agent({ name: null })), 422, 'INVALID', /^name: must be text$/],
  ['an empty name', () => ask('POST', agents, agent({ name: '  ' })), 422, 'INVALID', /^name: must not be empty$/],
  ['a long name', () => ask('POST', agents, agent({ name: 'x'.repeat(256) })), 422, 'INVALID', /^name: must have at most 255 characters$/],
  ['a yes that is text', () => ask('POST', agents, agent({ is_public: 'yes' })), 422, 'INVALID', /^is_public: must be true or false$/],
  ['a schema that is a list', () => ask('POST', agents, agent({ output_schema: [] })), 422, 'INVALID', /^output_schema: must be an object$/],
  ['several things at once', () => ask('POST', agents, { colour: 1, name: 5, tools: 1 }), 422, 'INVALID', /\(and 3 more\)$/],
  ['data that is text', () => ask('POST', run, { input: 'x', data: 'y' }), 422, 'INVALID', /^data: must be an object or a list$/],
  ['a wait below zero', () => ask('POST', run, { input: 'x', wait: -1 }), 422, 'INVALID', /^wait: must be at least 0$/],
  ['a stream that is text', () => ask('POST', run, { input: 'x', stream: 'true' }), 422, 'INVALID', /^stream: must be true or false$/],
  ['an empty input', () => ask('POST', run, { input: '' }), 422, 'INVALID', /^input: must not be empty$/],
  ['the agent in body and path', () => ask('POST', run, { input: 'x', idOrSlug: 'b' }), 422, 'INVALID', /^idOrSlug: belongs into the path/],
  [
    'a wrong plugin id',
    () =>
      ask('POST', '/api/v1/plugins', {
        id: 'A B',
        name: 'x',
        version: '1.0.0',
        runtime: { type: 'http', base_url: 'http://x' },
        endpoints: [{ path: '/a' }],
      }),
    422,
    'INVALID',
    /^id: must be lower-case words/,
  ],
  [
    'an unknown runtime',
    () => ask('POST', '/api/v1/plugins', { id: 'a', name: 'x', version: '1.0.0', runtime: { type: 'magic' }, endpoints: [{ path: '/a' }] }),
    422,
    'INVALID',
    /^runtime\.type: is none of the known kinds$/,
  ],
  [
    'no runtime',
    () => ask('POST', '/api/v1/plugins', { id: 'a', name: 'x', version: '1.0.0', endpoints: [{ path: '/a' }] }),
    422,
    'INVALID',
    /^runtime: is required$/,
  ],
  [
    'a URL that is none',
    () => ask('POST', '/api/v1/providers', { id: 'a', type: 'custom', base_url: 'ftp://x' }),
    422,
    'INVALID',
    /^base_url: must be an http or https URL$/,
  ],
  [
    'an unknown type',
    () => ask('POST', '/api/v1/providers', { id: 'a', type: 'builtin' }),
    422,
    'INVALID',
    /^type: must be one of openai, anthropic, custom$/,
  ],
  // Text and nesting that no schema would see.
  ['a NUL', () => ask('POST', agents, agent({ name: 'a\0b' })), 422, 'INVALID', /^name: contains a NUL character/],
  [
    'half a surrogate pair',
    () => ask('POST', agents, '{"name":"\\ud800","system_prompt":"x"}'),
    422,
    'INVALID',
    /^name: contains half of a surrogate pair/,
  ],
  ['a NUL deep in free data', () => ask('POST', run, { input: 'x', data: { rows: [{ a: 'b\0' }] } }), 422, 'INVALID', /^data\.rows\[0\]\.a: /],
  [
    'a NUL in the name of a field',
    () => ask('POST', run, { input: 'x', data: { 'a\0': 1 } }),
    422,
    'INVALID',
    /^data\["a\\u0000"\]: the name of this field/,
  ],
  ['__proto__', () => ask('POST', run, '{"input":"x","data":{"__proto__":{"a":1}}}'), 422, 'INVALID', /^data\.__proto__: /],
  ['__proto__ at the top', () => ask('POST', agents, '{"name":"x","system_prompt":"x","__proto__":{}}'), 422, 'INVALID', /^__proto__: /],
  ['33 levels', () => ask('POST', run, `{"input":"x","data":{"deep":${nested(31)}}}`), 422, 'INVALID', /^data\.deep\[0\].*more than 32 levels/],
  ['10 000 levels', () => ask('POST', run, `{"input":"x","data":${nested(10_000)}}`), 422, 'INVALID', /^data\[0\]\[0\].*more than 32 levels/],
  ['nothing but brackets', () => ask('POST', run, '['.repeat(90_000)), 422, 'INVALID', /more than 32 levels/],
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

test.each(rows)('%s', async (_what, send, status, code, sentence) => {
  const answer = await send()
  expect(answer.json, answer.text).toMatchObject({
    success: false,
    code,
    error: expect.stringMatching(sentence),
    request_id: expect.stringMatching(/^req_/),
    issues: expect.any(Array),
  })
  expect(answer.status).toBe(status)
  if (code === 'INVALID') expect(answer.json.issues[0].path).not.toBe('')
  expect(answer.headers['content-type']).toMatch(/^application\/json/)
})

describe('what is not refused', () => {
  test('200 000 nodes, 32 levels, strange but whole text', async () => {
    const big = await serve({ body_limit: 10_000_000 })
    await fetch(`${big.url}/api/v1/agents`, post(agent()))
    const data = { rows: Array(200_000).fill(1), deep: JSON.parse(nested(30)) }
    const answer = await fetch(`${big.url}${run}`, post({ input: 'wait 😀 \u202e \u2028', data }))
    expect(answer.status).toBe(202)
    const { data: made } = (await answer.json()) as { data: { data: typeof data } }
    expect(made.data.rows).toHaveLength(200_000)
    await big.stop(0)
  })

  test('a byte order mark, a charset in other words, duplicate keys', async () => {
    expect(
      (await ask('POST', run, '\ufeff{"input":"x","input":"now"}', { headers: ['Content-Type: Application/JSON; Charset="UTF-8"'] })).json.data,
    ).toMatchObject({ input: 'now' })
  })

  test('a slash at the end, and names of methods of Object', async () => {
    expect((await ask('GET', '/api/v1/agents/')).status).toBe(200)
    expect((await ask('POST', run, { input: 'now', data: { constructor: 1, toString: 2, prototype: 3 } })).json.data.data).toEqual({
      constructor: 1,
      toString: 2,
      prototype: 3,
    })
  })

  test('the page of this very server', async () => {
    const host = `localhost:${server.port}`
    expect((await ask('GET', agents, undefined, { host, headers: [`Origin: http://${host}`] })).status).toBe(200)
  })

  test('other names of this machine', async () => {
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:4000', '[::1]:4000'])
      expect((await ask('GET', agents, undefined, { host })).status).toBe(200)
  })
})

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
