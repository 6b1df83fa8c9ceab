import type { ModelCard } from '@cadre/contract/providers'
import { describe, expect, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { provider } from '../test/samples.ts'
import { startWire } from '../test/wire.ts'

const card: ModelCard = {
  chat: true,
  streaming: true,
  tools: false,
  vision: null,
  embeddings: false,
  structured_output: true,
  context_size: 8192,
  source: 'measured',
  measured_at: '2024-03-05T10:15:00.000Z',
  latency_ms: 12,
  first_token_ms: 4,
}

test('providers list, add and remove', async () => {
  const off = provider({ id: 'openai', type: 'openai', usable: false, default_model: null, reason: 'there is no key; set OPENAI_API_KEY' })
  const wire = await startWire({
    'providers.list': () => ({ items: [provider(), off], next_cursor: null }),
    'providers.add': () => provider({ id: 'work', type: 'openai', api_key: 'stored', source: 'api' }),
    'providers.remove': () => ({ id: 'work', deleted: true }),
  })
  const listed = await cadre(['providers', 'list'], { url: wire.url })
  expect(listed.stdout).toBe(
    ['ID       TYPE     USABLE  KEY   MODEL    ADDRESS', 'builtin  builtin  yes     none  planner', 'openai   openai   no      none', ''].join('\n'),
  )
  expect(listed.stderr).toBe('openai is not usable: there is no key; set OPENAI_API_KEY\n')
  const added = await cadre(['providers', 'add', 'work', '--type', 'openai', '--model', 'gpt-4o', '--key-env', 'WORK_KEY'], {
    url: wire.url,
    env: { WORK_KEY: 'sk-1' },
  })
  expect(added).toEqual({ code: 0, stdout: 'work\n', stderr: 'Added. Try it: cadre providers test work\n' })
  expect(wire.inputOf('providers.add')).toEqual({ id: 'work', type: 'openai', default_model: 'gpt-4o', api_key: 'sk-1' })
  await cadre(['providers', 'add', 'work', '--key-file', '-', '--base-url', 'http://127.0.0.1:1/v1'], { url: wire.url, stdin: 'sk-2\n' })
  expect(wire.inputOf('providers.add')).toEqual({ id: 'work', type: 'custom', base_url: 'http://127.0.0.1:1/v1', api_key: 'sk-2' })
  expect((await cadre(['providers', 'remove', 'work'], { url: wire.url })).stdout).toBe('work\n')
})

describe('providers add', () => {
  test.each<[string[], NodeJS.ProcessEnv, object]>([
    [
      ['--type', 'azure', '--resource-name', 'ours', '--api', 'responses', '--api-version', 'v1', '--key-env', 'K'],
      { K: 'k' },
      { type: 'azure', resource_name: 'ours', api: 'responses', api_version: 'v1', api_key: 'k' },
    ],
    [
      ['--type', 'bedrock', '--region', 'eu-central-1', '--aws-env'],
      { AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' },
      { type: 'bedrock', region: 'eu-central-1', access_key_id: 'i', secret_access_key: 's', session_token: 't' },
    ],
    [
      ['--type', 'gguf', '--path', '/models', '--threads', '4', '--memory-mb', '8000', '--gpu'],
      {},
      { type: 'gguf', path: '/models', threads: 4, memory_mb: 8000, gpu: true },
    ],
    [['--type', 'ollama', '--context-size', '65536', '--concurrent', '2'], {}, { type: 'ollama', context_size: 65_536, concurrent: 2 }],
    [
      ['--type', 'google', '--requests-per-minute', '60', '--tokens-per-minute', '1000000', '--max-waiting', '9', '--key-env', 'K'],
      { K: 'k' },
      { type: 'google', requests_per_minute: 60, tokens_per_minute: 1_000_000, max_waiting: 9, api_key: 'k' },
    ],
  ])('%j', async (args, env, expected) => {
    const wire = await startWire({ 'providers.add': () => provider({ id: 'work', source: 'api' }) })
    const { code, stderr } = await cadre(['providers', 'add', 'work', ...args], { url: wire.url, env })
    expect([code, stderr]).toEqual([0, 'Added. Try it: cadre providers test work\n'])
    expect(wire.inputOf('providers.add')).toEqual({ id: 'work', ...expected })
  })
  test('what is missing for AWS is named', async () => {
    const { code, stderr } = await cadre(['providers', 'add', 'x', '--type', 'bedrock', '--aws-env'], {
      env: { AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: '' },
    })
    expect([code, stderr]).toEqual([2, 'cadre: --aws-env: AWS_SECRET_ACCESS_KEY is not set\n'])
  })
})

test('providers test shows what was measured; exit code 1 when there is no answer', async () => {
  const none = { ok: false, model: null, latency_ms: null, first_token_ms: null, text: null, error: 'the key is not valid', card: null, notes: [] }
  const notes = [{ capability: 'tools', message: 'it was told to call a tool and did not' }]
  const wire = await startWire({
    'providers.test': ({ input }) =>
      input.id === 'lab' ? { ok: true, model: 'qwen3', latency_ms: 12, first_token_ms: 4, text: 'Hello.', error: null, card, notes } : none,
  })
  expect(await cadre(['providers', 'test', 'lab'], { url: wire.url })).toEqual({
    code: 0,
    stdout: [
      'CAN                         NOTE',
      'chat               yes',
      'streaming          yes      first piece after 4 ms',
      'tools              no       it was told to call a tool and did not',
      'vision             unknown',
      'embeddings         no',
      'structured output  yes',
      'context            8192     tokens',
      '',
    ].join('\n'),
    stderr: 'lab/qwen3 answered in 12 ms: Hello.\n',
  })
  expect(await cadre(['providers', 'test', 'openai', '--model', 'x'], { url: wire.url })).toEqual({
    code: 1,
    stdout: '',
    stderr: 'openai gave no answer: the key is not valid\n',
  })
  expect(wire.inputOf('providers.test')).toEqual({ id: 'openai', model: 'x' })
  expect(JSON.parse((await cadre(['providers', 'test', 'openai', '--json'], { url: wire.url })).stdout)).toMatchObject({ ok: false })
})

test('providers models names those that did not answer; exit code 1 when none did', async () => {
  const models = [
    { provider: 'lab', type: 'ollama', model: 'qwen3:8b', is_default: true, aliases: ['small'], card },
    {
      provider: 'lab',
      type: 'ollama',
      model: 'nomic',
      is_default: false,
      aliases: [],
      card: { ...card, chat: false, context_size: null, source: 'reported' },
    },
  ]
  const problems = [{ provider: 'gone', error: 'gone was refused at 127.0.0.1:9: is the server running?' }]
  const wire = await startWire({
    'providers.models': ({ input }) => ({ items: input.provider === 'gone' ? [] : models, problems, next_cursor: null }),
  })
  expect(await cadre(['providers', 'models'], { url: wire.url })).toEqual({
    code: 0,
    stdout: [
      'PROVIDER  MODEL            ALIASES  CONTEXT  CAN                                 FROM',
      'lab       qwen3:8b (auto)  small       8192  chat, streaming, structured output  test',
      'lab       nomic                              streaming, structured output        server',
      '',
    ].join('\n'),
    stderr: 'gone did not tell its models: gone was refused at 127.0.0.1:9: is the server running?\n',
  })
  expect((await cadre(['providers', 'models', 'gone'], { url: wire.url })).code).toBe(1)
  expect(wire.inputOf('providers.models')).toEqual({ provider: 'gone' })
})

test('providers detect says how to add what was found', async () => {
  const place = { type: 'ollama', server: 'ollama', base_url: 'http://127.0.0.1:11434', found: true, provider: null, error: null }
  const items = [
    { ...place, models: [{ id: 'qwen3', card }] },
    { ...place, type: 'lmstudio', server: null, base_url: 'http://127.0.0.1:1234', found: false, models: [], error: 'is it running?' },
    { ...place, type: 'custom', server: 'llama.cpp', base_url: 'http://127.0.0.1:8080/v1', provider: 'mine', models: [] },
  ]
  const wire = await startWire({ 'providers.detect': () => ({ items }) })
  expect(await cadre(['providers', 'detect'], { url: wire.url })).toEqual({
    code: 0,
    stdout: [
      'TYPE       ADDRESS                   FOUND  PROVIDER  MODELS',
      'ollama     http://127.0.0.1:11434    yes              qwen3',
      'lmstudio   http://127.0.0.1:1234     no               is it running?',
      'llama.cpp  http://127.0.0.1:8080/v1  yes    mine      it has none',
      '',
    ].join('\n'),
    stderr: 'Add it: cadre providers add ollama --type ollama --base-url http://127.0.0.1:11434\n',
  })
})

test('providers aliases, set and remove', async () => {
  const fast = { alias: 'fast', model: 'gpt-4o-mini', provider_type: 'openai', source: 'api', updated_at: '2024-03-05T10:15:00.000Z' }
  const builtin = { alias: 'good', model: 'fast', provider_type: null, source: 'builtin', updated_at: null }
  const wire = await startWire({
    'providers.aliases': () => ({ items: [fast, builtin], next_cursor: null }),
    'providers.setAlias': () => fast,
    'providers.removeAlias': () => ({ alias: 'fast', deleted: true }),
  })
  expect(await cadre(['providers', 'aliases'], { url: wire.url })).toEqual({
    code: 0,
    stdout: 'ALIAS  MODEL        TYPE    FROM\nfast   gpt-4o-mini  openai  yours\ngood   fast         all     built in\n',
    stderr: '2 short names\n',
  })
  const set = await cadre(['providers', 'aliases', 'set', 'fast', 'gpt-4o-mini', '--type', 'openai'], { url: wire.url })
  expect(set).toEqual({ code: 0, stdout: 'fast\n', stderr: 'fast means gpt-4o-mini of openai.\n' })
  expect(wire.inputOf('providers.setAlias')).toEqual({ alias: 'fast', model: 'gpt-4o-mini', provider_type: 'openai' })
  await cadre(['providers', 'aliases', 'set', 'fast', 'gpt-4o-mini'], { url: wire.url })
  expect(wire.inputOf('providers.setAlias')).toEqual({ alias: 'fast', model: 'gpt-4o-mini', provider_type: null })
  expect((await cadre(['providers', 'aliases', 'remove', 'fast'], { url: wire.url })).stderr).toBe('Removed fast.\n')
})
