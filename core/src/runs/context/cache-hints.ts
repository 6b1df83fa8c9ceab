import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'

type Options = NonNullable<LanguageModelV3Message['providerOptions']>

/** Anthropic refuses more. */
const mostHints = 4
/** The models of Bedrock that know cache points; the others refuse a request that has one. */
const cachingOnBedrock = /claude-(3-5-haiku|3-5-sonnet-20241022|3-7|(opus|sonnet|haiku)-[4-9])|nova-/

/**
 * Marks where the part of a prompt ends that later calls repeat, for providers that cache only where they are told to (Anthropic, Bedrock): the end of
 * the system prompt, which all runs of an agent share, and, where more calls of this run may follow, its task and its newest message. Elsewhere
 * the prompt comes back as it is.
 * @param more_calls false: this is the only call, and what comes after the system prompt will not be asked again. A cache entry costs a
 * quarter more than plain input, so it is not written then.
 */
export function withCacheHints(
  prompt: LanguageModelV3Prompt,
  providerType: string,
  { more_calls = true, model }: { more_calls?: boolean; model?: string } = {},
): LanguageModelV3Prompt {
  const hint = hintFor(providerType, model)
  if (!hint) return prompt
  const [provider = ''] = Object.keys(hint)
  const [name = ''] = Object.keys(hint[provider] ?? {})
  const hinted = prompt.filter((message) => message.providerOptions?.[provider]?.[name] !== undefined).length
  const lastSystem = prompt.findLastIndex(
    ({ role }, index) => role === 'system' && prompt.slice(0, index).every((before) => before.role === 'system'),
  )
  const canHint = ({ role }: LanguageModelV3Message) => role === 'user' || role === 'tool'
  const places = [lastSystem, ...(more_calls ? [prompt.findLastIndex(canHint), prompt.findIndex(canHint)] : [])]
  const free = places.filter((place) => place >= 0 && prompt[place]?.providerOptions?.[provider]?.[name] === undefined)
  const chosen = new Set([...new Set(free)].slice(0, Math.max(0, mostHints - hinted)))
  return prompt.map((message, index) => (chosen.has(index) ? hintedMessage(message, hint, provider) : message))
}

/** The provider options that make calls with the same key look in the same cache; for those that have no such thing, none. */
export function cacheKeyOptions(providerType: string, key: string): Options {
  // OpenAI takes 64 characters.
  return providerType === 'openai' || providerType === 'azure' ? { openai: { promptCacheKey: key.slice(0, 64) } } : {}
}

function hintFor(providerType: string, model: string | undefined): Options | undefined {
  if (providerType === 'anthropic') return { anthropic: { cacheControl: { type: 'ephemeral' } } }
  const isBedrock = providerType === 'bedrock' || providerType === 'amazon-bedrock'
  if (isBedrock && (model === undefined || cachingOnBedrock.test(model))) return { bedrock: { cachePoint: { type: 'default' } } }
  return undefined
}

function hintedMessage(message: LanguageModelV3Message, hint: Options, provider: string): LanguageModelV3Message {
  const providerOptions = { ...message.providerOptions, [provider]: { ...message.providerOptions?.[provider], ...hint[provider] } }
  return { ...message, providerOptions }
}
