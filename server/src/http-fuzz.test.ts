import { issueCodes } from '@cadre/contract/errors'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, serve } from './test/sockets.ts'

let server: Awaited<ReturnType<typeof serve>>
beforeAll(async () => {
  server = await serve()
  await send('/api/v1/agents', JSON.stringify({ name: 'A', system_prompt: 'x' }))
})
afterAll(() => server.stop(0))

async function send(path: string, body: string | Uint8Array<ArrayBuffer>) {
  const response = await fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  return { status: response.status, json: (await response.json()) as any }
}

/** Nothing that a caller sends is a defect of ours, and every answer has the envelope. */
async function wellAnswered(path: string, body: string | Uint8Array<ArrayBuffer>) {
  const { status, json } = await send(path, body)
  expect(status).toBeLessThan(500)
  if (path.startsWith('/rpc')) return
  expect(json.success).toBe(status < 400)
  if (status < 400) expect(json).toHaveProperty('data')
  else
    expect(json).toEqual({
      success: false,
      error: expect.any(String),
      code: expect.any(String),
      issues: expect.any(Array),
      request_id: expect.any(String),
    })
  if (status === 422)
    for (const { code, params, ...issue } of json.issues) {
      expect(issue).toEqual({ path: expect.stringMatching(/./), message: expect.stringMatching(/^[^\n]+$/) })
      expect([...issueCodes, undefined]).toContain(code)
      if (params !== undefined) expect(code).toBeDefined()
    }
}

const strange = fc.oneof(
  fc.jsonValue({ depthSize: 'medium' }),
  fc.constantFrom('\0', '\ud800', '', ' ', -0, 1e308, null, [], {}, true, '__proto__', 'a'.repeat(300)),
  fc.string({ unit: 'binary' }),
)
const key = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty', 'idOrSlug', '\0', 'a.b', '[0]'))
function near(shape: Record<string, fc.Arbitrary<unknown>>) {
  const some = Object.fromEntries(
    Object.entries(shape).map(([name, value]) => [name, fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: strange })]),
  )
  return fc.tuple(fc.record(some, { requiredKeys: [] }), fc.dictionary(key, strange, { maxKeys: 1 })).map(([known, more]) => ({ ...known, ...more }))
}
const agent = near({
  name: fc.string({ minLength: 1 }),
  system_prompt: fc.constant('x'),
  tools: fc.array(strange, { maxLength: 3 }),
  config: near({ max_steps: fc.integer(), temperature: fc.double(), timeout_ms: fc.maxSafeInteger() }),
  output_schema: fc.dictionary(key, strange),
  is_public: fc.boolean(),
})
const run = near({
  input: fc.string({ unit: 'grapheme', minLength: 1 }),
  data: fc.dictionary(key, strange),
  wait: fc.constant(0),
  output_schema: fc.object(),
})
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => new Uint8Array(array))

const rounds = { numRuns: 300 }
test('agents', () =>
  fc.assert(
    fc.asyncProperty(agent, (body) => wellAnswered('/api/v1/agents', JSON.stringify(body))),
    rounds,
  ))
test('runs', () =>
  fc.assert(
    fc.asyncProperty(run, (body) => wellAnswered('/api/v1/agents/a/run', JSON.stringify(body))),
    rounds,
  ))
test('tools', () =>
  fc.assert(
    fc.asyncProperty(near({ input: fc.object() }), (body) => wellAnswered('/api/v1/plugins/a/endpoints/b/invoke', JSON.stringify(body))),
    rounds,
  ))
test('any JSON', () =>
  fc.assert(
    fc.asyncProperty(strange, (body) => wellAnswered('/api/v1/plugins', JSON.stringify(body))),
    rounds,
  ))
test('any bytes', () =>
  fc.assert(
    fc.asyncProperty(bytes, (body) => wellAnswered('/api/v1/agents/a/run', body)),
    rounds,
  ))
test('JSON that was cut or bent', () =>
  fc.assert(
    fc.asyncProperty(run, fc.nat(), fc.string({ maxLength: 2 }), (body, at, more) => {
      const text = JSON.stringify(body)
      return wellAnswered('/api/v1/agents/a/run', text.slice(0, at % (text.length + 1)) + more + text.slice((at % (text.length + 1)) + 1))
    }),
    rounds,
  ))
test('RPC', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom('agents/create', 'agents/get', 'runs/start', 'plugins/list'),
      near({ json: agent, meta: fc.array(fc.array(strange)) }),
      (path, body) => wellAnswered(`/rpc/${path}`, JSON.stringify(body)),
    ),
    rounds,
  ))
test('queries', () =>
  fc.assert(
    fc.asyncProperty(fc.dictionary(fc.oneof(key, fc.constantFrom('limit', 'cursor', 'status')), fc.string({ unit: 'binary' })), async (query) => {
      const search = new URLSearchParams(query).toString()
      const response = await fetch(`${server.url}/api/v1/runs?${search}`)
      expect(response.status).toBeLessThan(500)
      await response.text()
    }),
    rounds,
  ))
test('paths', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      'agents',
      'a',
      'runs',
      'run',
      'events',
      'tools',
      '..',
      '.',
      '',
      '%2e%2e',
      '%2F',
      '*',
      '**',
      ':id',
      '{idOrSlug}',
      '__proto__',
      '%00',
      '\\\\',
    ),
    fc.webSegment(),
    key.map((text) => encodeURIComponent(text.toWellFormed())),
  )
  return fc.assert(
    fc.asyncProperty(fc.constantFrom('GET', 'HEAD', 'DELETE', 'OPTIONS'), fc.array(segment, { maxLength: 4 }), async (method, segments) => {
      const { status } = await ask(server.port, method, `/api/v1/${segments.join('/')}`, undefined, { headers: ['Connection: close'] })
      expect(status).toBeLessThan(500)
    }),
    rounds,
  )
})
