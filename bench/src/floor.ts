import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, stepCountIs, tool } from 'ai'
import { systemPrompt } from './job.ts'

// What the same job costs without Cadre: a bare HTTP handler, plain `ai`, nothing stored. A program of its own, given PORT and DOUBLE_URL.
//   POST /<prefix>/run  with the model under /<prefix>/v1 of the double; `hook` as the prefix makes the tool a call over HTTP

const double = process.env.DOUBLE_URL ?? ''
const schema = jsonSchema<{ expression: string }>({ type: 'object', properties: { expression: { type: 'string' } }, required: ['expression'] })
const description = 'Evaluates an arithmetic expression'
const inProcess = { calculator__calculate: tool({ description, inputSchema: schema, execute: () => ({ result: 2486 }) }) }
const overHttp = { calculator__calculate: tool({ description, inputSchema: schema, execute: callHook }) }
const models = new Map<string, ReturnType<ReturnType<typeof createOpenAICompatible>>>()

const server = createServer((request, response) => {
  serve(request, response).catch((error: Error) => response.writeHead(500).end(error.message))
})
server.keepAliveTimeout = 60_000
server.listen(Number(process.env.PORT), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))

async function serve(request: IncomingMessage, response: ServerResponse) {
  if (request.url === '/readyz') return response.end('ok')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: string }
  const prefix = request.url?.replace(/\/?run$/, '') ?? ''
  const hook = prefix === '/hook'
  const result = await generateText({
    model: modelAt(hook ? '' : prefix),
    tools: hook ? overHttp : inProcess,
    stopWhen: stepCountIs(10),
    maxRetries: 0,
    system: systemPrompt,
    prompt: input,
  })
  const text = JSON.stringify({ status: 'completed', text: result.text, steps: result.steps.length, usage: result.totalUsage })
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}

function modelAt(prefix: string) {
  const model = models.get(prefix) ?? createOpenAICompatible({ name: 'double', baseURL: `${double}${prefix}/v1`, apiKey: 'none' })('double')
  models.set(prefix, model)
  return model
}

async function callHook(input: { expression: string }) {
  const response = await fetch(`${double}/hook/calculate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(input),
  })
  return response.json()
}
