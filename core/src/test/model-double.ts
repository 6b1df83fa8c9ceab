import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ChatMessage = {
  role: string
  content?: unknown
  tool_calls?: { id: string; function: { name: string; arguments: string } }[]
  tool_call_id?: string
}
export type ChatRequest = {
  model: string
  messages: ChatMessage[]
  tools?: { function: { name: string } }[]
  stream?: boolean
  temperature?: number
  max_tokens?: number
}
/** What the double answers: text, tool calls (arguments as an object, or as raw text to misbehave), or a broken answer. */
export type Reply = {
  text?: string
  reasoning?: string
  calls?: { tool: string; input: unknown; id?: string }[]
  status?: number
  headers?: Record<string, string>
  body?: string
  delay_ms?: number
  /** Cut the connection after this many stream chunks. */
  cut_after?: number
  /** Send no more after this many stream chunks, and leave the connection open. */
  hang_after?: number
  finish?: string
  usage?: { prompt_tokens: number; completion_tokens: number; prompt_tokens_details?: { cached_tokens: number } }
  /** Said word for word in place of `usage`; where it is undefined, nothing is said. */
  usage_raw?: unknown
}
export type Script = (request: ChatRequest, count: number) => Reply | Promise<Reply>

export type ModelDouble = { url: string; requests: ChatRequest[]; close: () => Promise<void> }

/** An OpenAI-compatible server on loopback whose answers follow a script: a wire double, so that everything of ours is real. */
export async function startModelDouble(script: Script): Promise<ModelDouble> {
  const requests: ChatRequest[] = []
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return json(response, 200, { object: 'list', data: [{ id: 'double', object: 'model' }] })
    const chat = JSON.parse(await bodyOf(request)) as ChatRequest
    requests.push(chat)
    const reply = await script(chat, requests.length)
    if (reply.delay_ms) await new Promise((resolve) => setTimeout(resolve, reply.delay_ms))
    if (reply.body !== undefined || (reply.status ?? 200) >= 400) {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      response.end(reply.body ?? JSON.stringify({ error: { message: `scripted ${reply.status}` } }))
    } else if (chat.stream) stream(response, chat, reply)
    else json(response, 200, completion(chat, reply))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, requests, close }
}

/** How many tool results the model has seen since the last user message: where a scripted conversation stands. */
export function resultsSoFar(request: ChatRequest): ChatMessage[] {
  const last = request.messages.findLastIndex((message) => message.role === 'user')
  return request.messages.slice(last + 1).filter((message) => message.role === 'tool')
}

function completion(chat: ChatRequest, reply: Reply) {
  const message = {
    role: 'assistant',
    content: reply.text ?? null,
    ...(reply.reasoning ? { reasoning_content: reply.reasoning } : {}),
    ...(reply.calls ? { tool_calls: callsOf(reply) } : {}),
  }
  return {
    id: 'chatcmpl-double',
    object: 'chat.completion',
    created: 0,
    model: chat.model,
    choices: [{ index: 0, message, finish_reason: finishOf(reply) }],
    usage: usageOf(reply),
  }
}

function stream(response: ServerResponse, chat: ChatRequest, reply: Reply) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const chunk = (delta: object, finish: string | null = null) => ({
    id: 'chatcmpl-double',
    object: 'chat.completion.chunk',
    created: 0,
    model: chat.model,
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  const words = (reply.text ?? '').match(/\S+\s*/g) ?? []
  const chunks: object[] = [
    chunk({ role: 'assistant', content: '' }),
    ...(reply.reasoning ? [chunk({ reasoning_content: reply.reasoning })] : []),
    ...words.map((word) => chunk({ content: word })),
    ...callsOf(reply).map((call, index) => chunk({ tool_calls: [{ index, ...call }] })),
    chunk({}, finishOf(reply)),
    { ...chunk({}), choices: [], usage: usageOf(reply) },
  ]
  for (const [at, each] of chunks.entries()) {
    if (at === reply.cut_after) return void response.destroy()
    if (at === reply.hang_after) return
    response.write(`data: ${JSON.stringify(each)}\n\n`)
  }
  response.end('data: [DONE]\n\n')
}

function callsOf(reply: Reply) {
  return (reply.calls ?? []).map((call, i) => ({
    id: call.id ?? `call_${i}`,
    type: 'function',
    function: { name: call.tool, arguments: typeof call.input === 'string' ? call.input : JSON.stringify(call.input) },
  }))
}

function finishOf(reply: Reply) {
  return reply.finish ?? (reply.calls?.length ? 'tool_calls' : 'stop')
}

function usageOf(reply: Reply) {
  if ('usage_raw' in reply) return reply.usage_raw
  const { prompt_tokens, completion_tokens, ...details } = reply.usage ?? { prompt_tokens: 10, completion_tokens: 5 }
  return { prompt_tokens, completion_tokens, ...details, total_tokens: prompt_tokens + completion_tokens }
}

async function bodyOf(request: IncomingMessage) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function json(response: ServerResponse, status: number, body: unknown) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
