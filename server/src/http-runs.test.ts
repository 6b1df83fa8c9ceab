import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEvents, openSocket, raw, serve } from './test/sockets.ts'

let server: Awaited<ReturnType<typeof serve>>
beforeEach(async () => {
  server = await serve({}, { keep_alive_ms: 20 })
  await fetch(`${server.url}/api/v1/agents`, post({ name: 'A', system_prompt: 'You help.' }))
})
afterEach(() => server.stop(0))

const post = (body: object, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
const run = (body: object, headers: Record<string, string> = {}) => fetch(`${server.url}/api/v1/agents/a/run`, post(body, headers))
const api = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(`${server.url}${path}`, init)
  return { status: response.status, headers: response.headers, json: (await response.json()) as any }
}

describe('runs made of runs', () => {
  test('a retry and a fork that have not ended are 202 with their place, and take an idempotency key', async () => {
    await run({ input: 'later', wait: 0 })
    for (const [path, body] of [
      ['retry', {}],
      ['fork', { call: 1 }],
    ] as const) {
      const { status, headers, json } = await api(`/api/v1/runs/run_1/${path}`, post(body, { 'idempotency-key': 'k' }))
      expect([status, headers.get('location'), json.data.run_id]).toEqual([202, '/api/v1/runs/run_1', 'run_1'])
    }
    const wrong = await api('/api/v1/runs/run_1/fork', post({ call: 0, model: 7 }))
    expect([wrong.status, wrong.json.issues.map(({ path }: { path: string }) => path)]).toEqual([422, ['call', 'model']])
  })

  test('an export is a file, not a run of that name', async () => {
    const response = await fetch(`${server.url}/api/v1/runs/export?trace=true&limit=5`)
    expect([response.status, response.headers.get('content-disposition')]).toEqual([200, expect.stringContaining('runs.ndjson')])
    expect((await api('/api/v1/runs/export?limit=0')).json.issues).toMatchObject([{ path: 'limit' }])
    expect((await api('/api/v1/runs/export?trace=perhaps')).json.issues).toMatchObject([{ path: 'trace' }])
  })
})

describe('the envelope', () => {
  test('one thing', async () => {
    const response = await fetch(`${server.url}/api/v1/agents`, post({ name: 'B', system_prompt: 'x' }))
    expect(response.status).toBe(201)
    expect(await response.json()).toMatchObject({ success: true, data: { name: 'B', config: { max_steps: 10 } } })
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  })

  test('a page counts its items and keeps its cursor', async () => {
    await run({ input: 'now' })
    const { json } = await api('/api/v1/agents/a/runs?limit=5')
    expect(json).toMatchObject({ success: true, data: [{ run_id: 'run_1' }], count: 1, next_cursor: 'more' })
  })

  test('an error of a verb keeps its code, status and issues', async () => {
    const { status, json } = await api(
      '/api/v1/plugins',
      post({ id: 'a', name: 'x', version: '1.0.0', runtime: { type: 'http', base_url: 'http://x' }, endpoints: [{ path: '/a' }] }),
    )
    expect(status).toBe(409)
    expect(json).toEqual({
      success: false,
      error: 'There is a plugin a already.',
      code: 'PLUGIN_ID_TAKEN',
      issues: [{ path: 'id', message: 'is taken' }],
      request_id: expect.any(String),
    })
  })

  test('a defect says nothing of itself', async () => {
    const { status, json, headers } = await api('/api/v1/agents/a/run', post({ input: 'defect' }))
    expect(status).toBe(500)
    expect(json).toEqual({
      success: false,
      code: 'INTERNAL',
      issues: [],
      request_id: headers.get('x-request-id'),
      error: expect.not.stringContaining('secret'),
    })
  })
})

describe('a run call', () => {
  test('that ends in time is 200 with the run and its address', async () => {
    const response = await run({ input: 'now' }, { 'idempotency-key': 'k-1' })
    expect(response.status).toBe(200)
    expect(response.headers.get('location')).toBe('/api/v1/runs/run_1')
    expect(response.headers.get('retry-after')).toBeNull()
    expect(await response.json()).toMatchObject({ success: true, data: { run_id: 'run_1', status: 'completed', output_text: 'done', steps: [] } })
    expect(server.extras.at(-1)).toMatchObject({ idempotency_key: 'k-1', last_event_id: undefined })
  })

  test('that does not is 202, and so is its address until it has ended', async () => {
    const response = await run({ input: 'wait', wait: 0 })
    expect(response.status).toBe(202)
    expect(response.headers.get('retry-after')).toBe('1')
    const location = response.headers.get('location')!
    expect(await api(location)).toMatchObject({ status: 202, json: { success: true, data: { status: 'pending' } } })
    server.end('run_1')
    const ended = await api(location)
    expect(ended).toMatchObject({ status: 200, json: { data: { status: 'completed' } } })
    expect(ended.headers.get('location')).toBeNull()
  })

  test('with a broken answer names the run in no header', async () => {
    expect((await run({ input: 'defect' })).headers.get('location')).toBeNull()
  })

  test.each([
    ['stream: true', {}, { stream: true }, true],
    ['Accept: text/event-stream', { accept: 'text/event-stream' }, {}, true],
    ['stream: false over Accept', { accept: 'text/event-stream' }, { stream: false }, false],
    ['Accept: both', { accept: 'application/json, text/event-stream' }, {}, false],
  ])('%s', async (_what, headers, body, streams) => {
    const response = await run({ input: 'now', ...body }, headers)
    expect(response.headers.get('content-type')).toMatch(streams ? /^text\/event-stream/ : /^application\/json/)
    expect(response.headers.get('location')).toBe('/api/v1/runs/run_1')
    await response.text()
  })
})

describe('an event stream', () => {
  test('numbers its events and ends with the run', async () => {
    const events = await openEvents(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait', stream: true }))
    expect(events.response.status).toBe(200)
    expect(Object.fromEntries(events.response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'content-type': 'text/event-stream',
      location: '/api/v1/runs/run_1',
    })
    expect(await events.nextEvent()).toMatchObject({ id: '1', event: 'message', data: { type: 'run.started', seq: 1 } })
    server.emit('run_1', { type: 'text.delta', call: 2, part: 0, kind: 'text', text: 'Hel\nlo' })
    expect(await events.nextEvent()).toMatchObject({ id: '1.2.0', data: { text: 'Hel\nlo' } })
    server.end('run_1')
    expect(await events.nextEvent()).toMatchObject({ id: '2', data: { type: 'run.ended', output_text: 'done' } })
    expect(await events.nextEvent()).toBeNull()
  })

  test('goes on after Last-Event-ID', async () => {
    await run({ input: 'now' })
    const events = await openEvents(`${server.url}/api/v1/runs/run_1/events`, { headers: { 'last-event-id': '1' } })
    expect(await events.nextEvent()).toMatchObject({ id: '2', data: { type: 'run.ended' } })
    expect(await events.nextEvent()).toBeNull()
    expect(server.extras.at(-1)).toMatchObject({ last_event_id: '1' })
  })

  test('keeps an idle connection alive', async () => {
    await run({ input: 'wait', wait: 0 })
    const events = await openEvents(`${server.url}/api/v1/runs/run_1/events`, { headers: { 'last-event-id': '1' } })
    expect(await events.next()).toMatchObject({ comment: '' })
    for (let i = 0; i < 3; i++) expect(await events.next()).toMatchObject({ comment: 'keep-alive' })
    events.abort()
  })

  test('of no run is 404 before it begins', async () => {
    expect(await api('/api/v1/runs/nope/events')).toMatchObject({ status: 404, json: { code: 'RUN_NOT_FOUND' } })
  })

  test('tells of a defect in the middle without its insides', async () => {
    const events = await openEvents(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait', stream: true }))
    await events.nextEvent()
    server.emit('run_1', { type: 'defect' })
    const last = await events.nextEvent()
    expect(last).toMatchObject({
      event: 'error',
      data: { success: false, code: 'INTERNAL', request_id: events.response.headers.get('x-request-id') },
    })
    expect(JSON.stringify(last)).not.toContain('secret')
    expect(await events.nextEvent()).toBeNull()
  })

  test('whose caller goes away aborts the signal, and the run goes on', async () => {
    const events = await openEvents(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait', stream: true }))
    await events.nextEvent()
    const { signal } = server.extras.at(-1)!
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
    events.abort()
    await aborted
    expect((await api('/api/v1/runs/run_1')).json.data.status).toBe('pending')
  })

  test('holds back from a caller who does not read', async () => {
    let taken = 0
    const long = await serve({}, {}, ({ api }) => {
      api.runs.follow = () =>
        (async function* () {
          for (let part = 0; part < 2_000; part++, taken++)
            yield { type: 'text.delta' as const, seq: 1, call: 1, part, kind: 'text' as const, text: 'x'.repeat(10_000) }
        })()
    })
    const socket = await openSocket(long.port)
    socket.pause()
    socket.write('GET /api/v1/runs/run_1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    // Others are served meanwhile, and the 20 MB are not all taken up for somebody who does not read.
    for (let i = 0; i < 50; i++) await (await fetch(`${long.url}/healthz`)).text()
    expect(taken).toBeLessThan(2_000)
    let bytes = 0
    for await (const chunk of socket) bytes += (chunk as Buffer).length
    expect(bytes).toBeGreaterThan(20_000_000)
    expect(taken).toBe(2_000)
    await long.stop(0)
  })
})

describe('HEAD and OPTIONS', () => {
  test('HEAD is GET without the body', async () => {
    const head = await fetch(`${server.url}/api/v1/agents`, { method: 'HEAD' })
    const get = await fetch(`${server.url}/api/v1/agents`)
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    expect(head.headers.get('content-length')).toBe(String((await get.text()).length))
    expect((await fetch(`${server.url}/api/v1/agents/nobody`, { method: 'HEAD' })).status).toBe(404)
  })

  test('HEAD of a stream does not wait for the run', async () => {
    await run({ input: 'wait', wait: 0 })
    const answer = await raw(server.port, 'HEAD /api/v1/runs/run_1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(answer).toMatchObject({ status: 200, text: '', closed: true })
  })

  test('OPTIONS says what there is', async () => {
    const allow = async (path: string) => {
      const response = await fetch(`${server.url}${path}`, { method: 'OPTIONS' })
      return `${response.status} ${response.headers.get('allow')}`
    }
    expect(await allow('/api/v1/agents')).toBe('204 GET, POST, HEAD, OPTIONS')
    expect(await allow('/api/v1/agents/a')).toBe('204 GET, PUT, DELETE, HEAD, OPTIONS')
    expect(await allow('/healthz')).toBe('204 GET, HEAD, OPTIONS')
    expect(await allow('/rpc/agents/list')).toBe('204 POST, OPTIONS')
    expect((await raw(server.port, 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n')).status).toBe(204)
  })
})

describe('RPC', () => {
  const rpc = (path: string, body: object) => api(`/rpc/${path}`, post(body))

  test('answers with plain results and the same errors', async () => {
    expect(await rpc('agents/get', { json: { idOrSlug: 'a' } })).toMatchObject({ status: 200, json: { json: { name: 'A' } } })
    expect(await rpc('agents/get', { json: { idOrSlug: 'b' } })).toMatchObject({
      status: 404,
      json: { json: { code: 'AGENT_NOT_FOUND', data: { request_id: expect.any(String) } } },
    })
    expect(await rpc('agents/get', { json: { idOrSlug: 5 } })).toMatchObject({
      status: 422,
      json: { json: { code: 'INVALID', message: 'idOrSlug: must be text', data: { issues: [{ path: 'idOrSlug', message: 'must be text' }] } } },
    })
    expect(await rpc('plugins/list', {})).toMatchObject({ status: 200, json: { json: { items: [] } } })
  })

  test.each([
    ['a NUL', { json: { idOrSlug: 'a\0' } }, /^idOrSlug: contains a NUL/],
    ['revived types', { json: { idOrSlug: '5' }, meta: [[0, 'idOrSlug']] }, /^meta: must be empty/],
    ['a field beside json', { idOrSlug: 'a' }, /^idOrSlug: there is no such field; send/],
    ['a list', { json: [] }, /^body: must be an object$/],
    ['nothing', {}, /^body: is required$/],
  ])('refuses %s', async (_what, body, sentence) => {
    const { status, json } = await rpc('agents/get', body)
    expect(status).toBe(422)
    expect(json.error ?? json.json.message).toMatch(sentence)
  })

  test('streams', async () => {
    const events = await openEvents(`${server.url}/rpc/runs/start`, post({ json: { idOrSlug: 'a', input: 'now', stream: true } }))
    expect(await events.nextEvent()).toMatchObject({ id: '1', data: { json: { type: 'run.started' } } })
    expect(await events.nextEvent()).toMatchObject({ id: '2' })
    expect(events.response.headers.get('location')).toBe('/api/v1/runs/run_1')
  })
})

describe('pages', () => {
  test('say what this is, that it lives, that it is ready', async () => {
    expect(await (await fetch(server.url)).text()).toContain('/api/v1')
    expect(await api('/healthz')).toMatchObject({ status: 200, json: { status: 'ok' } })
    expect(await api('/readyz')).toMatchObject({ status: 200, json: { status: 'ready' } })
    expect(server.asked.at(-1)).toBe('agents.list by system')
    server.breakDatabase()
    expect(await api('/readyz')).toMatchObject({ status: 503, json: { status: 'unavailable' } })
    expect(await api('/healthz')).toMatchObject({ status: 200 })
  })

  test('OpenAPI names every endpoint, the envelope and the errors', async () => {
    const { json } = await api('/api/v1/openapi.json')
    expect(json.openapi).toMatch(/^3\.1/)
    expect(Object.keys(json.paths)).toEqual(
      expect.arrayContaining([
        '/agents',
        '/agents/{idOrSlug}/run',
        '/runs/{runId}/events',
        '/plugins',
        '/plugins/{id}/endpoints/{path}/invoke',
        '/tools/search',
        '/providers/{id}/test',
      ]),
    )
    const start = json.paths['/agents/{idOrSlug}/run'].post
    expect(Object.keys(start.responses)).toEqual(['200', '202', 'default'])
    expect(start.responses[200].content['application/json'].schema.properties.data).toEqual({ $ref: '#/components/schemas/Run' })
    expect(start.requestBody.content['application/json'].schema.properties).toHaveProperty('input')
    expect(json.paths['/agents'].get.responses[200].content['application/json'].schema.required).toEqual(['success', 'data', 'count', 'next_cursor'])
    const refs = JSON.stringify(json).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
    for (const [, name = ''] of refs) expect(json.components.schemas).toHaveProperty(name)
  })
})
