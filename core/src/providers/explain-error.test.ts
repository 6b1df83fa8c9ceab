import { generateText } from 'ai'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { type Service, startService } from '../tools/test/http-service.ts'
import { explainModelError } from './explain-error.ts'
import { makeModel } from './make-model.ts'
import { openProviderHttp } from './provider-http.ts'

const key = 'kX9-very-secret-key'
const http = openProviderHttp()
const services: Service[] = []
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
async function explain(base_url: string, type: 'custom' | 'openai' | 'anthropic' = 'custom') {
  const known = { id: 'lab', type, base_url, api_key: key, default_model: null, source: 'api', key_from: 'stored', problem: null } as const
  const model = await makeModel(known, 'm', http.fetchFor(key))
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
    [{ status: 200, body: 'not json' }, 'MODEL_BAD_ANSWER', "something that is not a model's answer", false],
    [{ status: 200, body: '{"choices":"none"}' }, 'MODEL_BAD_ANSWER', "something that is not a model's answer", false],
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
