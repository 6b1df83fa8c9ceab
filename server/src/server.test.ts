import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from '@cadre/core/test/free-port'
import { describe, expect, test } from 'vitest'
import { openLog } from './log.ts'
import { startServer } from './server.ts'
import { coreDouble } from './test/core-double.ts'
import { noAuth, openEvents, openSocket, raw, serve } from './test/sockets.ts'

const post = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
const config = { host: '127.0.0.1', port: 0, auth: noAuth, allowed_hosts: [], body_limit: 1_000 }
const log = openLog('silent')

describe('stopping', () => {
  test('ends open streams and idle connections, and closes the core last', async () => {
    const order: string[] = []
    const server = await serve({}, {}, ({ core }) => {
      core.drain = async (ms) => order.push(`drain ${ms}`)
      core.close = async () => order.push('close')
    })
    await fetch(`${server.url}/api/v1/agents`, post({ name: 'A', system_prompt: 'x' }))
    const events = await openEvents(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait', stream: true }))
    expect(await events.nextEvent()).toMatchObject({ id: '1' })
    const idle = await openSocket(server.port)
    idle.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await once(idle, 'data')
    const idleEnded = once(idle, 'close')
    idle.resume()
    await Promise.all([server.stop(5), server.stop(7)])
    expect(order).toEqual(['drain 5', 'close'])
    expect(await events.nextEvent()).toBeNull()
    await idleEnded
    await expect(raw(server.port, 'GET / HTTP/1.1\r\n\r\n')).rejects.toThrow()
  })

  test('says so to those who still ask on an open connection', async () => {
    const { promise: drained, resolve: finish } = Promise.withResolvers<void>()
    const server = await serve({}, {}, ({ core }) => (core.drain = () => drained))
    const socket = await openSocket(server.port)
    // Half a request keeps the connection from being idle.
    socket.write('GET /readyz HTTP/1.1\r\nHost: localhost\r\n')
    await fetch(`${server.url}/healthz`).then((response) => response.text())
    const stopped = server.stop()
    const received: string[] = []
    socket.setEncoding('utf8').on('data', (chunk) => received.push(String(chunk)))
    const closed = once(socket, 'close')
    socket.write('\r\nGET /api/v1/agents HTTP/1.1\r\nHost: localhost\r\n\r\n')
    while (!/UNAVAILABLE/.test(received.join('')) && !socket.closed) await Promise.race([once(socket, 'data'), closed])
    finish()
    await stopped
    expect(received.join('')).toMatch(/^HTTP\/1\.1 503/)
    expect(received.join('')).toContain('"status":"draining"')
  })

  test('lets a call that waits answer with what it has', async () => {
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    const server = await serve({}, {}, ({ api }) => {
      const { start } = api.runs
      api.runs.start = async (actor, input, extra) => {
        ask()
        await new Promise((resolve) => extra.signal.addEventListener('abort', resolve))
        return start(actor, input, extra)
      }
    })
    await fetch(`${server.url}/api/v1/agents`, post({ name: 'A', system_prompt: 'x' }))
    const call = fetch(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait' }))
    await asked
    const stopped = server.stop(0)
    const response = await call
    expect(response.status).toBe(202)
    expect(await response.json()).toMatchObject({ data: { run_id: 'run_1' } })
    await stopped
  })
})

describe('a failed start is one sentence', () => {
  test('a taken port', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    await expect(startServer({ config: { ...config, port }, core: coreDouble().core, log })).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken; stop what uses it or set PORT`,
    )
    other.close()
  })

  test('an address of another machine', async () => {
    await expect(startServer({ config: { ...config, host: '192.0.2.1' }, core: coreDouble().core, log })).rejects.toThrow(
      'HOST: 192.0.2.1 is no address of this machine',
    )
  })

  test('a core that does not start frees the port', async () => {
    const { core } = coreDouble()
    core.start = () => Promise.reject(new Error('no workers today'))
    const port = await freePort()
    await expect(startServer({ config: { ...config, port }, core, log })).rejects.toThrow('no workers today')
    const again = await startServer({ config: { ...config, port }, core: coreDouble().core, log })
    await again.stop(0)
  })
})

test('while it starts, it lives but is not ready', async () => {
  const { promise: started, resolve: begin } = Promise.withResolvers<void>()
  const { promise: starting, resolve: reached } = Promise.withResolvers<void>()
  const port = await freePort()
  const double = coreDouble()
  double.core.start = () => {
    reached()
    return started
  }
  const server = startServer({ config: { ...config, port }, core: double.core, log })
  await starting
  expect(await raw(port, 'GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatchObject({ status: 503, json: { status: 'starting' } })
  expect(await raw(port, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatchObject({ status: 200 })
  expect(await raw(port, 'GET /api/v1/agents HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1' },
    json: { code: 'UNAVAILABLE' },
  })
  begin()
  await (await server).stop(0)
})

test('a slow caller is waited for, byte by byte, and others are served meanwhile', async () => {
  const server = await serve()
  const body = JSON.stringify({ name: 'Slow', system_prompt: 'x' })
  const text = `POST /api/v1/agents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${[...body].map((char) => `1\r\n${char}\r\n`).join('')}0\r\n\r\n`
  const socket = (await openSocket(server.port)).setNoDelay()
  for (let i = 0; i < text.length; i += 7) {
    socket.write(text.slice(i, i + 7))
    if (i % 70 === 0) expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
  }
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 201/)
  socket.destroy()
  await server.stop(0)
})

test('a caller who leaves in the middle of a body is nobody to answer', async () => {
  const server = await serve()
  const socket = await openSocket(server.port)
  socket.write('POST /api/v1/agents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name"')
  await fetch(`${server.url}/healthz`).then((response) => response.text())
  socket.resetAndDestroy()
  await once(socket, 'close')
  expect((await fetch(`${server.url}/api/v1/agents`)).status).toBe(200)
  await server.stop(0)
})
