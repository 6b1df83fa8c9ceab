import { CadreError } from '@cadre/contract/errors'
import type { ProviderType } from '@cadre/contract/providers'
import { defaultEmbeddings } from './aliases.ts'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import type { Reported } from './server-models.ts'

type List = (known: Known) => Promise<Reported[]>
const local: ProviderType[] = ['ollama', 'lmstudio', 'gguf', 'custom']
const advice = 'name a provider and a model for embeddings'

/**
 * Who makes vectors, and with which model. `auto` is the first usable provider whose usual model is known, then a server of one's own that
 * has one; such a server is asked. Credentials for AWS are often set for something else: Bedrock only by name.
 */
export async function chooseEmbedding(known: Known[], provider: string, model: string, list: List): Promise<{ chosen: Known; wanted: string }> {
  if (provider !== 'auto') {
    const named = known.find(({ id }) => id === provider)
    if (!named) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${provider}'; add it with POST /api/v1/providers`)
    if (named.problem !== null) throw new CadreError('UNAVAILABLE', `provider '${provider}' cannot be used: ${named.problem}`)
    if (named.type === 'builtin' || named.type === 'anthropic')
      throw new CadreError('UNAVAILABLE', `provider '${provider}' has no embeddings; ${advice}`)
    return { chosen: named, wanted: model === 'auto' ? (defaultEmbeddings[named.type] ?? (await firstAt(named, list))) : model }
  }
  const usable = known.filter(({ problem, type }) => problem === null && type !== 'bedrock')
  const maker = usable.find(({ type }) => defaultEmbeddings[type] !== undefined)
  if (maker) return { chosen: maker, wanted: model === 'auto' ? (defaultEmbeddings[maker.type] ?? model) : model }
  const reasons: string[] = []
  for (const server of usable.filter(({ type }) => local.includes(type))) {
    if (model !== 'auto') return { chosen: server, wanted: model }
    try {
      return { chosen: server, wanted: await firstAt(server, list) }
    } catch (error) {
      if (!(error instanceof CadreError)) throw error
      reasons.push(error.message)
    }
  }
  throw new CadreError('UNAVAILABLE', reasons.length ? reasons.join('; ') : `no usable provider has embeddings; ${advice}`)
}

async function firstAt(known: Known, list: List): Promise<string> {
  if (!local.includes(known.type)) throw new CadreError('UNAVAILABLE', `provider '${known.id}' has no usual model for embeddings; ${advice}`)
  let models: Reported[]
  try {
    models = await list(known)
  } catch (error) {
    const { message } = explainModelError(error, known.id, known.type)
    throw new CadreError('UNAVAILABLE', `provider '${known.id}' was asked for a model for embeddings: ${message}`)
  }
  const found = models.find(({ id, card }) => card.embeddings === true || (card.embeddings === undefined && /embed|bge-|minilm/i.test(id)))
  if (found) return found.id
  throw new CadreError(
    'UNAVAILABLE',
    `provider '${known.id}' has no model for embeddings${known.type === 'ollama' ? ': `ollama pull nomic-embed-text` gets one' : ''}; ${advice}`,
  )
}
