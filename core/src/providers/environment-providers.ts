import { isAbsolute } from 'node:path'
import { holdsCredentials, type ProviderOptions, type ProviderType } from '@cadre/contract/providers'
import type { Config } from '../config.ts'
import { ConfigError } from '../config-error.ts'
import { ollamaAddress, withoutSlash } from './addresses.ts'
import { awsFrom, checked, type Known } from './known-providers.ts'

type Read = Pick<Known, 'base_url' | 'api_key'> & { aws?: Known['aws']; options?: ProviderOptions }

/** In the order in which `auto` tries them; what is not set up is there too, and says what it lacks. */
const readers: [ProviderType, (env: Config['env']) => Read][] = [
  ['openai', (env) => keyed(env, 'OPENAI')],
  ['anthropic', (env) => keyed(env, 'ANTHROPIC')],
  ['google', (env) => keyed(env, 'GOOGLE_GENERATIVE_AI')],
  ['mistral', (env) => keyed(env, 'MISTRAL')],
  ['azure', (env) => ({ ...keyed(env, 'AZURE'), options: { resource_name: env['AZURE_RESOURCE_NAME'], api_version: env['AZURE_API_VERSION'] } })],
  ['bedrock', readBedrock],
  ['ollama', readOllama],
  ['lmstudio', (env) => ({ base_url: withoutSlash(env['LMSTUDIO_URL']), api_key: env['LMSTUDIO_API_KEY'] ?? null })],
]

/** Those that the environment's keys and addresses make, each under the name of its type. */
export function fromEnvironment(env: Config['env']): Known[] {
  const files = env['CADRE_GGUF_DIR']
  const all = files === undefined ? readers : [...readers, ['gguf', () => ggufIn(files)] satisfies (typeof readers)[number]]
  return all.map(([type, read]) => {
    const { base_url, api_key, aws = null, options = {} } = read(env)
    // It is shown to whoever may see the providers.
    if (base_url !== null && holdsCredentials(base_url))
      throw new ConfigError(`the address of ${type} in the environment must not hold a user name or password`)
    return checked({
      id: type,
      type,
      base_url,
      api_key,
      aws,
      default_model: null,
      options: JSON.parse(JSON.stringify(options)) as ProviderOptions, // without what is undefined
      model_like: null,
      capabilities: null,
      source: 'environment',
      key_from: api_key === null && aws === null ? 'none' : 'environment',
    })
  })
}

function ggufIn(path: string): Read {
  if (!isAbsolute(path)) throw new ConfigError(`CADRE_GGUF_DIR: '${path}' is no absolute path`)
  return { base_url: null, api_key: null, options: { path } }
}

function keyed(env: Config['env'], prefix: string): Read {
  return { api_key: env[`${prefix}_API_KEY`] ?? null, base_url: withoutSlash(env[`${prefix}_BASE_URL`]) }
}

function readBedrock(env: Config['env']): Read {
  return {
    base_url: withoutSlash(env['AWS_ENDPOINT_URL_BEDROCK_RUNTIME']),
    api_key: env['AWS_BEARER_TOKEN_BEDROCK'] ?? null,
    aws: awsFrom({
      access_key_id: env['AWS_ACCESS_KEY_ID'],
      secret_access_key: env['AWS_SECRET_ACCESS_KEY'],
      session_token: env['AWS_SESSION_TOKEN'],
    }),
    options: { region: env['AWS_REGION'] },
  }
}

function readOllama(env: Config['env']): Read {
  const host = env['OLLAMA_HOST']
  const base_url = host === undefined ? null : ollamaAddress(host)
  if (host !== undefined && base_url === null) throw new ConfigError(`OLLAMA_HOST: '${host}' is no address; give one such as 127.0.0.1:11434`)
  const size = env['OLLAMA_CONTEXT_LENGTH']
  if (size !== undefined && !/^[1-9]\d{2,8}$/.test(size)) throw new ConfigError(`OLLAMA_CONTEXT_LENGTH: '${size}' is no number of tokens`)
  return { base_url, api_key: null, options: size === undefined ? {} : { context_size: Number(size) } }
}
