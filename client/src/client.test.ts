import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { CadreError, invalid } from '@cadre/contract/errors'
import { expect, onTestFinished, test } from 'vitest'
import { createClient, followRun, requestIdOf, startRun } from './client.ts'
import { agent, events, pending, run } from './test/samples.ts'
import { nobody, refusal, startWire, stream } from './test/wire.ts'

const thrownBy = (call: () => Promise<unknown>) =>
  call().then(
    () => undefined,
    (error: unknown) => error,
  )

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

test('a call gives what the server answered', async () => {
  const wire = await startWire({ 'agents.get': () => agent() })
  expect(await createClient({ url: `${wire.url}/` }).agents.get({ idOrSlug: 'helper' })).toEqual(agent())
  expect(wire.inputOf('agents.get')).toEqual({ idOrSlug: 'helper' })
})

test('an attachment comes as the file that it is', async () => {
  const bytes = Uint8Array.from([0xff, 0, 0x80, 0x0d, 0x0a, 0x2d, 0x2d])
  const wire = await startWire({ 'attachments.download': () => new File([bytes], 'Relatório "1".bin', { type: 'application/octet-stream' }) })
  const file = await createClient({ url: wire.url }).attachments.download({ attachmentId: 'att_1' })
  expect([file.name, file.type]).toEqual(['Relatório "1".bin', 'application/octet-stream'])
  expect(await file.bytes()).toEqual(bytes)
})

test('calls carry the API key and the idempotency key; input is plain JSON', async () => {
  const wire = await startWire({ 'runs.start': () => run(pending) }, { apiKey: 'k1' })
  const client = createClient({ url: wire.url, apiKey: 'k1' })
  const data = { at: new Date(0), list: [undefined, 1], none: undefined } as Record<string, unknown>
  const started = await startRun(client, { idOrSlug: 'helper', input: 'x', data, wait: 0 }, { idempotencyKey: 'order-7' })
  expect(started.status).toBe('pending')
  expect(wire.calls[0]?.headers['idempotency-key']).toBe('order-7')
  expect(wire.calls[0]?.input).toEqual({
    idOrSlug: 'helper',
    input: 'x',
    wait: 0,
    stream: false,
    data: { at: '1970-01-01T00:00:00.000Z', list: [null, 1] },
  })
})

test('a refusal is a CadreError with its code, message and issues', async () => {
  const wire = await startWire({
    'agents.get': () => {
      throw invalid('tools[0]', 'there is no tool x')
    },
  })
  const error = await thrownBy(() => createClient({ url: wire.url }).agents.get({ idOrSlug: 'helper' }))
  expect(error).toBeInstanceOf(CadreError)
  expect(error).toMatchObject({
    code: 'INVALID',
    status: 422,
    message: 'tools[0]: there is no tool x',
    issues: [{ path: 'tools[0]', message: 'there is no tool x' }],
  })
  expect(requestIdOf(error)).toBe('req_1')
})

test('what the server refuses before it knows the call is a CadreError as well', async () => {
  const wire = await startWire({}, { apiKey: 'k1' })
  for (const apiKey of [undefined, 'k2']) {
    const error = await thrownBy(() => createClient({ url: wire.url, apiKey }).agents.list({}))
    expect(error).toMatchObject({ name: 'CadreError', code: 'UNAUTHORIZED', message: 'The API key is not valid.' })
    expect(requestIdOf(error)).toBe('req_1')
  }
})

test('how long to wait comes with what was too often, from both doors of an answer', async () => {
  const wire = await startWire({
    'sessions.login': () => {
      throw new CadreError('TOO_MANY_REQUESTS', 'too many requests', [], 1_500)
    },
  })
  const given = { email: 'a@example.org', password: 'x' }
  expect(await thrownBy(() => createClient({ url: wire.url }).sessions.login(given))).toMatchObject({ retry_after_ms: 1_500 })
  const early = createServer((_request, response) =>
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '7' })
      .end('{"success":false,"error":"too many requests","code":"TOO_MANY_REQUESTS","issues":[]}'),
  ).listen(0, '127.0.0.1')
  await once(early, 'listening')
  onTestFinished(() => void early.close().closeAllConnections())
  const client = createClient({ url: `http://127.0.0.1:${(early.address() as AddressInfo).port}` })
  expect(await thrownBy(() => client.sessions.login(given))).toMatchObject({ code: 'TOO_MANY_REQUESTS', retry_after_ms: 7_000 })
})

test('whoever gave the client is told of each call and stream that wants a login, and of nothing else', async () => {
  const wire = await startWire({
    'agents.list': () => {
      throw new CadreError('FORBIDDEN', 'not you')
    },
    'agents.get': () => {
      throw new CadreError('UNAUTHORIZED', 'who are you?')
    },
    'runs.follow': async function* () {
      yield events[0]
      throw refusal(new CadreError('UNAUTHORIZED', 'The login of this stream is over'))
    },
  })
  let told = 0
  const client = createClient({ url: wire.url, onUnauthorized: () => told++ })
  await thrownBy(() => client.agents.list({}))
  expect(told).toBe(0)
  await thrownBy(() => client.agents.get({ idOrSlug: 'helper' }))
  expect(told).toBe(1)
  await thrownBy(async () => all(await client.runs.follow({ runId: 'run_1' })))
  expect(told).toBe(2)
})

test('no server at the address is UNAVAILABLE and names it', async () => {
  const url = await nobody()
  const error = await thrownBy(() => createClient({ url }).plugins.list())
  expect(error).toMatchObject({ name: 'CadreError', code: 'UNAVAILABLE', message: `No Cadre server answers at ${url} (ECONNREFUSED).` })
})

test.each([
  ['a page', 200, 'text/html', '<html>', /no Cadre server: it answered 200 with text\/html/],
  ['JSON of its own', 200, 'application/json', '{"hello":1}', /its answer is not one of Cadre/],
  ['no JSON', 200, 'application/json', 'oops', /its answer is not one of Cadre/],
  ['an error of its own', 404, 'application/json', '{"detail":"Not Found"}', /it answered 404/],
  ['a redirect', 302, 'text/plain', '', /it redirects to/],
])('a server that answers %s is no Cadre server', async (_what, status, type, body, message) => {
  const other = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': type, location: 'http://x.test' }).end(body),
  ).listen(0, '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close().closeAllConnections())
  const client = createClient({ url: `http://127.0.0.1:${(other.address() as AddressInfo).port}` })
  expect(await thrownBy(() => client.agents.list({}))).toMatchObject({
    name: 'CadreError',
    code: 'UNAVAILABLE',
    message: expect.stringMatching(message),
  })
})

test.each(['localhost:4000', 'ftp://x', 'x', 'http://me:secret@127.0.0.1:4000'])('%s is no address of a server', (url) => {
  expect(() => createClient({ url })).toThrow(/^url: /)
})

test('an idempotency key that no header can carry is refused by its name', async () => {
  const wire = await startWire()
  const error = await thrownBy(() => startRun(createClient({ url: wire.url }), { idOrSlug: 'a', input: 'x' }, { idempotencyKey: 'ключ' }))
  expect(error).toMatchObject({ code: 'INVALID', issues: [{ path: 'Idempotency-Key' }] })
})

test('an aborted call throws the reason of its signal', async () => {
  const wire = await startWire({ 'agents.list': ({ signal }) => once(signal!, 'abort') })
  const stop = new AbortController()
  const call = thrownBy(() => createClient({ url: wire.url }).agents.list({}, { signal: stop.signal }))
  const reason = new Error('enough')
  stop.abort(reason)
  expect(await call).toBe(reason)
})

test('followRun gives every event to the end, once', async () => {
  const wire = await startWire({ 'runs.follow': () => stream(events) })
  expect(await all(followRun(createClient({ url: wire.url }), 'run_1'))).toEqual(events)
})

test('followRun starts after a given event', async () => {
  const wire = await startWire({ 'runs.follow': ({ lastEventId }) => stream(events, { after: lastEventId }) })
  expect(await all(followRun(createClient({ url: wire.url }), 'run_1', { after: '5' }))).toEqual(events.slice(-1))
})

test('followRun ends where the run is over and nothing follows', async () => {
  const wire = await startWire({ 'runs.follow': ({ lastEventId }) => stream(events, { after: lastEventId }), 'runs.get': () => run() })
  expect(await all(followRun(createClient({ url: wire.url }), 'run_1', { after: '6' }))).toEqual([])
})

test('a stream that the server ends early goes on where it stopped', async () => {
  const asked: (string | undefined)[] = []
  const wire = await startWire({
    'runs.follow': ({ lastEventId }) => {
      asked.push(lastEventId)
      return stream(asked.length === 1 ? events.slice(0, 2) : events, { after: lastEventId })
    },
    'runs.get': () => run(pending),
  })
  expect(await all(followRun(createClient({ url: wire.url }), 'run_1'))).toEqual(events)
  expect(asked).toEqual([undefined, '1.1.0'])
})

test('a run that ended while the server shut down is read to its end', async () => {
  const asked: (string | undefined)[] = []
  const wire = await startWire({
    'runs.follow': ({ lastEventId }) => {
      asked.push(lastEventId)
      return stream(asked.length === 1 ? events.slice(0, 4) : events, { after: lastEventId })
    },
    'runs.get': () => run(),
  })
  expect(await all(followRun(createClient({ url: wire.url }), 'run_1'))).toEqual(events)
})

test('a server that is killed and comes back loses and repeats no event', async () => {
  const first = await startWire({ 'runs.follow': ({ signal }) => stream(events.slice(0, 4), { held: signal }) }, { returns: true })
  const breaks: string[] = []
  const back = Promise.withResolvers<Awaited<ReturnType<typeof startWire>>>()
  const onBreak = ({ message }: Error) => {
    breaks.push(message)
    back.resolve(startWire({ 'runs.follow': ({ lastEventId }) => stream(events, { after: lastEventId }) }, { port: first.port }))
  }
  const got = []
  for await (const event of followRun(createClient({ url: first.url }), 'run_1', { onBreak })) {
    got.push(event)
    if (got.length === 4) await first.stop()
  }
  expect(got).toEqual(events)
  expect(breaks).toEqual([expect.stringMatching(/^The connection to http:\S+ broke/)])
  await back.promise
})

test('the patience with a server that stays away is limited', async () => {
  const wire = await startWire({ 'runs.follow': ({ signal }) => stream(events.slice(0, 1), { held: signal }) })
  const follow = async () => {
    for await (const _event of followRun(createClient({ url: wire.url }), 'run_1', { patience_ms: 1 })) await wire.stop()
  }
  expect(await thrownBy(follow)).toMatchObject({ code: 'UNAVAILABLE' })
})

test('the first connection is not repeated, and a run that is not there is no break', async () => {
  const wire = await startWire({
    'runs.follow': () => {
      throw new CadreError('RUN_NOT_FOUND', "there is no run 'run_2'")
    },
  })
  const client = createClient({ url: wire.url })
  expect(await thrownBy(() => all(followRun(client, 'run_2')))).toMatchObject({ code: 'RUN_NOT_FOUND' })
  await wire.stop()
  expect(await thrownBy(() => all(followRun(client, 'run_2')))).toMatchObject({ code: 'UNAVAILABLE' })
  expect(wire.calls).toHaveLength(1)
})

test('an aborted follow throws the reason and lets the server know', async () => {
  const gone = Promise.withResolvers<void>()
  const wire = await startWire({
    'runs.follow': ({ signal }) => {
      signal?.addEventListener('abort', () => gone.resolve())
      return stream(events.slice(0, 3), { held: signal })
    },
  })
  const stop = new AbortController()
  const reason = new Error('enough')
  const follow = async () => {
    for await (const event of followRun(createClient({ url: wire.url }), 'run_1', { signal: stop.signal })) if (event.seq === 2) stop.abort(reason)
  }
  expect(await thrownBy(follow)).toBe(reason)
  await gone.promise
})

test('waiting for a server to come back can be aborted', async () => {
  const wire = await startWire({ 'runs.follow': ({ signal }) => stream(events.slice(0, 1), { held: signal }) })
  const stop = new AbortController()
  const reason = new Error('enough')
  const onBreak = () => stop.abort(reason)
  const follow = async () => {
    for await (const _event of followRun(createClient({ url: wire.url }), 'run_1', { signal: stop.signal, onBreak })) await wire.stop()
  }
  expect(await thrownBy(follow)).toBe(reason)
})

test('leaving the loop closes the connection', async () => {
  const gone = Promise.withResolvers<void>()
  const wire = await startWire({
    'runs.follow': ({ signal }) => {
      signal?.addEventListener('abort', () => gone.resolve())
      return stream(events.slice(0, 3), { held: signal })
    },
  })
  for await (const event of followRun(createClient({ url: wire.url }), 'run_1')) if (event.seq === 2) break
  await gone.promise
})
