import { createServer } from 'node:net'
import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { Connector } from '../network/connector.ts'
import { invokeTool, type Runtimes } from '../invoke-tool.ts'
import { callHttp } from './http-runtime.ts'
import type { ResolvedTool, ToolCall } from '../resolved-tool.ts'
import { callOf, toolOf } from '../test/hook-tool.ts'
import { type Seen, type Service, startService } from '../test/http-service.ts'

const connector = new Connector()
const http: Runtimes['http'] = { call: (call, runtime) => callHttp(connector, call, runtime), close: () => connector.close() }
const invoke = (call: ToolCall) => invokeTool({ http } as Runtimes, call)
const open: (() => Promise<void> | void)[] = []
afterEach(async () => {
  await connector.close()
  await Promise.all(open.splice(0).map((close) => close()))
})

async function serve(answer: (seen: Seen, response: ServerResponse) => void): Promise<Service> {
  const service = await startService(answer)
  open.push(() => service.close())
  return service
}
type Given = { network?: string[]; limits?: Partial<ResolvedTool['limits']>; headers?: Record<string, string>; output?: Record<string, unknown> }
function toolAt(url: string, { network, headers = {}, ...given }: Given = {}) {
  const base = new URL(url)
  const grants = { network: network ?? [base.host] }
  return toolOf({ path: '/act', grants, runtime: { type: 'http', base_url: url, headers, request: undefined }, ...given })
}
const failure = (tool: ResolvedTool, signal?: AbortSignal) =>
  invoke(callOf(tool, {}, signal)).then(
    (output) => ({ output }),
    (error: ToolCall & { message: string; retryable: boolean; uncertain: boolean }) => error,
  )

test('the input is posted below base_url with the keys of the call, and the JSON answered is the output', async () => {
  const service = await serve((_, response) => response.end('{"done":[1]}'))
  const tool = toolAt(`${service.url}/deep/`, { headers: { Authorization: 'Bearer x', 'Idempotency-Key': 'theirs' } })
  expect(await invoke(callOf(tool, { n: 1 }))).toEqual({ done: [1] })
  expect(service.seen).toMatchObject([
    {
      url: '/deep/act',
      body: '{"n":1}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer x', 'idempotency-key': 'run_1:1', 'x-cadre-run-id': 'run_1' },
    },
  ])
})

test('connections are kept alive', async () => {
  const ports = new Set<number | undefined>()
  const service = await serve((_, response) => {
    ports.add(response.socket?.remotePort)
    response.end('1')
  })
  // A connection is free again a moment after its answer was read, so two may take turns.
  for (let n = 0; n < 10; n++) await invoke(callOf(toolAt(service.url)))
  expect(ports.size).toBeLessThanOrEqual(2)
})

describe('an answer that is no success', () => {
  test.each([
    [404, 'no such', false, false],
    [429, 'slow down', true, false],
    [500, 'oops', true, true],
    [503, '', true, true],
  ])('%d', async (status, body, retryable, uncertain) => {
    const service = await serve((_, response) => response.writeHead(status).end(body))
    const message = `${service.host} answered ${status}: ${body || 'without a word'}`
    expect(await failure(toolAt(service.url))).toMatchObject({ name: 'ToolError', message, retryable, uncertain })
  })
  test('shows the first 500 characters', async () => {
    const service = await serve((_, response) => response.writeHead(400).end('x'.repeat(10_000)))
    expect(await failure(toolAt(service.url))).toMatchObject({ message: `${service.host} answered 400: ${'x'.repeat(500)}` })
  })
  test('is not read to its end', async () => {
    const closed = Promise.withResolvers<void>()
    const service = await serve((_, response) => {
      const more = () => response.write('x'.repeat(10_000), () => !response.destroyed && setImmediate(more))
      response.on('close', closed.resolve)
      response.writeHead(500)
      more()
    })
    expect(await failure(toolAt(service.url))).toMatchObject({ message: `${service.host} answered 500: ${'x'.repeat(500)}` })
    await closed.promise
  })
  test('a redirect is not followed', async () => {
    const service = await serve((_, response) => response.writeHead(307, { location: 'http://169.254.169.254/' }).end())
    expect(await failure(toolAt(service.url))).toMatchObject({
      message: expect.stringContaining('answered 307 and points to http://169.254.169.254/; redirects are not followed'),
    })
    expect(service.seen).toHaveLength(1)
  })
  test('is not JSON', async () => {
    const service = await serve((_, response) => response.end('<html>'))
    expect(await failure(toolAt(service.url))).toMatchObject({
      message: `${service.host} answered 200 with something that is not JSON: <html>`,
      retryable: false,
    })
  })
  test('does not fit the output schema', async () => {
    const service = await serve((_, response) => response.end('{}'))
    expect(await failure(toolAt(service.url, { output: { required: ['sum'] } }))).toMatchObject({
      message: expect.stringContaining('sum is required'),
    })
  })
})

test('an empty answer is null', async () => {
  const service = await serve((_, response) => response.writeHead(204).end())
  expect(await failure(toolAt(service.url))).toEqual({ output: null })
})

describe('limits', () => {
  test('an endless answer is cut at limits.output_bytes', async () => {
    const closed = Promise.withResolvers<void>()
    const service = await serve((_, response) => {
      const more = () => response.write('x'.repeat(10_000), () => !response.destroyed && setImmediate(more))
      response.on('close', closed.resolve)
      more()
    })
    expect(await failure(toolAt(service.url, { limits: { output_bytes: 50_000 } }))).toMatchObject({
      message: 'the answer is larger than 50000 bytes (limits.output_bytes)',
    })
    await closed.promise
  })
  test('no answer in time may be tried again, and may have happened', async () => {
    const service = await serve(() => {})
    const message = `${service.host} did not answer within the limit of 300 ms (limits.timeout_ms)`
    expect(await failure(toolAt(service.url, { limits: { timeout_ms: 300 } }))).toMatchObject({ message, retryable: true, uncertain: true })
  })
  test('an answer that stops in the middle is out of time as well', async () => {
    const service = await serve((_, response) => void response.write('{"a":'))
    expect(await failure(toolAt(service.url, { limits: { timeout_ms: 300 } }))).toMatchObject({
      message: expect.stringContaining('(limits.timeout_ms)'),
      uncertain: true,
    })
  })
  test('an abort ends the call with its reason', async () => {
    const abort = new AbortController()
    const reason = new Error('cancelled')
    const service = await serve(() => abort.abort(reason))
    expect(await failure(toolAt(service.url), abort.signal)).toBe(reason)
    expect(await failure(toolAt(service.url), abort.signal)).toBe(reason)
    expect(service.seen).toHaveLength(1)
  })
})

describe('a service that is not there', () => {
  test('refuses', async () => {
    const service = await serve(() => {})
    await service.close()
    const message = `the connection was refused at ${service.host}: is the service running?`
    expect(await failure(toolAt(service.url))).toMatchObject({ message, retryable: true, uncertain: false })
  })
  test('has no address', async () => {
    const message = "there is no address for the host 'gone.test': is the name right, and is there a network?"
    expect(await failure(toolAt('http://gone.test/'))).toMatchObject({ message, retryable: true })
  })
  test('hangs up after the request came', async () => {
    const service = await serve((_, response) => response.destroy())
    const message = `${service.host} closed the connection before it had answered`
    expect(await failure(toolAt(service.url))).toMatchObject({ message, retryable: true, uncertain: true })
  })
  test('speaks something else', async () => {
    const server = createServer((socket) => socket.end('220 smtp ready\r\n\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(() => void server.close())
    const { port } = server.address() as { port: number }
    expect(await failure(toolAt(`http://127.0.0.1:${port}`))).toMatchObject({ message: `127.0.0.1:${port} did not answer in HTTP`, retryable: false })
  })
})

describe('what permissions.network does not name is not dialled', () => {
  test.each([
    ['127.0.0.1', []],
    ['127.0.0.1', ['127.0.0.1:1', '10.0.0.0/8', 'example.com']],
    ['2130706433', []],
    ['[::ffff:127.0.0.1]', []],
    ['localhost', []],
    ['localhost', ['127.0.0.1:1']],
  ])('%s with %j', async (host, network) => {
    const service = await serve((_, response) => response.end('1'))
    const url = `http://${host}:${new URL(service.url).port}`
    expect(await failure(toolAt(url, { network }))).toMatchObject({
      message: expect.stringContaining('permissions.network does not name it'),
      retryable: false,
    })
    expect(service.seen).toEqual([])
  })
  test('a name is reached by its own grant or by that of its address', async () => {
    const service = await serve((_, response) => response.end('1'))
    const url = service.url.replace('127.0.0.1', 'localhost')
    expect(await failure(toolAt(url))).toEqual({ output: 1 })
    expect(await failure(toolAt(url, { network: ['127.0.0.0/8'] }))).toEqual({ output: 1 })
  })
  test('one set of grants does not use the connections of another', async () => {
    const service = await serve((_, response) => response.end('1'))
    const url = service.url.replace('127.0.0.1', 'localhost')
    expect(await failure(toolAt(url))).toEqual({ output: 1 })
    expect(await failure(toolAt(url, { network: [] }))).toMatchObject({ name: 'ToolError' })
  })
})
