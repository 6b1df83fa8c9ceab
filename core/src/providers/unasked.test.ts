import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { type Service, startService } from '../tools/test/http-service.ts'
import { listProviders } from './list-providers.ts'
import { openProviderHttp } from './provider-http.ts'
import { owner, providersBench } from './test/app.ts'
import { modelFrom } from './test/known.ts'
import { startWire } from './test/wire.ts'
import { wires } from './test/wires.ts'

const foreign = 'from-the-process'
let trap: Service
const http = openProviderHttp()
beforeAll(async () => {
  trap = await startService((_, response) => response.end())
  for (const name of ['OPENAI', 'ANTHROPIC', 'GOOGLE_GENERATIVE_AI', 'MISTRAL', 'AZURE']) {
    vi.stubEnv(`${name}_API_KEY`, foreign)
    vi.stubEnv(`${name}_BASE_URL`, trap.url)
  }
  for (const name of ['AWS_BEARER_TOKEN_BEDROCK', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AZURE_RESOURCE_NAME'])
    vi.stubEnv(name, foreign)
  for (const name of ['AWS_ENDPOINT_URL_BEDROCK_RUNTIME', 'AWS_ENDPOINT_URL', 'OLLAMA_HOST', 'OLLAMA_BASE_URL', 'LMSTUDIO_URL'])
    vi.stubEnv(name, trap.url)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await trap.close()
  await http.close()
})

test.each(wires)('$name takes nothing from the environment of the process', async ({ dialect, settings, path, model: name }) => {
  const wire = await startWire(dialect, () => ({ text: 'hello' }))
  const model = await modelFrom({ id: 'wire', ...settings, base_url: wire.url + path }, name, http)
  await model.doGenerate({ prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] })
  expect(wire.asked).toHaveLength(1)
  expect(JSON.stringify(wire.asked)).not.toContain(foreign)
  expect(trap.seen).toEqual([])
  await wire.close()
})

const bench = providersBench(databases[0]?.empty ?? (() => Promise.reject(new Error('there is no database'))))

test('to have providers, to list them and to look one up asks nobody', async () => {
  const names = ['OPENAI', 'ANTHROPIC', 'GOOGLE_GENERATIVE_AI', 'MISTRAL', 'AZURE']
  const env = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_API_KEY`, 'k'],
      [`${name}_BASE_URL`, trap.url],
    ]),
  )
  const app = bench.app({
    env: { ...env, AWS_BEARER_TOKEN_BEDROCK: 'k', AWS_ENDPOINT_URL_BEDROCK_RUNTIME: trap.url, OLLAMA_HOST: trap.url, LMSTUDIO_URL: trap.url },
  })
  const { items } = await listProviders(app, owner)
  expect(items.every(({ usable }) => usable)).toBe(true)
  for (const { id, type } of items)
    if (type !== 'ollama' && type !== 'lmstudio' && type !== 'builtin') await app.providers.resolveModel('default', id, 'm')
  expect(trap.seen).toEqual([])
})
