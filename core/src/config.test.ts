import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, loadConfig } from './config.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-config-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const write = (name: string, text: string) => writeFileSync(join(cwd, name), text)
const load = (env: Record<string, string> = {}, argv: string[] = []) => loadConfig({ env, cwd, argv })
function refusal(env: Record<string, string> = {}, argv: string[] = []) {
  try {
    load(env, argv)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    const { message } = error as Error
    expect(message).not.toContain('\n')
    return message
  }
  throw new Error('these settings were accepted')
}

test('an empty folder gives the defaults', () => {
  expect(load()).toEqual({
    port: 4000,
    host: '127.0.0.1',
    data_dir: join(cwd, 'data'),
    database_url: null,
    workers: 0,
    concurrency: 1024,
    api_key: null,
    auth: { required: false, public_url: null, default_role: null, jwt: null, oidc: null },
    key: null,
    key_previous: null,
    limits: { rate: 600, trusted_proxies: [], max_queue: 10_000 },
    run_days: null,
    audit_days: null,
    key_file: join(cwd, 'data', 'cadre.key'),
    log_level: 'info',
    body_limit: 50_000_000,
    allowed_hosts: [],
    plugins_dirs: [],
    file_roots: [{ name: 'files', path: join(cwd, 'data', 'files'), make: true }],
    private_hosts: [],
    docker_host: '/var/run/docker.sock',
    encrypt_database: false,
    hooks: {},
    hook_env: {},
    secrets: {},
    providers: [],
    provider_limits: {},
    failover: null,
    prices: [],
    env: {},
    warnings: [],
  })
})

test('the command line stands over the environment, that over .env, that over cadre.yaml', () => {
  write('cadre.yaml', 'server: { port: 1, host: 0.0.0.1 }\nworkers: 1\nconcurrency: 1\nlog_level: error\n')
  write('.env', 'PORT=2\nCADRE_WORKERS=2\nCADRE_CONCURRENCY="2" # two\n')
  expect(load({ PORT: '3', CADRE_WORKERS: '3' }, ['--port', '4'])).toMatchObject({
    port: 4,
    workers: 3,
    concurrency: 2,
    log_level: 'error',
    host: '0.0.0.1',
  })
})

describe('what tools are given', () => {
  test('file roots, private hosts, settings and secrets', () => {
    write(
      'cadre.yaml',
      'hooks: { web-search: { url: "http://a.test", limit: 3 } }\nfile_roots: [reports, docs=/srv/d]\nprivate_hosts: [10.0.0.0/8]\n',
    )
    write('token', 'from a file\n')
    expect(load({ CADRE_HOOK_WEB_SEARCH_URL: 'http://b.test', CADRE_SECRET_TOKEN_FILE: join(cwd, 'token'), CADRE_SECRET_KEY: 'k' })).toMatchObject({
      file_roots: [
        { name: 'reports', path: join(cwd, 'reports') },
        { name: 'docs', path: '/srv/d' },
      ],
      private_hosts: ['10.0.0.0/8'],
      hooks: { 'web-search': { url: 'http://a.test', limit: 3 } },
      hook_env: { WEB_SEARCH_URL: 'http://b.test' },
      secrets: { token: 'from a file', key: 'k' },
      warnings: [],
    })
  })
  test.each<[Record<string, string>, RegExp]>([
    [{ CADRE_FILE_ROOTS: '/a/x,/b/x' }, /two roots are named 'x'/],
    [{ CADRE_FILE_ROOTS: 'all=.' }, /'all' holds the data folder/],
    [{ CADRE_FILE_ROOTS: 'a b=/x' }, /'a b' cannot name a root/],
    [{ CADRE_FILE_ROOTS: '/' }, /cannot name a root; give a name/],
    [{ CADRE_PRIVATE_HOSTS: 'http://x' }, /private_hosts: 'http:\/\/x' is not a host/],
  ])('%j is refused', (env, message) => {
    expect(refusal(env)).toMatch(message)
  })
})

test('an empty value means not set', () => {
  write('.env', 'PORT=5000\n')
  expect(load({ PORT: '', CADRE_API_KEY: '' })).toMatchObject({ port: 5000, api_key: null })
})

test('paths are taken from the working directory and come back absolute', () => {
  expect(load({ CADRE_DATA_DIR: 'here', CADRE_PLUGINS_DIR: 'hooks, /opt/hooks', CADRE_KEY_FILE: 'k' })).toMatchObject({
    data_dir: join(cwd, 'here'),
    plugins_dirs: [join(cwd, 'hooks'), '/opt/hooks'],
    key_file: join(cwd, 'k'),
  })
})

test('providers, lists and brackets', () => {
  write(
    'cadre.yaml',
    'providers:\n  - { id: lab, type: custom, base_url: "http://127.0.0.1:9/v1", default_model: m }\nserver: { allowed_hosts: [Cadre.LAN, "b:80"], host: "[::1]" }\n',
  )
  expect(load()).toMatchObject({
    providers: [{ id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:9/v1', default_model: 'm' }],
    allowed_hosts: ['cadre.lan', 'b:80'],
    host: '::1',
  })
})

describe('models:', () => {
  test('each line is a provider, in the words of others too', () => {
    write(
      'cadre.yaml',
      `models:
  - { id: lmstudio-mistral, name: Mistral 7B, type: lm_studio, base_url: "http://localhost:1234", capabilities: [text, chat] }
  - { id: big, type: ollama, model: "qwen3:32b", context_size: 65536 }
`,
    )
    expect(load().providers).toEqual([
      { id: 'lmstudio-mistral', type: 'lmstudio', base_url: 'http://localhost:1234', model_like: 'Mistral 7B', capabilities: ['text', 'chat'] },
      { id: 'big', type: 'ollama', default_model: 'qwen3:32b', context_size: 65_536 },
    ])
  })
  test.each([
    ['- { id: a, type: gguf }', "models[0].path: is needed for type 'gguf'"],
    ['- { id: a, type: gguf, path: models/a.gguf }', 'models[0].path: must be an absolute path to a .gguf file'],
    ['- { id: a, type: gguf, path: /a.gguf, api_key: k }', "models[0].api_key: is not for type 'gguf'"],
    ['- { id: a, type: hal }', "models[0].type: 'hal' is none of openai, anthropic, google"],
    [
      '- { id: a, type: openai, context_size: 4096 }',
      "models[0].context_size: is for type ollama and lmstudio and gguf and custom only, not for 'openai'",
    ],
    ['- { id: a, type: ollama, capabilities: [fly] }', 'models[0].capabilities[0]: must be chat, streaming'],
    ['- { id: a, type: ollama }\n  - { id: a, type: ollama }', "providers and models: two have the id 'a'"],
  ])('%s is refused', (line, sentence) => {
    write('cadre.yaml', `models:\n  ${line}\n`)
    expect(refusal()).toContain(sentence)
  })
  test('limits stand at a provider, or under the id of one that stands elsewhere', () => {
    write(
      'cadre.yaml',
      `providers:
  - { id: lab, type: custom, base_url: "http://127.0.0.1:9/v1", concurrent: 2 }
models:
  - { id: big, type: ollama, requests_per_minute: 60, max_waiting: 5 }
provider_limits:
  openai: { requests_per_minute: 500, tokens_per_minute: 200000 }
`,
    )
    expect(load().providers).toMatchObject([
      { id: 'lab', concurrent: 2 },
      { id: 'big', requests_per_minute: 60, max_waiting: 5 },
    ])
    expect(load().provider_limits).toEqual({ openai: { requests_per_minute: 500, tokens_per_minute: 200_000 } })
    write('cadre.yaml', 'provider_limits: { openai: { per_minute: 5 } }\n')
    expect(refusal()).toContain('provider_limits.openai.per_minute: there is no such setting')
    write('cadre.yaml', 'provider_limits: { openai: { concurrent: 0 } }\n')
    expect(refusal()).toContain('provider_limits.openai.concurrent: ')
  })
  test('fallbacks for all agents', () => {
    write('cadre.yaml', 'failover: { fallbacks: [{ provider: openai, model: gpt-4o }] }\n')
    expect(load().failover).toEqual({ fallbacks: [{ provider: 'openai', model: 'gpt-4o', weight: 1 }], strategy: 'failover' })
    write('cadre.yaml', 'failover: { fallbacks: [], strategy: single }\n')
    expect(refusal()).toContain('failover.')
  })
  test('an option of another type is refused in `providers:` as well', () => {
    write('cadre.yaml', 'providers:\n  - { id: a, type: openai, region: eu-west-1 }\n')
    expect(refusal()).toContain("providers[0].region: is for type bedrock only, not for 'openai'")
  })
})

test('CADRE_CONFIG names another file, and then it must be there', () => {
  write('other.yaml', 'workers: 3\n')
  expect(load({ CADRE_CONFIG: 'other.yaml' }).workers).toBe(3)
  expect(refusal({ CADRE_CONFIG: 'missing.yaml' })).toBe(`${join(cwd, 'missing.yaml')}: cannot be read: there is no such file`)
})

describe('secrets', () => {
  test('come from a file as well', () => {
    write('key', 'abc\n')
    write('openai', 'sk-1\n')
    const config = load({
      CADRE_API_KEY_FILE: join(cwd, 'key'),
      OPENAI_API_KEY_FILE: join(cwd, 'openai'),
      OPENAI_BASE_URL: 'http://x/v1',
      HOME: '/root',
    })
    expect(config).toMatchObject({ api_key: 'abc', env: { OPENAI_API_KEY: 'sk-1', OPENAI_BASE_URL: 'http://x/v1' } })
    expect(config.env).not.toHaveProperty('HOME')
    write('aws', 'secret\n')
    expect(load({ AWS_SECRET_ACCESS_KEY_FILE: join(cwd, 'aws'), OLLAMA_HOST: '0.0.0.0', AWS_PROFILE: 'x' }).env).toEqual({
      AWS_SECRET_ACCESS_KEY: 'secret',
      OLLAMA_HOST: '0.0.0.0',
    })
  })

  test.each(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'MISTRAL_API_KEY', 'AZURE_API_KEY', 'LMSTUDIO_API_KEY'])(
    '%s comes from a file, and not twice',
    (name) => {
      write('secret', 'from the file\n')
      expect(load({ [`${name}_FILE`]: join(cwd, 'secret') }).env).toEqual({ [name]: 'from the file' })
      expect(refusal({ [name]: 'a', [`${name}_FILE`]: 'b' })).toContain(`${name}: is set twice`)
    },
  )
  test.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_BEARER_TOKEN_BEDROCK'])('%s too', (name) => {
    write('secret', 'from the file\n')
    expect(load({ [`${name}_FILE`]: join(cwd, 'secret') }).env).toEqual({ [name]: 'from the file' })
  })

  test('a file in the environment stands over a value in .env', () => {
    write('key', 'outer')
    write('.env', 'CADRE_API_KEY=inner\n')
    expect(load({ CADRE_API_KEY_FILE: join(cwd, 'key') }).api_key).toBe('outer')
  })

  test('must not be set twice, be missing or be empty', () => {
    write('empty', '\n')
    expect(refusal({ CADRE_API_KEY: 'a', CADRE_API_KEY_FILE: 'b' })).toBe(
      'CADRE_API_KEY: is set twice, directly and by CADRE_API_KEY_FILE (set in the environment)',
    )
    expect(refusal({ DATABASE_URL_FILE: '/nowhere/x' })).toBe(
      'DATABASE_URL_FILE: /nowhere/x cannot be read: there is no such file (set in the environment)',
    )
    expect(refusal({ CADRE_API_KEY_FILE: join(cwd, 'empty') })).toBe(`CADRE_API_KEY_FILE: ${join(cwd, 'empty')} is empty (set in the environment)`)
  })

  test('are not repeated in a refusal', () => {
    expect(refusal({ CADRE_API_KEY: 'my secret' })).not.toContain('my secret')
    expect(refusal({ DATABASE_URL: 'mysql://u:hunter2@h/d' })).not.toContain('hunter2')
  })
})

describe('a wrong value is one sentence with its name and where it was set', () => {
  test.each([
    [{ PORT: '70000' }, 'PORT: must be at most 65535 (set in the environment)'],
    [{ PORT: 'x' }, 'PORT: must be a whole number from 0 to 65535 (set in the environment)'],
    [{ PORT: '0x10' }, 'PORT: must be a whole number from 0 to 65535 (set in the environment)'],
    [{ CADRE_WORKERS: '1.5' }, 'CADRE_WORKERS: must be a whole number from 0 to 64 (set in the environment)'],
    [{ CADRE_CONCURRENCY: '0' }, 'CADRE_CONCURRENCY: must be at least 1 (set in the environment)'],
    [{ CADRE_LOG_LEVEL: 'loud' }, 'CADRE_LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent (set in the environment)'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: must begin with postgres:// (leave it out for SQLite) (set in the environment)'],
  ])('%j', (env, sentence) => expect(refusal(env as unknown as Record<string, string>)).toBe(sentence))

  test.each([
    ['server:\n  port: yes please\n', 'server.port: must be a whole number from 0 to 65535'],
    ['server:\n  port: true\n', 'server.port: must be a whole number from 0 to 65535'],
    ['server:\n  prot: 1\n', 'server.prot: there is no such setting'],
    ['colour: red\n', 'colour: there is no such setting'],
    ['database_url: 5\n', 'database_url: must be text; in YAML put it in quotes'],
    ['providers:\n  - { id: a, type: builtin }\n', 'providers[0].type: '],
    ['providers: 5\n', 'providers: '],
    ['prices:\n  - { provider: lab, model: m, input: -1, output: 1 }\n', 'prices[0].input: '],
    ['- a\n', 'must be a list of "key: value" lines'],
    ['a: [\n', 'is not YAML: '],
  ])('cadre.yaml: %j', (text, part) => {
    write('cadre.yaml', text)
    const sentence = refusal()
    expect(sentence).toContain(part)
    expect(sentence).toContain(join(cwd, 'cadre.yaml'))
  })

  test('a folder in the place of a file', () => {
    mkdirSync(join(cwd, '.env'))
    expect(refusal()).toBe(`${join(cwd, '.env')}: cannot be read: it is a folder`)
  })

  test('options', () => {
    expect(refusal({}, ['--prot', '1'])).toContain('--prot: there is no such option; there are --port, --host')
    expect(refusal({}, ['--port'])).toBe('--port: needs a value')
    expect(load({}, ['--port=81']).port).toBe(81)
  })
})

test('an unknown CADRE_ name is a warning', () => {
  expect(load({ CADRE_WORKER: '3' }).warnings).toEqual(['CADRE_WORKER: there is no such setting (set in the environment); it is ignored'])
})
