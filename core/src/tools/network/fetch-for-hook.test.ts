import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { callOf, toolOf } from '../test/hook-tool.ts'
import { type Seen, type Service, startService } from '../test/http-service.ts'
import { Connector } from './connector.ts'
import { fetchForHook } from './fetch-for-hook.ts'
import { hookFetch } from './test/hook-fetch.ts'

const go = hookFetch()
const open: (() => Promise<void> | void)[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((close) => close()))))
async function serve(answer: (seen: Seen, response: ServerResponse) => void): Promise<Service> {
  const service = await startService(answer)
  open.push(() => service.close())
  return service
}

test('everything of a request arrives, and everything of the answer comes back', async () => {
  const service = await serve((_, response) => {
    response.setHeader('Set-Cookie', ['a=1', 'b=2'])
    response.setHeader('X-Method', response.req.method ?? '')
    response.writeHead(418, { 'X-Upper': 'Case' }).end('körper')
  })
  const answer = await go(`${service.url}/a%20b?q=1#part`, [service.host], {
    method: 'PUT',
    headers: { 'X-Own': 'ü' },
    body: new Uint8Array([104, 105]),
  })
  expect(answer).toMatchObject({ status: 418, url: `${service.url}/a%20b?q=1`, body: 'körper' })
  expect(answer.headers).toMatchObject({ 'set-cookie': 'a=1, b=2', 'x-upper': 'Case', 'x-method': 'PUT' })
  expect(service.seen).toMatchObject([{ url: '/a%20b?q=1', body: 'hi', headers: { 'x-own': 'ü', 'accept-encoding': 'gzip, deflate, br, zstd' } }])
})

test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const)('%s', async (method) => {
  const service = await serve((_, response) => response.end(response.req.method))
  expect(await go(service.url, [service.host], { method })).toMatchObject({ status: 200, body: method === 'HEAD' ? '' : method })
})

// Posting a view of a shared Buffer to a thread would hand over what others have in it.
test('the bytes of an answer have memory of their own', async () => {
  const service = await serve((_, response) => response.end('small'))
  const connector = new Connector()
  open.push(() => connector.close())
  const { body } = await fetchForHook(connector, callOf(toolOf({ grants: { network: [service.host] } })), service.url, {})
  expect(body.buffer.byteLength).toBe(5)
})

describe('what no request may hold', () => {
  test.each<[object, string]>([
    [{ method: 'TRACE' }, 'request.method: must be one of'],
    [{ method: 'CONNECT' }, 'request.method: must be one of'],
    [{ method: 'GET / HTTP/1.1\r\nx: y' }, 'request.method: must be one of'],
    ...['Host', 'connection', 'Content-Length', 'Transfer-Encoding', 'transfer_encoding', 'Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Expect'].map(
      (name): [object, string] => [{ headers: { [name]: 'x' } }, `request.headers.${name}: is set by the connection itself`],
    ),
    [{ headers: { 'Proxy-Authorization': 'x' } }, 'is set by the connection itself'],
    [{ headers: { a: 'b\r\nHost: c' } }, 'request.headers.a: holds characters that a header cannot hold'],
    [{ headers: { a: 'b\0' } }, 'request.headers.a: holds characters'],
    [{ headers: { a: '€' } }, 'request.headers.a: holds characters'],
    [{ headers: { 'a\r\nb': 'c' } }, 'cannot name a header'],
    [{ headers: { ':authority': 'c' } }, 'cannot name a header'],
    [{ headers: { '': 'c' } }, 'cannot name a header'],
    [{ headers: { A: '1', a: '2' } }, 'request.headers.a: is given twice'],
    [{ headers: { a: 1 } }, 'request.headers.a: must be text'],
    [{ headers: ['a'] }, 'request.headers: must be an object'],
    [{ body: { a: 1 } }, 'request.body: must be text or bytes'],
    [{ method: 'HEAD', body: 'x' }, 'request.body: a HEAD request has none'],
    [{ max_bytes: -1 }, 'request.max_bytes: must be a whole number'],
    [{ redirect: 'error' }, "request.redirect: must be 'follow' or 'manual'"],
    [{ dispatcher: 'x' }, 'request.dispatcher: there is no such field'],
  ])('%j', async (request, message) => {
    const service = await serve((_, response) => response.end())
    expect((await go(service.url, [service.host], request)).error).toContain(message)
    expect(service.seen).toEqual([])
  })
})

describe('compressed answers', () => {
  const text = 'hello '.repeat(1_000)
  const nothing = Buffer.alloc(20_000_000)
  const sent: Record<string, [string, Buffer]> = {
    gzip: ['gzip', gzipSync(text)],
    'x-gzip': ['X-Gzip', gzipSync(text)],
    deflate: ['deflate', deflateSync(text)],
    'raw deflate': ['deflate', deflateRawSync(text)],
    br: ['br', brotliCompressSync(text)],
    zstd: ['zstd', zstdCompressSync(text)],
    two: ['gzip, br', brotliCompressSync(gzipSync(text))],
    identity: ['identity', Buffer.from(text)],
    unknown: ['aws-chunked', Buffer.from(text)],
    'cut off': ['gzip', gzipSync(text).subarray(0, 20)],
    'not gzip': ['gzip', Buffer.from(text)],
    'not br': ['br', Buffer.from(text)],
    'not zstd': ['zstd', Buffer.from(text)],
    four: ['gzip, gzip, gzip, gzip', gzipSync(text)],
    'gzip bomb': ['gzip', gzipSync(nothing)],
    'br bomb': ['br', brotliCompressSync(nothing)],
    'zstd bomb': ['zstd', zstdCompressSync(nothing)],
    'double bomb': ['gzip, gzip', gzipSync(gzipSync(nothing))],
    empty: ['gzip', Buffer.alloc(0)],
  }
  const ask = async (name: string, method: 'GET' | 'HEAD' = 'GET') => {
    const [encoding, bytes] = sent[name] ?? ['', Buffer.alloc(0)]
    const service = await serve((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(bytes))
    return go(service.url, [service.host], { method, max_bytes: 6_000 })
  }
  test.each(['gzip', 'x-gzip', 'deflate', 'raw deflate', 'br', 'zstd', 'two', 'identity', 'unknown'])('%s', async (name) => {
    expect(await ask(name)).toMatchObject({ body: text })
  })
  test.each(['cut off', 'not gzip', 'not br', 'not zstd', 'four'])('%s: says so', async (name) => {
    expect((await ask(name)).error).toMatch(/the answer is (not compressed as it says|compressed 4 times over)/)
  })
  test.each(['gzip bomb', 'br bomb', 'zstd bomb', 'double bomb'])('%s: ends at the cap', async (name) => {
    expect((await ask(name)).error).toBe('the answer is larger than 6000 bytes (max_bytes, limits.output_bytes)')
  })
  test('nothing is not decoded', async () => {
    expect(await ask('empty')).toMatchObject({ status: 200, body: '' })
    expect(await ask('gzip', 'HEAD')).toMatchObject({ status: 200, body: '' })
  })
})

test('max_bytes cannot exceed limits.output_bytes, and an endless answer is cut', async () => {
  const closed = Promise.withResolvers<void>()
  const service = await serve((_, response) => {
    const more = () => response.write('x'.repeat(10_000), () => !response.destroyed && setImmediate(more))
    response.on('close', closed.resolve)
    more()
  })
  const answer = await go(service.url, [service.host], { max_bytes: 1e9 }, { output_bytes: 30_000 })
  expect(answer.error).toBe('the answer is larger than 30000 bytes (max_bytes, limits.output_bytes)')
  await closed.promise
})

test("the call's signal ends it with its reason, before and within the answer", async () => {
  for (const [n, begin] of [false, true].entries()) {
    const abort = new AbortController()
    const reason = new Error(`cancelled ${n}`)
    const service = await serve((_, response) => {
      if (begin) response.writeHead(200, { 'content-encoding': 'gzip' }).write(gzipSync('x').subarray(0, 12))
      setImmediate(() => abort.abort(reason))
    })
    await expect(go(service.url, [service.host], {}, {}, abort.signal)).rejects.toBe(reason)
    await expect(go(service.url, [service.host], {}, {}, abort.signal)).rejects.toBe(reason)
    expect(service.seen).toHaveLength(1)
  }
})

describe('servers that break the rules', () => {
  test.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort', /closed the connection/],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello', /closed the connection/],
    [`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, /headers that .+ answered are too large/],
    ['SSH-2.0-OpenSSH\r\n', /did not answer in HTTP/],
    ['HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n', /closed the connection/],
    ['HTTP/1.1 302 Found\r\nlocation: /a\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n', /redirects to several places at once/],
    ['', /closed the connection/],
  ])('%.40j', async (text, message) => {
    const server = createServer((socket) => void socket.on('error', () => {}).once('data', () => socket.end(text)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(() => void server.close())
    const host = `127.0.0.1:${(server.address() as { port: number }).port}`
    expect((await go(`http://${host}/`, [host])).error).toMatch(message)
  })
  test('names of headers that JavaScript has uses for', async () => {
    const service = await serve((_, response) => response.writeHead(200, ['__proto__', 'x', 'constructor', 'y', 'toString', 'z']).end())
    const { headers } = await go(service.url, [service.host])
    expect(Object.entries(headers)).toEqual(expect.arrayContaining([['__proto__', 'x'], ['constructor', 'y'], ['tostring', 'z']])) // prettier-ignore
  })
})
