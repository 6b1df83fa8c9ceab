import { ModelCard, type ProviderType } from '@cadre/contract/providers'
import type { Known } from './known-providers.ts'
import type { CardRow } from './providers.store.ts'

export const unknownCard: ModelCard = {
  chat: null,
  streaming: null,
  tools: null,
  vision: null,
  embeddings: null,
  structured_output: null,
  context_size: null,
  source: 'known',
  measured_at: null,
  latency_ms: null,
  first_token_ms: null,
}

/** Where genai-prices keeps a type's models. */
const priceLists: Partial<Record<ProviderType, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  google: 'google',
  mistral: 'mistral',
  azure: 'azure',
  bedrock: 'aws',
}

/** What is known of a model, each statement over the one before: this version's tables, its server, cadre.yaml, a measurement. */
export async function cardOf(known: Known, model: string, reported: Partial<ModelCard> | undefined, row: CardRow | undefined): Promise<ModelCard> {
  const told = reported && Object.keys(reported).length > 0
  const configured = configuredCard(known)
  const measured = row && ModelCard.safeParse(JSON.parse(row.card)).data
  const card = {
    ...unknownCard,
    ...byName(known.type, model),
    context_size: await knownContext(known.type, model),
    ...(told ? { ...reported, source: 'reported' as const } : {}),
    ...configured,
  }
  if (!measured) return card
  const { context_size, ...rest } = measured
  // The server may have been set up anew since: the context is what it says now, and what was measured only where it says nothing.
  return {
    ...card,
    context_size: card.context_size ?? context_size,
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null)) as Partial<ModelCard>),
  }
}

function configuredCard({ capabilities, options, type }: Known): Partial<ModelCard> {
  const size = type === 'ollama' ? undefined : options.context_size // Ollama's is a wish that server-models.ts has bounded
  if (capabilities === null) return size === undefined ? {} : { context_size: size, source: 'configured' }
  const can = Object.fromEntries(
    (['chat', 'streaming', 'tools', 'vision', 'embeddings', 'structured_output'] as const).flatMap((name) =>
      capabilities.includes(name) ? [[name, true]] : [],
    ),
  )
  return { ...can, ...(size === undefined ? {} : { context_size: size }), source: 'configured' }
}

// The makers' families by their names; a model that none of this fits stays unknown until it is tested.
function byName(type: ProviderType, model: string): Partial<ModelCard> {
  if (type === 'builtin') return { chat: true, streaming: true, tools: true, vision: false, embeddings: false }
  if (/embed/i.test(model)) return { chat: false, streaming: false, tools: false, vision: false, structured_output: false, embeddings: true }
  if (!(type in priceLists)) return {}
  const sees = /claude|gpt-(4o|4\.1|[5-9])|gemini|pixtral|o[134]\b|nova-(lite|pro|premier)|mistral-(medium|small)/i.test(model)
  return { chat: true, streaming: true, embeddings: false, ...(sees ? { vision: true, tools: true, structured_output: true } : {}) }
}

/** From the tables of @pydantic/genai-prices (some 40 ms at its first use); nothing is looked up elsewhere. */
async function knownContext(type: ProviderType, model: string): Promise<number | null> {
  const providerId = priceLists[type]
  if (providerId === undefined) return null
  const { calcPrice } = await import('@pydantic/genai-prices')
  return calcPrice({ input_tokens: 1, output_tokens: 1 }, model, { providerId })?.model.context_window ?? null
}
