import type { ProviderType } from '@cadre/contract/providers'

/** A failure that is recognised by what the service says, with what a person can do about it. */
type Refusal = {
  types?: ProviderType[]
  status?: number[]
  says: RegExp
  code: string
  retryable?: boolean
  /** Behind the provider's id. */
  words: (model: string, found: RegExpExecArray) => string
}

const tooLong = (found: string) => `has too small a context for this prompt${found}: shorten it, or use a model with a larger context`

/**
 * The first that fits counts. Each was written from the answer that the service documents or gives; explain-error.test.ts has them. What it
 * said is added by the caller, unless it may repeat a key.
 */
const refusals: Refusal[] = [
  // What the services say of a prompt that does not fit, with both numbers where they give them.
  {
    says: /prompt is too long: (\d+) tokens > (\d+) maximum|token count \((\d+)\) exceeds the maximum number of tokens allowed \((\d+)\)|Prompt contains (\d+) tokens.*?(\d+) maximum context/,
    code: 'CONTEXT_TOO_LONG',
    words: (_, found) => {
      const [tokens, size] = found.slice(1).filter((each) => each !== undefined)
      return tooLong(` (${tokens} tokens of ${size})`)
    },
  },
  {
    says: /context_length_exceeded|exceeds the context window|maximum context length|exceed_context_size|exceeds the available context size|Input is too long|longer than the context length|exceeds? (the )?(maximum )?context length|tokens to keep from the initial prompt|context the overflows/i,
    code: 'CONTEXT_TOO_LONG',
    words: () => tooLong(''),
  },

  {
    says: /insufficient_quota|credit balance is too low|billing_not_active|hard limit has been reached/,
    code: 'MODEL_QUOTA_EXCEEDED',
    words: () => 'has no credit left for this key; look at its billing page',
  },

  {
    types: ['ollama'],
    status: [404],
    says: /not found/,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `does not have the model '${model}': \`ollama pull ${model}\` gets it`,
  },
  {
    types: ['ollama'],
    status: [400],
    says: /does not support tools/,
    code: 'MODEL_REFUSED',
    words: (model) => `says that '${model}' cannot use tools; take one that can, such as qwen3 or llama3.1`,
  },
  {
    types: ['ollama'],
    says: /requires more system memory|out of memory|cudaMalloc/i,
    code: 'MODEL_REFUSED',
    words: (model) => `has too little memory for '${model}'; take a smaller one, or a smaller context_size (OLLAMA_CONTEXT_LENGTH)`,
  },

  {
    types: ['lmstudio'],
    says: /No models? loaded|model_not_found|Failed to load model/i,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `cannot load '${model}'; load it in LM Studio's Developer tab, or with \`lms load\``,
  },
  { types: ['custom'], status: [503], says: /Loading model/i, code: 'MODEL_UNAVAILABLE', retryable: true, words: () => 'is still loading its model' },

  {
    types: ['azure'],
    status: [404],
    says: /DeploymentNotFound/,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `has no deployment '${model}'; name the deployment, not the model, as the Azure portal lists it (a new one takes some minutes)`,
  },
  {
    types: ['azure'],
    status: [404],
    says: /Resource not found/i,
    code: 'MODEL_NOT_FOUND',
    words: () => 'knows no such address; check resource_name, base_url and api_version',
  },
  {
    types: ['azure'],
    status: [401],
    says: /invalid subscription key|wrong API endpoint/i,
    code: 'MODEL_KEY_REFUSED',
    words: () => 'refused the API key; check that it is a key of this very resource',
  },

  {
    types: ['bedrock'],
    status: [400, 403, 404],
    says: /don't have access to the model|access to the model with the specified|not authorized to perform: bedrock:InvokeModel|use case details/i,
    code: 'MODEL_KEY_REFUSED',
    words: (model) =>
      `has no access to '${model}'; ask for it under Model access in the Bedrock console, and check bedrock:InvokeModel in the IAM policy`,
  },
  {
    types: ['bedrock'],
    status: [400],
    says: /on-demand throughput isn.t supported/,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `needs an inference profile for '${model}'; put the region's group before it, as in eu.${model} or us.${model}`,
  },
  {
    types: ['bedrock'],
    status: [400, 404],
    says: /model identifier is invalid|Could not resolve the foundation model/i,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `does not know the model '${model}' in this region`,
  },
  {
    types: ['bedrock'],
    status: [400, 403],
    says: /security token included in the request is (invalid|expired)|ExpiredToken/i,
    code: 'MODEL_KEY_REFUSED',
    words: () => 'refused the AWS credentials; they are wrong or have expired (temporary ones need session_token)',
  },
  {
    types: ['bedrock'],
    status: [403],
    says: /signature we calculated does not match/,
    code: 'MODEL_KEY_REFUSED',
    words: () => 'refused the AWS credentials; check secret_access_key and the clock of this machine',
  },

  {
    types: ['google'],
    status: [400, 403],
    says: /API_KEY_INVALID|API key not valid|API key expired/,
    code: 'MODEL_KEY_REFUSED',
    words: () => 'refused the API key; make one at https://aistudio.google.com/apikey and set GOOGLE_GENERATIVE_AI_API_KEY',
  },
  {
    types: ['google'],
    status: [403],
    says: /SERVICE_DISABLED|has not been used in project/,
    code: 'MODEL_KEY_REFUSED',
    words: () => "has the Generative Language API switched off for this key's project; switch it on in the Google Cloud console",
  },
  {
    types: ['google'],
    status: [400],
    says: /location is not supported/,
    code: 'MODEL_REFUSED',
    words: () => 'does not serve the place that this machine calls from',
  },

  {
    types: ['mistral'],
    status: [400, 422],
    says: /Invalid model|invalid_model/,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `does not know the model '${model}'`,
  },
  {
    types: ['mistral'],
    status: [422],
    says: /./s,
    code: 'MODEL_REFUSED',
    words: () => 'did not accept the request with status 422; often a tool or its schema has something that Mistral does not take',
  },
  {
    types: ['anthropic'],
    status: [404],
    says: /not_found_error/,
    code: 'MODEL_NOT_FOUND',
    words: (model) => `does not know this model or address; check the name '${model}' and the base URL`,
  },
]

export type Recognised = { code: string; message: string; retryable: boolean }

export function recognise(type: ProviderType | undefined, model: string, provider: string, status: number, body: string): Recognised | undefined {
  for (const { types, status: statuses, says, code, retryable = false, words } of refusals) {
    if (types && !(type && types.includes(type))) continue
    if (statuses && !statuses.includes(status)) continue
    const found = says.exec(body)
    if (found) return { code, message: `${provider} ${words(model, found)}`, retryable }
  }
  return undefined
}

/** What a person can do when nobody listens at an address. */
export function isItRunning(type: ProviderType | undefined): string {
  if (type === 'ollama') return 'is Ollama running? (`ollama serve` starts it)'
  if (type === 'lmstudio') return "is LM Studio's server running? (start it in the Developer tab, or with `lms server start`)"
  return 'is the server running?'
}
