import { connect, type Socket } from 'node:net'
import { expect } from 'vitest'
import { openLog } from '../log.ts'
import { startServer, type ServerOptions } from '../server.ts'
import { coreDouble } from './core-double.ts'

export const noAuth = { required: false, public_url: null, default_role: null, jwt: null, oidc: null }

/** A server on a free port before the double of the core. */
export async function serve(
  { api_key = null, ...config }: Partial<ServerOptions['config']> & { api_key?: string | null } = {},
  others: Partial<ServerOptions> = {},
  prepare = (_double: ReturnType<typeof coreDouble>) => {},
) {
  const double = coreDouble(api_key)
  prepare(double)
  const server = await startServer({
    config: { host: '127.0.0.1', port: 0, auth: noAuth, allowed_hosts: [], body_limit: 100_000, ...config },
    core: double.core,
    log: openLog(process.env.CADRE_LOG_LEVEL ?? 'silent'),
    web: import.meta.dirname, // no pages, whether they were built or not
    ...others,
  })
  return { ...double, ...server }
}

export type RawAnswer = { status: number; headers: Record<string, string>; text: string; json: any; closed: boolean }

/** Sends bytes as they are and reads one answer, however the server frames it. */
export function raw(port: number, bytes: string | Buffer | (string | Buffer)[]): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const answer = parseAnswer(received, false)
      if (answer) {
        resolve(answer)
        socket.destroy()
      }
    })
    socket.on('end', () => {
      const answer = parseAnswer(received, true)
      if (answer) resolve({ ...answer, closed: true })
      else reject(new Error(`no answer, only ${JSON.stringify(received.toString('latin1').slice(0, 200))}`))
      socket.destroy()
    })
    socket.on('error', reject)
    for (const part of [bytes].flat()) socket.write(part)
  })
}

function parseAnswer(received: Buffer, ended: boolean): RawAnswer | null {
  const text = received.toString('latin1')
  const at = text.indexOf('\r\n\r\n')
  if (at < 0) return null
  const [first = '', ...lines] = text.slice(0, at).split('\r\n')
  const status = Number(first.split(' ')[1])
  if (status === 100) return parseAnswer(received.subarray(at + 4), ended)
  const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]))
  const body = received.subarray(at + 4)
  const length = headers['content-length']
  if (!ended && length !== undefined && body.length < Number(length)) return null
  if (!ended && length === undefined && !/^(204|304)$/.test(String(status)) && !body.toString().endsWith('0\r\n\r\n')) return null
  const content = body.toString()
  let json: unknown
  try {
    json = JSON.parse(content)
  } catch {
    json = undefined
  }
  return { status, headers, text: content, json, closed: false }
}

export type SseEvent = { id?: string; event?: string; data: any; comment?: string }

/** An open event stream: `next()` gives one event or comment at a time, null at its end. */
export async function openEvents(url: string, init: RequestInit = {}) {
  const abort = new AbortController()
  const response = await fetch(url, { ...init, signal: abort.signal })
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''
  async function next(): Promise<SseEvent | null> {
    for (;;) {
      const at = buffer.indexOf('\n\n')
      if (at >= 0) {
        const block = buffer.slice(0, at)
        buffer = buffer.slice(at + 2)
        return parseEvent(block)
      }
      const { done, value } = await reader.read()
      if (done) return null
      buffer += value
    }
  }
  /** Past the comments. */
  async function nextEvent() {
    for (;;) {
      const event = await next()
      if (event === null || event.comment === undefined) return event
    }
  }
  return { response, next, nextEvent, abort: () => abort.abort() }
}

function parseEvent(block: string): SseEvent {
  const event: SseEvent = { data: undefined }
  for (const line of block.split('\n')) {
    const [name = '', value = ''] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()]
    if (name === '') event.comment = value
    else if (name === 'data') event.data = JSON.parse(value)
    else if (name === 'id' || name === 'event') event[name] = value
  }
  return event
}

export function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

type Parts = { headers?: string[]; host?: string }

/** One request, byte for byte. A body gets its length and says JSON unless the headers say something else. */
export function ask(port: number, method: string, target: string, body?: string | Buffer | object, { headers = [], host = '127.0.0.1' }: Parts = {}) {
  const bytes =
    body === undefined ? Buffer.alloc(0) : Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const lines = [`${method} ${target} HTTP/1.1`, `Host: ${host}`, ...headers]
  const has = (name: string) => headers.some((line) => line.toLowerCase().startsWith(name))
  if (body !== undefined && !has('content-length') && !has('transfer-encoding')) lines.push(`Content-Length: ${bytes.length}`)
  if (body !== undefined && !has('content-type')) lines.push('Content-Type: application/json')
  return raw(port, [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), bytes])
}

export type Refusal = [what: string, answer: () => Promise<RawAnswer>, status: number, code: string, sentence: RegExp]

export function expectRefusal(answer: RawAnswer, [, , status, code, sentence]: Refusal) {
  const { json, text, headers } = answer
  expect(json, text).toMatchObject({
    success: false,
    code,
    error: expect.stringMatching(sentence),
    request_id: expect.stringMatching(/^req_/),
    issues: expect.any(Array),
  })
  expect(answer.status).toBe(status)
  if (code === 'INVALID') expect(json.issues[0].path).not.toBe('')
  expect(headers['content-type']).toMatch(/^application\/json/)
}
