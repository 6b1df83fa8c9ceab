import type { CreateProvider } from '@cadre/contract/providers'
import { generateText } from 'ai'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startService } from '../tools/test/http-service.ts'
import { explainModelError } from './explain-error.ts'
import { openProviderHttp } from './provider-http.ts'
import { modelFrom } from './test/known.ts'
import { startWire } from './test/wire.ts'
import { frame } from './test/bedrock-dialect.ts'
import { wires } from './test/wires.ts'

const key = 'kX9-very-secret-key'
const http = openProviderHttp()
const services: { close: () => Promise<void> }[] = []
afterEach(() => Promise.all(services.splice(0).map((service) => service.close())))
afterAll(() => http.close())

type Answer = { status: number; body?: string; headers?: Record<string, string>; hang_up?: boolean }
async function serve({ status, body = '', headers = {}, hang_up = false }: Answer) {
  const service = await startService((_, response) => {
    if (hang_up) response.destroy()
    else response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  })
  services.push(service)
  return service
}

/** What a run would be told, by the road that every model call takes. */
async function explain(base_url: string, type: CreateProvider['type'] = 'custom', name = 'm') {
  const own = type === 'bedrock' ? { region: 'eu-central-1' } : {}
  const model = await modelFrom({ id: 'lab', type, base_url, api_key: key, ...own }, name, http)
  try {
    await generateText({ model, prompt: 'hi', maxRetries: 0 })
  } catch (error) {
    const explained = explainModelError(error, 'lab')
    expect(explained.message).not.toContain(key)
    return explained
  }
  throw new Error('the call was answered')
}
const error = (message: string, more: object = {}) => JSON.stringify({ error: { message, ...more } })

describe.each(['custom', 'openai', 'anthropic'] as const)('%s', (type) => {
  test.each([
    [{ status: 401, body: error(`Incorrect API key provided: ${key}`) }, 'MODEL_KEY_REFUSED', 'lab refused the API key; check it', false],
    [{ status: 404, body: error('no model m') }, 'MODEL_NOT_FOUND', 'lab does not know this model or address', false],
    [{ status: 429, body: error('slow down') }, 'MODEL_RATE_LIMITED', 'it said: slow down', true],
    [{ status: 500, body: error(`key ${key} broke us`) }, 'MODEL_UNAVAILABLE', 'lab failed with status 500', true],
    [{ status: 529, body: '<html>' }, 'MODEL_UNAVAILABLE', 'lab failed with status 529', true],
    [{ status: 400, body: error('too long') }, 'MODEL_REFUSED', 'lab refused the request with status 400 (it said: too long)', false],
    [{ status: 400, body: error('no', { code: 'content_filter' }) }, 'CONTENT_FILTERED', "lab's content filter refused the request", false],
    [{ status: 302, headers: { location: 'http://elsewhere.test/' } }, 'MODEL_REFUSED', 'a redirect to http://elsewhere.test/', false],
    [{ status: 200, body: 'not json' }, 'MODEL_BAD_ANSWER', "something that is not a model's answer", true],
    [{ status: 200, body: '{"choices":"none"}' }, 'MODEL_BAD_ANSWER', "something that is not a model's answer", true],
    [{ status: 0, hang_up: true }, 'MODEL_UNREACHABLE', 'lab cannot be reached', true],
  ])('%j', async (answer, code, message, retryable) => {
    const service = await serve(answer)
    expect(await explain(service.url, type)).toMatchObject({ code, message: expect.stringContaining(message), retryable })
    expect(service.seen).toHaveLength(1)
  })
})

test('a server that is not there', async () => {
  const service = await serve({ status: 200 })
  await service.close()
  const message = `lab was refused at ${service.host}: is the server running?`
  expect(await explain(service.url)).toEqual({ code: 'MODEL_UNREACHABLE', message, retryable: true, retry_after_ms: undefined })
})

test('Retry-After is read as seconds and as a date', async () => {
  const busy = (after: string) => serve({ status: 429, headers: { 'retry-after': after } })
  expect((await explain((await busy('3')).url)).retry_after_ms).toBe(3000)
  const inAMinute = (await explain((await busy(new Date(Date.now() + 60_000).toUTCString())).url)).retry_after_ms
  expect(inAMinute).toBeGreaterThan(30_000)
  expect(inAMinute).toBeLessThanOrEqual(60_000)
  expect((await explain((await busy('soon')).url)).retry_after_ms).toBeUndefined()
})

test('Retry-After in the words of others', async () => {
  expect((await explain((await serve({ status: 429, headers: { 'retry-after-ms': '250' } })).url)).retry_after_ms).toBe(250)
  const body = JSON.stringify({ error: { code: 429, message: 'Quota', details: [{ '@type': 'x/google.rpc.RetryInfo', retryDelay: '36s' }] } })
  expect((await explain((await serve({ status: 429, body })).url, 'google')).retry_after_ms).toBe(36_000)
})

// The bodies are what these services document, or what their issue trackers quote.
describe('what services say, and what to do', () => {
  test.each<[CreateProvider['type'], number, string, string, string]>([
    ['ollama', 404, '{"error":"model \'qwen3\' not found"}', 'MODEL_NOT_FOUND', "lab does not have the model 'm': `ollama pull m` gets it"],
    ['ollama', 404, '{"error":"model \\"m\\" not found, try pulling it first"}', 'MODEL_NOT_FOUND', '`ollama pull m`'],
    ['ollama', 400, '{"error":"registry.ollama.ai/library/gemma:2b does not support tools"}', 'MODEL_REFUSED', "says that 'm' cannot use tools"],
    [
      'ollama',
      500,
      '{"error":"model requires more system memory (5.6 GiB) than is available (3.3 GiB)"}',
      'MODEL_REFUSED',
      "has too little memory for 'm'",
    ],
    [
      'ollama',
      400,
      '{"error":"the prompt is longer than the context length currently available to the model; shorten the prompt"}',
      'CONTEXT_TOO_LONG',
      'has too small a context for this prompt: shorten it',
    ],
    [
      'lmstudio',
      404,
      '{"error":{"message":"No models loaded. Please load a model in the developer page or use the `lms load` command.","type":"invalid_request_error","param":"model","code":"model_not_found"}}',
      'MODEL_NOT_FOUND',
      "load it in LM Studio's Developer tab",
    ],
    [
      'lmstudio',
      400,
      '{"error":"Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens"}',
      'CONTEXT_TOO_LONG',
      'too small a context',
    ],
    ['custom', 503, '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}', 'MODEL_UNAVAILABLE', 'is still loading its model'],
    [
      'custom',
      400,
      '{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}',
      'CONTEXT_TOO_LONG',
      'too small a context',
    ],
    [
      'azure',
      404,
      '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}',
      'MODEL_NOT_FOUND',
      "has no deployment 'm'; name the deployment, not the model",
    ],
    ['azure', 404, '{"error":{"code":"404","message":"Resource not found"}}', 'MODEL_NOT_FOUND', 'check resource_name, base_url and api_version'],
    [
      'azure',
      401,
      '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription."}}',
      'MODEL_KEY_REFUSED',
      'a key of this very resource',
    ],
    [
      'azure',
      400,
      '{"error":{"code":"content_filter","message":"The response was filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
      'CONTENT_FILTERED',
      'content filter',
    ],
    [
      'bedrock',
      403,
      '{"message":"You don\'t have access to the model with the specified model ID."}',
      'MODEL_KEY_REFUSED',
      "has no access to 'm'; ask for it under Model access",
    ],
    [
      'bedrock',
      400,
      '{"message":"Invocation of model ID m with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile that contains this model."}',
      'MODEL_NOT_FOUND',
      'as in eu.m or us.m',
    ],
    ['bedrock', 400, '{"message":"The provided model identifier is invalid."}', 'MODEL_NOT_FOUND', "does not know the model 'm' in this region"],
    ['bedrock', 403, '{"message":"The security token included in the request is invalid."}', 'MODEL_KEY_REFUSED', 'refused the AWS credentials'],
    ['bedrock', 400, '{"message":"Input is too long for requested model."}', 'CONTEXT_TOO_LONG', 'too small a context'],
    [
      'google',
      400,
      '{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}',
      'MODEL_KEY_REFUSED',
      'https://aistudio.google.com/apikey',
    ],
    [
      'google',
      400,
      '{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}',
      'CONTEXT_TOO_LONG',
      '(1200000 tokens of 1048576)',
    ],
    [
      'google',
      400,
      '{"error":{"code":400,"message":"User location is not supported for the API use.","status":"FAILED_PRECONDITION"}}',
      'MODEL_REFUSED',
      'does not serve the place',
    ],
    [
      'mistral',
      422,
      '{"object":"error","message":{"detail":[{"type":"missing","loc":["body","tools",0,"function","name"],"msg":"Field required"}]},"type":"invalid_request_error"}',
      'MODEL_REFUSED',
      'it said: body.tools.0.function.name: Field required',
    ],
    [
      'mistral',
      400,
      '{"object":"error","message":"Invalid model: m","type":"invalid_model","param":null,"code":"1500"}',
      'MODEL_NOT_FOUND',
      "does not know the model 'm'",
    ],
    [
      'mistral',
      400,
      '{"object":"error","message":"Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt"}',
      'CONTEXT_TOO_LONG',
      '(40000 tokens of 32768)',
    ],
    ['mistral', 401, '{"detail":"Unauthorized"}', 'MODEL_KEY_REFUSED', 'lab refused the API key; check it'],
    [
      'anthropic',
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 204000 tokens > 200000 maximum"}}',
      'CONTEXT_TOO_LONG',
      '(204000 tokens of 200000)',
    ],
    ['anthropic', 404, '{"type":"error","error":{"type":"not_found_error","message":"model: m"}}', 'MODEL_NOT_FOUND', "check the name 'm'"],
    [
      'anthropic',
      400,
      '{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the Anthropic API."}}',
      'MODEL_QUOTA_EXCEEDED',
      'no credit left',
    ],
    [
      'openai',
      429,
      '{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}',
      'MODEL_QUOTA_EXCEEDED',
      'look at its billing page',
    ],
    [
      'openai',
      400,
      '{"error":{"message":"This model\'s maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}',
      'CONTEXT_TOO_LONG',
      'too small a context',
    ],
  ])('%s %i %s', async (type, status, body, code, message) => {
    const service = await serve({ status, body })
    const told = await explain(service.url, type)
    expect(told).toMatchObject({ code, message: expect.stringContaining(message), retryable: code === 'MODEL_UNAVAILABLE' })
  })

  test.each([
    ['ollama', 'is Ollama running?'],
    ['lmstudio', "is LM Studio's server running?"],
    ['openai', 'is the server running?'],
  ] as const)('nobody answers: %s', async (type, advice) => {
    const service = await serve({ status: 200 })
    await service.close()
    expect((await explain(service.url, type)).message).toContain(`lab was refused at ${service.host}: ${advice}`)
  })
})

test.each([
  ['anthropic', 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n', 'MODEL_UNAVAILABLE'],
  ['openai', 'data: {"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}\n\n', 'MODEL_UNAVAILABLE'],
  [
    'openai responses',
    'data: {"type":"error","sequence_number":1,"error":{"type":"invalid_request_error","code":"context_length_exceeded","message":"Your input exceeds the context window of this model.","param":"input"}}\n\n',
    'CONTEXT_TOO_LONG',
  ],
  ['bedrock', frame('throttlingException', { message: 'Too many requests' }, 'exception'), 'MODEL_UNAVAILABLE'],
  ['ollama', '{"error":"an error was encountered while running the model: unexpected EOF"}\n', 'MODEL_UNAVAILABLE'],
] as const)('an error in the middle of a stream: %s', async (name, said, code) => {
  const found = wires.find((each) => each.name === name)
  if (!found) throw new Error(`there is no wire ${name}`)
  const { dialect, settings, path, model: named } = found
  // At once, and after some text: the SDK has two roads for that.
  for (const before of [0, 3]) {
    const pieces: typeof dialect.pieces = (answer, asked) => [...dialect.pieces(answer, asked).slice(0, before), said]
    const wire = await startWire({ ...dialect, pieces }, () => ({ text: 'one two three four' }))
    services.push(wire)
    const model = await modelFrom({ id: 'lab', ...settings, base_url: wire.url + path }, named, http)
    const error = await firstError(model)
    expect(explainModelError(error, 'lab')).toMatchObject({ code, retryable: code === 'MODEL_UNAVAILABLE' })
  }
})

async function firstError(model: Awaited<ReturnType<typeof modelFrom>>) {
  try {
    const { stream } = await model.doStream({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] })
    for await (const part of stream) if (part.type === 'error') return part.error
  } catch (error) {
    return error
  }
  throw new Error('there was no error')
}
