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
    concurrency: 256,
    api_key: null,
    key: null,
    key_file: join(cwd, 'data', 'cadre.key'),
    log_level: 'info',
    body_limit: 50_000_000,
    allowed_hosts: [],
    plugins_dirs: [],
    file_roots: [{ name: 'files', path: join(cwd, 'data', 'files'), make: true }],
    private_hosts: [],
    docker_host: '/var/run/docker.sock',
    hooks: {},
    hook_env: {},
    secrets: {},
    providers: [],
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
