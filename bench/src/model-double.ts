import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

// A model over HTTP that answers at once: OpenAI's chat completions, whole or streamed. A program of its own, given PORT.
//   /v1/...       first one call of the first tool, then, when its result came back, text
//   /d300/v1/...  the same, 300 ms later
//   /text/v1/...  text at once
//   /hook/...     an http ForgeHook that does the calculator's work

type ChatRequest = { messages: { role: string }[]; tools?: { function: { name: string } }[]; stream?: boolean }

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
const answer = 'The result is 2486.'
let calls = 0

const server = createServer((request, response) => {
  serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))

async function serve(request: IncomingMessage, response: ServerResponse) {
  const url = request.url ?? '/'
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (url === '/readyz') return response.end('ok')
  if (url.startsWith('/hook/')) return json(response, { result: 2486 })
  const wait = /^\/d(\d+)\//.exec(url)?.[1]
  if (wait) await delay(Number(wait))

  const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatRequest
  const tool = body.tools?.[0]?.function.name
  const wantsTool = tool && !url.startsWith('/text/') && body.messages.at(-1)?.role !== 'tool'
  const id = `call_${(calls += 1)}`
  const call = wantsTool ? { id, type: 'function', function: { name: tool, arguments: '{"expression":"1234.5 * 2 + 17"}' } } : undefined
  if (body.stream) stream(response, call)
  else {
    const message = { role: 'assistant', content: call ? null : answer, ...(call && { tool_calls: [call] }) }
    json(response, { ...head('chat.completion'), choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }], usage })
  }
}

function stream(response: ServerResponse, call: object | undefined) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (delta: object, finish_reason: string | null = null) =>
    response.write(`data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
  if (call) send({ role: 'assistant', tool_calls: [{ index: 0, ...call }] })
  else for (const word of answer.split(/(?<= )/)) send({ role: 'assistant', content: word })
  send({}, call ? 'tool_calls' : 'stop')
  response.end(`data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices: [], usage })}\n\ndata: [DONE]\n\n`)
}

function head(object: string) {
  return { id: `chatcmpl-${calls}`, object, created: 1_700_000_000, model: 'double' }
}

function json(response: ServerResponse, value: unknown) {
  const text = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
