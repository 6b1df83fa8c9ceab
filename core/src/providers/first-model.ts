import { CadreError } from '@cadre/contract/errors'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import { canList, listModels, NotAList, type Reported } from './server-models.ts'

/**
 * A server of one's own lists its models; where nobody said which to use, its first one that chats is, or the one that is called like a
 * line of `models:`.
 */
export async function firstModelOf(known: Known, fetch: typeof globalThis.fetch): Promise<string> {
  const advice = 'name a model in the agent, or a default_model in the provider'
  if (!canList(known.type)) throw new CadreError('UNAVAILABLE', `provider '${known.id}' has no default_model; ${advice}`)
  let models: Reported[]
  try {
    models = await listModels(known, fetch)
  } catch (error) {
    if (error instanceof NotAList) throw new CadreError('UNAVAILABLE', `provider '${known.id}' ${error.message}; ${advice}`)
    const { message } = explainModelError(error, known.id, known.type)
    throw new CadreError('UNAVAILABLE', `provider '${known.id}' has no default_model and was asked for its models: ${message}`)
  }
  const chatting = models.filter(({ id, card }) => card.chat !== false && !/embed/i.test(id))
  const found = known.model_like === null ? chatting[0] : like(chatting, known.model_like)
  if (found) return found.id
  const there = models
    .map(({ id }) => id)
    .slice(0, 20)
    .join(', ')
  const wanted = known.model_like === null ? 'no model that chats' : `no model like '${known.model_like}'`
  const has = there ? `it has ${there}` : known.type === 'ollama' ? 'it has none: `ollama pull NAME` gets one' : 'it has none'
  throw new CadreError('UNAVAILABLE', `provider '${known.id}' has ${wanted}; ${has}; ${advice}`)
}

/** `Mistral 7B` is called mistral-7b-instruct-v0.3 there; of several, the shortest name is nearest. */
function like(models: Reported[], name: string): Reported | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '')
  const near = models.filter(({ id }) => plain(id).includes(plain(name)))
  return near.sort((a, b) => a.id.length - b.id.length)[0]
}
