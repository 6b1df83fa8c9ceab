import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a model was asked, whatever the wire. */
export type Asked = {
  url: string
  headers: IncomingMessage['headers']
  body: Record<string, unknown>
  stream: boolean
  /** Names of the offered tools. */
  tools: string[]
  /** How many tool results came with the prompt. */
  results: number
  /** Whether JSON was asked for, by whatever field the wire has for it. */
  json: boolean
}

/** What the double answers. `input` of a call is an object, or raw text to misbehave where the wire has room for text. */
export type Answer = {
  text?: string
  calls?: { tool: string; input: unknown }[]
  finish?: 'stop' | 'length'
  /** In place of an answer. */
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Ends the connection: before the answer, in its middle, or in its middle as if it were over. */
  reset?: 'before' | 'middle' | 'politely'
  /** Accepts the request and says nothing, or one piece of a stream and then nothing. */
  hang?: 'before' | 'middle'
}
export type Script = (asked: Asked, count: number) => Answer

/** One wire protocol: how to read a request and how to write an answer, whole or in pieces. */
export type Dialect = {
  contentType: string
  read: (body: Record<string, unknown>, url: string) => Pick<Asked, 'stream' | 'tools' | 'results' | 'json'>
  whole: (answer: Answer, asked: Asked) => unknown
  /** The first piece has text or the beginning of a call; the last says that it is over. */
  pieces: (answer: Answer, asked: Asked) => (string | Uint8Array)[]
  error: (status: number, message: string) => unknown
  /** It reads requests for embeddings; others know no such address. */
  embeds?: true
  /** GET and what is no model call (a list of models, Ollama's /api/show). */
  other?: (url: string, body: Record<string, unknown>) => unknown
}

export type Wire = { url: string; host: string; asked: Asked[]; others: string[]; held: () => Promise<void>; close: () => Promise<void> }

const forEmbeddings = /(\/embeddings(\?.*)?|:(batchE|e)mbedContents?|\/invoke|\/api\/embed)$/

/** A model server on loopback that speaks one dialect and follows a script. */
export async function startWire(dialect: Dialect, script: Script): Promise<Wire> {
  const asked: Asked[] = []
  const others: string[] = []
  let hanging = Promise.withResolvers<void>()
  const server = createServer(async (request, response) => {
    const url = request.url ?? ''
    const body = JSON.parse((await textOf(request)) || '{}') as Record<string, unknown>
    const other = dialect.other?.(url, body)
    if (request.method === 'GET' || other !== undefined) {
      others.push(url)
      return json(response, other === undefined ? 404 : 200, other ?? dialect.error(404, 'nothing here'))
    }
    if (!dialect.embeds && forEmbeddings.test(url)) return json(response, 404, dialect.error(404, 'nothing here'))
    const one: Asked = { url, headers: request.headers, body, ...dialect.read(body, url) }
    asked.push(one)
    const answer = script(one, asked.length)
    if (answer.reset === 'before') return response.destroy()
    if (answer.hang === 'before') return hanging.resolve()
    if (answer.status !== undefined || answer.body !== undefined) {
      const said = answer.body ?? JSON.stringify(dialect.error(answer.status ?? 500, `scripted ${answer.status}`))
      return response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(said)
    }
    if (!one.stream) {
      const text = JSON.stringify(dialect.whole(answer, one))
      if (answer.reset !== 'middle') return response.writeHead(200, { 'content-type': 'application/json' }).end(text)
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      return response.write(text.slice(0, text.length / 2), () => response.destroy())
    }
    response.writeHead(200, { 'content-type': dialect.contentType })
    const pieces = dialect.pieces(answer, one)
    const early = answer.reset !== undefined || answer.hang !== undefined
    for (const piece of early ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces) await written(response, piece)
    if (answer.hang) return hanging.resolve()
    if (answer.reset === 'middle') return response.destroy()
    return response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: `http://${host}`,
    host,
    asked,
    others,
    /** Settles when a scripted hang has begun. */
    held: async () => {
      await hanging.promise
      hanging = Promise.withResolvers()
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** Server-sent events. */
export function sse(data: unknown, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`
}

/** Text in the pieces in which a model gives it. */
export function words(text = ''): string[] {
  return text.match(/\S+\s*/g) ?? []
}

export function rawInput(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input)
}

export const usage = { input: 10, output: 5 }

function written(response: ServerResponse, piece: string | Uint8Array) {
  return new Promise<void>((resolve) => response.write(piece, () => resolve()))
}

async function textOf(request: IncomingMessage) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
