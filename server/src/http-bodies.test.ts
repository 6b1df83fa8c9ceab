import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask as askPort, expectRefusal, type Refusal, serve } from './test/sockets.ts'

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
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

const rows: Refusal[] = [
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
    /^type: must be one of openai, anthropic, google, mistral, azure, bedrock, ollama, lmstudio, gguf, custom$/,
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
]

test.each(rows)('%s', async (...row) => expectRefusal(await row[1](), row))

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

function post(body: object) {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
