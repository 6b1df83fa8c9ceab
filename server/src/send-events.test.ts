import { EventEmitter, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { ErrorEvent, withEventMeta } from '@orpc/server'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { streamsEnded } from './release-garbage.ts'
import { sendEvents } from './send-events.ts'

type Next = IteratorResult<unknown>
/** Events that are put in one by one. */
function source() {
  const waiting: ((next: Next) => void)[] = []
  const ready: (Next | Error)[] = []
  const told = new EventEmitter()
  const put = (next: Next | Error) => void ready.push(next)
  return {
    put: (value: object, id?: string) => put({ done: false, value: id === undefined ? value : withEventMeta(value, { id }) }),
    end: () => put({ done: true, value: undefined }),
    fail: (error: Error) => put(error),
    returned: once(told, 'return'),
    next: (): Promise<Next> => {
      const first = ready.shift()
      if (first instanceof Error) return Promise.reject(first)
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve))
    },
    return: async (): Promise<Next> => {
      told.emit('return')
      for (const each of waiting.splice(0)) each({ done: true, value: undefined })
      return { done: true, value: undefined }
    },
  }
}

let events: ReturnType<typeof source>
let answered: Promise<ServerResponse>
let sent: Promise<void>
let keepAliveMs: number
let server: ReturnType<typeof createServer>
let socket: Socket
let heard: string
beforeEach(async () => {
  events = source()
  keepAliveMs = 60_000
  heard = ''
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  answered = promise
  server = createServer((_request, response) => {
    sent = sendEvents(response, { status: 200, headers: { 'x-more': 'yes' }, body: events }, keepAliveMs)
    resolve(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterEach(() => {
  socket.destroy()
  server.close()
})

async function ask() {
  socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n'))
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text))
  return answered
}

test('events with their ids, in order, to the end', async () => {
  events.put({ a: 1 }, '7')
  events.put({ b: 'two\nlines' })
  events.end()
  await ask()
  await once(socket, 'close')
  await sent
  expect(heard).toMatch(/^HTTP\/1.1 200 OK\r\nx-more: yes\r\ncontent-type: text\/event-stream\r\n/)
  const body = heard.replace(/\r\n[0-9a-f]+\r\n/g, '')
  expect(body).toContain(': \n\nevent: message\nid: 7\ndata: {"a":1}\n\nevent: message\ndata: {"b":"two\\nlines"}\n\n')
})

test('an idle stream is kept open by comments', async () => {
  keepAliveMs = 5
  await ask()
  await expect.poll(() => heard.split(': keep-alive\n\n').length).toBeGreaterThan(3)
})

test('an error that the caller may see is the last event; any other only cuts', async () => {
  events.put({ a: 1 })
  events.fail(new ErrorEvent({ data: { error: 'over' } }))
  await ask()
  await once(socket, 'close')
  expect(heard).toContain('event: error\ndata: {"error":"over"}\n\n')
  await sent
})

test('what the caller may not see is not said', async () => {
  events.fail(new Error('a path of ours'))
  const response = await ask()
  await once(socket, 'close')
  await sent
  expect(heard).not.toContain('path of ours')
  expect(response.destroyed).toBe(true)
})

test('a caller who goes away while nothing happens ends what feeds the stream, and leaves no listener', async () => {
  const response = await ask()
  await expect.poll(() => heard).toContain(': \n\n')
  socket.destroy()
  await events.returned
  await sent
  expect(response.listenerCount('drain')).toBe(0)
})

test('what feeds the stream waits for a reader that does not read, and goes on when it does', async () => {
  let given = 0
  const large = 'x'.repeat(100_000)
  const endless = { next: async (): Promise<Next> => ((given += 1), { done: false, value: { large } }), return: events.return }
  server.removeAllListeners('request')
  const { promise, resolve } = Promise.withResolvers<ServerResponse>()
  answered = promise
  server.on('request', (_request, response) => {
    sent = sendEvents(response, { status: 200, headers: {}, body: endless }, keepAliveMs)
    resolve(response)
  })
  const response = await ask()
  socket.pause()
  await expect.poll(() => response.listenerCount('drain')).toBe(1)
  const before = given
  socket.resume()
  await expect.poll(() => given).toBeGreaterThan(before)
  socket.destroy()
  await sent
  expect(response.listenerCount('drain')).toBe(0)
})

test('the memory of many streams is released once, when no more end', async () => {
  let released = 0
  const streams = streamsEnded(() => (released += 1), { many: 3, quiet_ms: 1 })
  streams.note()
  streams.note()
  streams.note()
  streams.note()
  await expect.poll(() => released).toBe(1)
  streams.note()
  streams.note()
  expect(released).toBe(1)
  streams.note()
  streams.close()
})
