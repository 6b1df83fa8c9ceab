import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

// A model over HTTP that answers at once: OpenAI's chat completions, whole or streamed. A program of its own, given PORT.
//   /v1/...       first one call of the first tool, then, when its result came back, text
//   /d300/v1/...  the same, 300 ms later
//   /text/v1/...  text at once
//   /s2000/v1/... text in 20 pieces over 2,000 ms, where it is asked for a stream
//   /hook/...     an http ForgeHook that does the calculator's work

type ChatRequest = { messages: { role: string }[]; tools?: { function: { name: string } }[]; stream?: boolean }

const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
const answer = 'The result is 2486.'
const pieces = 20
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
  const lasts = /^\/s(\d+)\//.exec(url)?.[1]
  if (body.stream && lasts) await streamSlowly(response, Number(lasts))
  else if (body.stream) stream(response, call)
  else {
    const message = { role: 'assistant', content: call ? null : answer, ...(call && { tool_calls: [call] }) }
    json(response, { ...head('chat.completion'), choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }], usage })
  }
}

function stream(response: ServerResponse, call: object | undefined) {
  const { send, end } = openStream(response)
  if (call) send({ role: 'assistant', tool_calls: [{ index: 0, ...call }] })
  else for (const word of answer.split(/(?<= )/)) send({ role: 'assistant', content: word })
  end(call ? 'tool_calls' : 'stop')
}

/** Each piece at its time since the call came, so that a timer that was late does not make the answer longer. */
async function streamSlowly(response: ServerResponse, lasts: number) {
  const began = performance.now()
  const { send, end } = openStream(response)
  for (let piece = 1; piece <= pieces; piece++) {
    await delay(Math.max(0, began + (lasts * piece) / pieces - performance.now()))
    send({ role: 'assistant', content: `word ${piece} ` })
  }
  end('stop')
}

function openStream(response: ServerResponse) {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const write = (chunk: object) => response.write(`data: ${JSON.stringify({ ...head('chat.completion.chunk'), ...chunk })}\n\n`)
  const send = (delta: object, finish_reason: string | null = null) => write({ choices: [{ index: 0, delta, finish_reason }] })
  return {
    send,
    end(reason: string) {
      send({}, reason)
      write({ choices: [], usage })
      response.end('data: [DONE]\n\n')
    },
  }
}

function head(object: string) {
  return { id: `chatcmpl-${calls}`, object, created: 1_700_000_000, model: 'double' }
}

function json(response: ServerResponse, value: unknown) {
  const text = JSON.stringify(value)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
