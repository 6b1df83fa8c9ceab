import { Writable } from 'node:stream'
import { CreateAgent } from '@cadre/contract/agents'
import { CadreError } from '@cadre/contract/errors'
import type { RunEvent } from '@cadre/contract/run-events'
import { openLimits } from '@cadre/core/access/limits/limits'
import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { ask, openEvents, openSocket, type RawAnswer, serve } from './test/sockets.ts'
import type { ServerOptions } from './server.ts'

type Prepare = Parameters<typeof serve>[2]
const servers: Awaited<ReturnType<typeof serve>>[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const server of servers.splice(0)) await server.stop(0)
})

/** @param rate calls a minute with a key; a tenth without. */
async function start(rate: number, options: { api_key?: null; trusted_proxies?: string[]; prepare?: Prepare } & Partial<ServerOptions> = {}) {
  const { api_key = 'hush', trusted_proxies = [], prepare, ...others } = options
  const limits = { rate, trusted_proxies, max_queue: 10 }
  const server = await serve({ api_key }, others, (double) => {
    double.core.limits = openLimits({ db: { kind: 'sqlite', read: undefined as never }, config: { limits }, now: Date.now })
    prepare?.(double)
  })
  servers.push(server)
  return server
}
const key = 'X-API-Key: hush'
const statuses = (answers: RawAnswer[]) => answers.map(({ status }) => status)
async function times<T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> {
  const answers = []
  for (let i = 0; i < count; i++) answers.push(await work(i))
  return answers
}

test('a caller over the limit is refused on both doors, before the body is read, with the true time to wait', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const { port } = await start(20)
  const answers = await times(20, () => ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key] }))
  expect(new Set(statuses(answers))).toEqual(new Set([200]))
  vi.setSystemTime(Date.now() + 15_001)
  const rest = await ask(port, 'POST', '/api/v1/agents', 'not even JSON', { headers: [key] })
  expect(rest).toMatchObject({
    status: 429,
    json: { success: false, code: 'TOO_MANY_REQUESTS', error: 'too many requests: this user may make 20 calls a minute; try again in 45 seconds' },
  })
  expect(rest.headers['retry-after']).toBe('45')
  const rpc = await ask(port, 'POST', '/rpc/agents/list', { json: {} }, { headers: [key] })
  expect([rpc.status, rpc.headers['retry-after']]).toEqual([429, '45'])
  vi.setSystemTime(Date.now() + 45_000)
  expect((await ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key] })).status).toBe(200)
})

test('callers without a key are told apart by their address, which only a trusted proxy may tell', async () => {
  const call = (port: number, forwarded: string) => ask(port, 'GET', '/api/v1/agents', undefined, { headers: [`X-Forwarded-For: ${forwarded}`] })
  const plain = await start(20)
  expect(statuses(await times(3, (i) => call(plain.port, `198.51.100.${i}`)))).toEqual([200, 200, 429])
  const proxied = await start(20, { trusted_proxies: ['127.0.0.0/8'] })
  expect(statuses(await times(3, (i) => call(proxied.port, `198.51.100.${i}`)))).toEqual([200, 200, 200])
  expect(statuses(await times(3, () => call(proxied.port, '203.0.113.9, 198.51.100.7')))).toEqual([200, 200, 429])
  expect((await call(proxied.port, '203.0.113.9')).status).toBe(200)
})

test('wrong keys are refused as such, then as too many, and the right one goes on', async () => {
  const { port } = await start(50)
  const tries = await times(7, (i) => ask(port, 'GET', '/api/v1/agents', undefined, { headers: [`X-API-Key: wrong${i}`] }))
  expect(statuses(tries)).toEqual([401, 401, 401, 401, 401, 429, 429])
  expect((await ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key] })).status).toBe(200)
})

test('pages for machines are not limited', async () => {
  const { port } = await start(1)
  expect(new Set(statuses(await times(20, () => ask(port, 'GET', '/healthz'))))).toEqual(new Set([200]))
})

test('an error that knows when to come back says so on both doors', async () => {
  const { port } = await start(100, {
    prepare: ({ api }) => {
      api.agents.list = () => {
        throw new CadreError('UNAVAILABLE', 'the queue is full', [], 4_200)
      }
      api.connections.list = () => {
        throw new CadreError('UNAVAILABLE', 'nobody knows')
      }
    },
  })
  const [rest, rpc, other] = [
    await ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key] }),
    await ask(port, 'POST', '/rpc/agents/list', { json: {} }, { headers: [key] }),
    await ask(port, 'GET', '/api/v1/connections', undefined, { headers: [key] }),
  ]
  expect([rest, rpc, other].map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
    [503, '5'],
    [503, '5'],
    [503, '1'],
  ])
})

test('every answer of the API says that it is data, and none lets a foreign page read it', async () => {
  const { port } = await start(1_000)
  const origin = `Origin: http://127.0.0.1`
  const answers = {
    ok: await ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key, origin] }),
    rpc: await ask(port, 'POST', '/rpc/agents/list', { json: {} }, { headers: [key, origin] }),
    nothing: await ask(port, 'GET', '/api/v1/nowhere', undefined, { headers: [key] }),
    stranger: await ask(port, 'GET', '/api/v1/connections'),
    foreign: await ask(port, 'GET', '/api/v1/agents', undefined, { headers: [key, 'Origin: https://evil.example'] }),
    preflight: await ask(port, 'OPTIONS', '/api/v1/agents', undefined, { headers: [origin, 'Access-Control-Request-Method: POST'] }),
    large: await ask(port, 'POST', '/api/v1/agents', 'x'.repeat(200_000), { headers: [key] }),
    unreadable: await ask(port, 'GET', '/ with spaces'),
    openapi: await ask(port, 'GET', '/api/v1/openapi.json'),
    health: await ask(port, 'GET', '/healthz'),
  }
  for (const [what, { headers }] of Object.entries(answers)) {
    expect(headers, what).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test.each(['api_key', 'API_KEY', 'apikey', 'access_token', 'x-api-key', 'password'])(
  'a key in the URL as %s is refused with a sentence',
  async (name) => {
    const { port } = await start(1_000)
    for (const [method, path] of [
      ['GET', '/api/v1/agents'],
      ['POST', '/rpc/agents/list'],
      ['GET', '/'],
    ] as const) {
      const { status, json, text } = await ask(port, method, `${path}?limit=2&${name}=hush-hush`, method === 'POST' ? { json: {} } : undefined)
      expect([status, json.code]).toEqual([400, 'BAD_REQUEST'])
      expect(json.error).toMatch(/a key does not belong into a URL.+send it as X-API-Key, and replace the one that was sent/)
      expect(text).not.toContain('hush-hush')
    }
  },
)

test('one address has so many streams open at once, and gets room when one ends', async () => {
  const { url, emit } = await start(10_000, {
    prepare: ({ api }) => {
      // oxlint-disable-next-line typescript/no-explicit-any -- the double takes any actor
      void api.agents.create(null as any, CreateAgent.parse({ name: 'A', system_prompt: 'x' }), null as any)
    },
  })
  const asked = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"input":"wait","stream":true}' }
  const follow = () => openEvents(`${url}/api/v1/agents/a/run`, asked)
  const streams = await Promise.all(Array.from({ length: 100 }, follow))
  expect(new Set(streams.map(({ response }) => response.status))).toEqual(new Set([200]))
  const refused = await fetch(`${url}/api/v1/agents/a/run`, asked)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  expect(await refused.json()).toMatchObject({ error: expect.stringContaining('100 calls of this address are open at once') })
  streams[0]!.abort()
  await expect.poll(async () => (await follow()).response.status).toBe(200)
  for (const { abort } of streams) abort()
  emit('run_1', { type: 'run.started' })
})

test('a reader that takes nothing is held back, then cut off with a reason, and what feeds it is let go', async () => {
  let given = 0
  let over = 0
  const lines: string[] = []
  const log = pino({ level: 'info' }, new Writable({ write: (chunk, _, done) => (lines.push(String(chunk)), done()) }))
  const text = 'x'.repeat(100_000)
  const { port } = await start(1_000, {
    api_key: null,
    stall_ms: 300,
    log,
    prepare: ({ api }) => {
      api.runs.follow = async function* (_actor: unknown, _input: unknown, { signal }: { signal: AbortSignal }) {
        try {
          while (!signal.aborted) {
            given++
            yield { type: 'text.delta', seq: 1, call: 1, part: given, kind: 'text', text } as RunEvent
          }
        } finally {
          over++
        }
      } as never
    },
  })
  const before = process.memoryUsage().rss
  const socket = await openSocket(port)
  socket.pause()
  socket.write('GET /api/v1/runs/run_1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await expect.poll(() => lines.length).toBe(1)
  // What the kernel takes on both sides, and one buffer: of an endless stream a few dozen events.
  expect(given).toBeLessThan(200)
  expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000)
  expect(lines.map((line) => JSON.parse(line))).toContainEqual(
    expect.objectContaining({ msg: 'a stream was ended: its reader takes nothing', actor: 'local' }),
  )

  // One that wakes up in time reads why.
  let received = ''
  socket.setEncoding('utf8').on('data', (chunk) => (received = (received + chunk).slice(-2_000)))
  socket.resume()
  await expect.poll(() => received).toContain('The stream was ended: its reader took nothing for too long.')
  expect(over).toBe(1)

  // One that never does is gone after all.
  const asleep = await openSocket(port)
  asleep.pause()
  asleep.write('GET /api/v1/runs/run_1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
  await expect.poll(() => over).toBe(2)
  asleep.destroy()
})

test('a slow reader that takes something is not cut off', async () => {
  let given = 0
  const { port } = await start(1_000, {
    api_key: null,
    stall_ms: 1_000,
    prepare: ({ api }) => {
      api.runs.follow = async function* () {
        while (given < 40) yield { type: 'text.delta', seq: 1, call: 1, part: given++, kind: 'text', text: 'x'.repeat(500_000) } as RunEvent
        yield { type: 'run.ended', seq: 2, at: '', status: 'completed', output: null, output_text: null, error: null } as never
      } as never
    },
  })
  const socket = await openSocket(port)
  let tail = ''
  socket.setEncoding('utf8').on('data', (chunk) => {
    tail = (tail + chunk).slice(-500)
    socket.pause()
    setTimeout(() => socket.resume(), 5)
  })
  socket.write('GET /api/v1/runs/run_1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n')
  await new Promise((resolve) => socket.on('close', resolve))
  expect(tail).toContain('run.ended')
})
