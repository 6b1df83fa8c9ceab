import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { chat } from '@cadre/core/providers/test/openai-dialects'
import { startWire, type Wire } from '@cadre/core/providers/test/wire'
import { api, startCadre, temporaryFolder } from '../../scripts/lib/server-process.ts'

const keys = {
  OPENAI_API_KEY: 'k',
  ANTHROPIC_API_KEY: 'k',
  GOOGLE_GENERATIVE_AI_API_KEY: 'k',
  MISTRAL_API_KEY: 'k',
  AZURE_API_KEY: 'k',
  AZURE_RESOURCE_NAME: 'mine',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'i',
  AWS_SECRET_ACCESS_KEY: 's',
  OLLAMA_HOST: '127.0.0.1:9',
  LMSTUDIO_URL: 'http://127.0.0.1:9',
}
let double: Wire
beforeAll(async () => {
  double = await startWire(chat, () => ({ text: 'hello' }))
})
afterAll(() => double.close())

/** The real entry, in a process whose every connection is written down before it is made. */
async function watched(extra: NodeJS.ProcessEnv) {
  const folder = temporaryFolder('unasked')
  onTestFinished(() => folder.remove())
  const log = join(folder.path, 'connections')
  writeFileSync(log, '')
  const watch = join(import.meta.dirname, 'watch-connections.ts')
  const server = await startCadre(folder.path, {
    ...keys,
    NODE_ENV: 'development', // VoltAgent would look around then
    WATCHED_CONNECTIONS: log,
    NODE_OPTIONS: `--import=${watch}`,
    ...extra,
  })
  const ask = <T = Record<string, unknown>>(method: string, path: string, body?: object) => api<T>(server.url, method, path, body)
  const run = async (agent: object) => {
    const { slug } = await ask('POST', '/agents', { system_prompt: 'Help.', tools: ['calculator'], ...agent })
    return ask('POST', `/agents/${String(slug)}/run`, { input: 'What is 6 * 7?', wait: 60 })
  }
  return { ask, run, stop: () => server.stop(), connections: () => [...new Set(readFileSync(log, 'utf8').split('\n').filter(Boolean))] }
}

test('a server with keys of every provider serves, looks around and runs the planner without any connection', async () => {
  const cadre = await watched({})
  const providers = await cadre.ask<{ id: string; usable: boolean }[]>('GET', '/providers')
  expect(providers.filter(({ usable }) => usable).map(({ id }) => id)).toEqual(expect.arrayContaining(['openai', 'bedrock', 'azure', 'ollama']))
  for (const path of ['/model-aliases', '/plugins', '/prices', '/tools/search?q=sum']) await cadre.ask('GET', path)
  await cadre.ask('POST', '/providers', { id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9/v1', api_key: 'k' })
  expect(await cadre.run({ name: 'local', provider: 'builtin', model: 'planner' })).toMatchObject({ status: 'completed' })
  await cadre.stop()
  expect(cadre.connections()).toEqual([])
})

test('a run asks the provider that it was given, and nobody else', async () => {
  const cadre = await watched({ OPENAI_BASE_URL: `${double.url}/v1` })
  expect(await cadre.run({ name: 'remote', provider: 'openai', model: 'gpt-4o' })).toMatchObject({ status: 'completed', output_text: 'hello' })
  await cadre.stop()
  expect(cadre.connections()).toEqual([double.host])
})
