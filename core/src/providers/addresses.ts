import type { Known } from './known-providers.ts'

/** As it was written, but for slashes at the end. */
export function withoutSlash(url: string | undefined): string | null {
  return url?.replace(/\/+$/, '') ?? null
}

const ollamaPort = 11434

/** Where the requests of a provider go, without a slash at the end. */
export function addressOf({ type, base_url, options }: Pick<Known, 'type' | 'base_url' | 'options'>): string {
  switch (type) {
    case 'openai':
      return base_url ?? 'https://api.openai.com/v1'
    case 'anthropic':
      return versioned(base_url ?? 'https://api.anthropic.com')
    case 'google':
      return base_url ?? 'https://generativelanguage.googleapis.com/v1beta'
    case 'mistral':
      return versioned(base_url ?? 'https://api.mistral.ai')
    case 'azure':
      return azureAddress(base_url ?? `https://${options.resource_name}.openai.azure.com`)
    case 'bedrock':
      return base_url ?? `https://bedrock-runtime.${options.region}.amazonaws.com`
    case 'ollama':
      return (base_url ?? `http://127.0.0.1:${ollamaPort}`).replace(/\/(v1|api)$/, '')
    case 'lmstudio':
      return versioned((base_url ?? 'http://127.0.0.1:1234').replace(/\/api\/v\d$/, ''))
    default:
      return base_url ?? ''
  }
}

/**
 * OLLAMA_HOST as Ollama reads it (envconfig/config.go): a host, host:port or URL; 11434 where neither port nor scheme is given. Its server
 * takes 0.0.0.0 for "every address"; to us who ask, that is this machine.
 * @returns null when it is no address.
 */
export function ollamaAddress(host: string): string | null {
  const text = host.trim().replace(/\/+$/, '')
  const withScheme = /^https?:\/\//i.test(text)
  const bare = /^[0-9a-f:]*::[0-9a-f:]*$/i.test(text) ? `[${text}]` : text
  const address = withScheme ? text : `http://${bare.startsWith(':') ? `127.0.0.1${bare}` : bare}`
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (/^(0\.0\.0\.0|\[::\])$/.test(url.hostname)) url.hostname = '127.0.0.1'
  if (!withScheme && url.port === '' && !/:\d+$/.test(bare)) url.port = String(ollamaPort)
  return url.href.replace(/\/+$/, '')
}

// The makers' own libraries want some addresses without /v1, the AI SDK with it; people have either.
function versioned(url: string) {
  return /\/v\d+[a-z]*$/.test(url) ? url : `${url}/v1`
}

// The portal shows the address of a resource without the path.
function azureAddress(url: string) {
  return new URL(url).hostname.endsWith('.azure.com') && new URL(url).pathname === '/' ? `${url}/openai` : url
}
