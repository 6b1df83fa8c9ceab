import { isAbsolute, join, resolve } from 'node:path'
import type { ProviderLimits } from '@cadre/contract/providers'
import { ServerFailover } from '@cadre/contract/agent-config'
import { ConfiguredPrice } from '@cadre/contract/usage'
import { z } from 'zod'
import { type AuthConfig, authConfig, authSettings, authYaml } from './config-auth.ts'
import { databaseSettings, encryptDatabase } from './config-database.ts'
import { ConfigError } from './config-error.ts'
import { type ConfiguredProvider, configuredProviders, providerEnvironment, providersYaml } from './config-providers.ts'
import { type LimitsConfig, limitsConfig, limitsSettings } from './config-limits.ts'
import { fileRoots, prefixed, privateHosts } from './config-tools.ts'
import { type Layer, first, firstSecret, readDotEnv, readYaml } from './config-sources.ts'

export { ConfigError }

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export type Config = {
  port: number
  host: string
  /** Absolute. Holds the SQLite file, blobs, the key file and caches. */
  data_dir: string
  /** A Postgres URL; null for SQLite in the data folder. */
  database_url: string | null
  /** The SQLite file is encrypted, under a key that the master key seals. */
  encrypt_database: boolean
  /** Worker processes beside the server; 0 runs the jobs in the server itself. */
  workers: number
  /** Runs at once in one process. */
  concurrency: number
  api_key: string | null
  auth: AuthConfig
  /** The key that encrypts stored secrets, where it was given directly. */
  key: string | null
  /** The key before it, which still opens what it sealed. */
  key_previous: string | null
  limits: LimitsConfig
  /** How long runs are kept after their end; null: for ever. */
  run_days: number | null
  /** How long audit entries are kept; null: for ever. */
  audit_days: number | null
  /** Where that key is kept (and made, if missing) when `key` is null. Absolute. */
  key_file: string
  log_level: (typeof logLevels)[number]
  /** Bytes of one request body. */
  body_limit: number
  /** Host names, with or without a port, under which browsers may reach the server. */
  allowed_hosts: string[]
  /** More folders of ForgeHooks. Absolute. */
  plugins_dirs: string[]
  /** Folders that tools may read, by name. Absolute; `make`: it is made where it is missing. */
  file_roots: { name: string; path: string; make?: boolean }[]
  /** Private hosts, addresses or blocks that a ForgeHook with network `*` may reach. */
  private_hosts: string[]
  /** Where the Docker API answers: a unix socket's path or an http URL. */
  docker_host: string
  /** `hooks:` of cadre.yaml: settings by ForgeHook id. */
  hooks: Record<string, Record<string, unknown>>
  /** CADRE_HOOK_*, by name without the prefix: settings of ForgeHooks too. */
  hook_env: Record<string, string>
  /** CADRE_SECRET_*, by name without the prefix in lower case: what ForgeHooks may be granted. */
  secrets: Record<string, string>
  providers: ConfiguredProvider[]
  /** By provider id. */
  provider_limits: Record<string, ProviderLimits>
  /** Models that answer where an agent's own does not and it names none. */
  failover: ServerFailover | null
  /** What models cost where the price list is wrong or does not know; the same fields as `PUT /prices/{provider}/{model}`. */
  prices: ConfiguredPrice[]
  /** OPENAI_API_KEY, OLLAMA_HOST and the like as they were set, `_FILE` forms already read. */
  env: Record<string, string>
  /** Settings that were ignored, in words for the log. */
  warnings: string[]
}

const integer = (min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d+$/.test(value.trim()) ? Number(value) : value),
    z.int(`must be a whole number from ${min} to ${max}`).min(min, `must be at least ${min}`).max(max, `must be at most ${max}`),
  )
const text = z.string('must be text; in YAML put it in quotes').min(1, 'must not be empty')
const words = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((list) => list.map((word) => word.trim()).filter(Boolean))
const level = z.preprocess((value) => (value === 'warning' ? 'warn' : value), z.enum(logLevels, `must be one of ${logLevels.join(', ')}`))
const postgres = text.regex(/^postgres(ql)?:\/\/\S+$/, 'must begin with postgres:// (leave it out for SQLite)')
const printable = text.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

/** Environment name, key in cadre.yaml, and what is allowed. This table is the whole list; docs/user/configuration.md explains it. */
const settings = {
  PORT: { yaml: 'server.port', schema: integer(0, 65_535), secret: false },
  HOST: { yaml: 'server.host', schema: text, secret: false },
  CADRE_DATA_DIR: { yaml: 'data_dir', schema: text, secret: false },
  DATABASE_URL: { yaml: 'database_url', schema: postgres, secret: true },
  ...databaseSettings,
  CADRE_WORKERS: { yaml: 'workers', schema: integer(0, 64), secret: false },
  CADRE_CONCURRENCY: { yaml: 'concurrency', schema: integer(1, 10_000), secret: false },
  CADRE_API_KEY: { yaml: null, schema: printable, secret: true },
  ...authSettings,
  CADRE_KEY: { yaml: null, schema: printable, secret: false },
  CADRE_KEY_PREVIOUS: { yaml: null, schema: printable, secret: false },
  CADRE_KEY_FILE: { yaml: null, schema: text, secret: false },
  ...limitsSettings,
  CADRE_LOG_LEVEL: { yaml: 'log_level', schema: level, secret: false },
  CADRE_BODY_LIMIT: { yaml: 'server.body_limit', schema: integer(1_000, 1_000_000_000), secret: false },
  CADRE_ALLOWED_HOSTS: { yaml: 'server.allowed_hosts', schema: words, secret: false },
  CADRE_PLUGINS_DIR: { yaml: 'plugins_dir', schema: words, secret: false },
  CADRE_FILE_ROOTS: { yaml: 'file_roots', schema: words, secret: false },
  CADRE_PRIVATE_HOSTS: { yaml: 'private_hosts', schema: words, secret: false },
  DOCKER_HOST: { yaml: 'docker_host', schema: text, secret: false },
} as const
type Name = keyof typeof settings
/** Known here, used before or outside this table. */
const alsoKnown = ['CADRE_CONFIG', 'CADRE_URL', 'CADRE_GGUF_DIR']

// The values are checked one by one above; here only which keys there may be.
const any = z.unknown().optional()
const yamlShape = z.strictObject({
  server: z
    .strictObject({ port: any, host: any, body_limit: any, allowed_hosts: any, public_url: any, rate_limit: any, trusted_proxies: any })
    .optional(),
  data_dir: any,
  database_url: any,
  encrypt_database: any,
  workers: any,
  concurrency: any,
  log_level: any,
  plugins_dir: any,
  file_roots: any,
  private_hosts: any,
  docker_host: any,
  hooks: z.record(z.string(), z.record(z.string(), z.unknown(), 'must be settings by name'), 'must be settings by ForgeHook').optional(),
  max_queue: any,
  run_days: any,
  audit_days: any,
  ...authYaml,
  ...providersYaml,
  prices: z.array(ConfiguredPrice, 'must be a list').optional(),
})

export type ConfigSources = { env: Record<string, string | undefined>; cwd: string; argv?: string[] }

/** Command line over environment over `.env` over `cadre.yaml` over defaults. Throws ConfigError. */
export function loadConfig({ env, cwd, argv = [] }: ConfigSources): Config {
  const args = argumentsLayer(argv)
  const layers: Layer[] = [args, { where: 'the environment', values: env }, readDotEnv(join(cwd, '.env'))]
  const given = first(layers, 'CADRE_CONFIG')?.value
  const yamlPath = resolve(cwd, given ?? 'cadre.yaml')
  const document = readYaml(yamlPath, given !== undefined)
  checkYaml(document, yamlPath)

  const value = <N extends Name>(name: N) => read(name, layers, document, yamlPath) as z.output<(typeof settings)[N]['schema']> | undefined
  const port = value('PORT')
  const data_dir = resolve(cwd, value('CADRE_DATA_DIR') ?? 'data')
  const absolute = (path: string) => (isAbsolute(path) ? path : resolve(cwd, path))
  const given_key_file = value('CADRE_KEY_FILE')
  const key_file = given_key_file === undefined ? join(data_dir, 'cadre.key') : absolute(given_key_file)
  const key = value('CADRE_KEY') ?? null
  const database_url = value('DATABASE_URL') ?? null
  const host = (value('HOST') ?? '127.0.0.1').replace(/^\[(.*)\]$/, '$1')
  return {
    port: port ?? 4000,
    host,
    data_dir,
    database_url,
    encrypt_database: encryptDatabase(value('CADRE_ENCRYPT_DATABASE'), { data_dir, database_url, key, key_file }),
    workers: value('CADRE_WORKERS') ?? 0,
    concurrency: value('CADRE_CONCURRENCY') ?? 1024,
    api_key: value('CADRE_API_KEY') ?? null,
    auth: authConfig(value),
    key,
    key_previous: value('CADRE_KEY_PREVIOUS') ?? null,
    limits: limitsConfig(value, host),
    run_days: value('CADRE_RUN_DAYS') ?? null,
    audit_days: value('CADRE_AUDIT_DAYS') ?? null,
    key_file,
    log_level: value('CADRE_LOG_LEVEL') ?? 'info',
    body_limit: value('CADRE_BODY_LIMIT') ?? 50_000_000,
    allowed_hosts: (value('CADRE_ALLOWED_HOSTS') ?? []).map((host) => host.toLowerCase()),
    plugins_dirs: (value('CADRE_PLUGINS_DIR') ?? []).map(absolute),
    file_roots: fileRoots(value('CADRE_FILE_ROOTS'), absolute, data_dir),
    private_hosts: privateHosts(value('CADRE_PRIVATE_HOSTS') ?? []),
    docker_host: value('DOCKER_HOST') ?? '/var/run/docker.sock',
    hooks: (document.hooks as Config['hooks'] | undefined) ?? {},
    hook_env: prefixed(layers, 'CADRE_HOOK_'),
    secrets: Object.fromEntries(Object.entries(prefixed(layers, 'CADRE_SECRET_')).map(([name, secret]) => [name.toLowerCase(), secret])),
    providers: configuredProviders(document, yamlPath),
    provider_limits: (document.provider_limits as Config['provider_limits'] | undefined) ?? {},
    failover: document.failover === undefined ? null : ServerFailover.parse(document.failover),
    prices: (document.prices as ConfiguredPrice[] | undefined) ?? [],
    env: providerEnvironment(layers),
    warnings: unknownNames(layers),
  }
}

function read(name: Name, layers: Layer[], document: Record<string, unknown>, yamlPath: string): unknown {
  const setting = settings[name]
  const found = setting.secret ? firstSecret(layers, name) : first(layers, name)
  if (found) return parse(name, setting.schema, found.value, found.where)
  if (setting.yaml === null) return undefined
  const written = setting.yaml.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document)
  if (written === undefined || written === null) return undefined
  return parse(setting.yaml, setting.schema, written, yamlPath)
}

function parse<S extends z.ZodType>(name: string, schema: S, value: unknown, where: string): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ConfigError(`${name}: ${result.error.issues[0]?.message ?? 'is not acceptable'} (set in ${where})`)
}

function checkYaml(document: unknown, path: string) {
  const result = yamlShape.safeParse(document)
  if (result.success) return
  const issue = result.error.issues[0]
  const at = (issue?.path ?? []).map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i ? '.' : ''}${String(part)}`)).join('')
  if (issue?.code === 'unrecognized_keys') {
    const unknown = issue.keys.map((key) => (at ? `${at}.${key}` : key)).join(', ')
    throw new ConfigError(`${unknown}: there is no such setting (set in ${path}); docs/user/configuration.md lists them all`)
  }
  throw new ConfigError(`${at || 'the file'}: ${issue?.message} (set in ${path})`)
}

function unknownNames(layers: Layer[]) {
  const known = new Set<string>([...Object.keys(settings), ...alsoKnown])
  for (const [name, { secret }] of Object.entries(settings)) if (secret) known.add(`${name}_FILE`)
  return layers.flatMap(({ where, values }) =>
    Object.keys(values)
      .filter((name) => name.startsWith('CADRE_') && !known.has(name) && !/^CADRE_(HOOK|SECRET)_/.test(name))
      .map((name) => `${name}: there is no such setting (set in ${where}); it is ignored`),
  )
}

const flags: Record<string, string> = {
  '--port': 'PORT',
  '--host': 'HOST',
  '--data-dir': 'CADRE_DATA_DIR',
  '--database-url': 'DATABASE_URL',
  '--workers': 'CADRE_WORKERS',
  '--concurrency': 'CADRE_CONCURRENCY',
  '--log-level': 'CADRE_LOG_LEVEL',
  '--config': 'CADRE_CONFIG',
}

/** `--port 4001` or `--port=4001`. */
function argumentsLayer(argv: string[]): Layer {
  const values: Record<string, string> = {}
  for (let i = 0; i < argv.length; i++) {
    const [flag = '', inline] = splitOnce(argv[i] ?? '')
    const name = flags[flag]
    if (name === undefined) throw new ConfigError(`${flag}: there is no such option; there are ${Object.keys(flags).join(', ')}`)
    const value = inline ?? argv[++i]
    if (value === undefined || value === '') throw new ConfigError(`${flag}: needs a value`)
    values[name] = value
  }
  return { where: 'the command line', values }
}

function splitOnce(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=')
  return at < 0 ? [argument, undefined] : [argument.slice(0, at), argument.slice(at + 1)]
}
