import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import type { Capability, ModelCard, ProviderTest } from '@cadre/contract/providers'
import { type Actor, keyOf } from '../access/actor.ts'
import type { Asker } from '../usage/aside.ts'
import { refusalIn } from '../usage/budget-refused.ts'
import type { SpendApp } from '../usage/spend.ts'
import { beginEmbedding, embeddingTokens } from './embedding-spend.ts'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import { checks } from './measure-model.ts'
import type { Providers, ResolvedModel } from './providers.ts'
import { upsertCard } from './providers.store.ts'

const limitMs = 30_000
/** A model that must be loaded first takes its time, but only once. */
const firstMs = 120_000

type Parts = SpendApp & { providers: Providers }
/** `metered`: a model whose calls are counted, and held in what limits the asker. */
type Ways = {
  ask: (model: LanguageModelV3, prompt: string, signal: AbortSignal) => Promise<string>
  metered: (asker: Asker, model: ResolvedModel) => LanguageModelV3
}
type Notes = ProviderTest['notes']

/**
 * Measures a model with real calls: a short answer by the road that runs take, then a stream, a tool call, a picture, a JSON answer and vectors;
 * of a model for embeddings the vectors only. What was found becomes its card, whatever a list said of it.
 */
export async function testProvider(app: Parts, actor: Actor, input: { id: string; model?: string | undefined }, ways: Ways): Promise<ProviderTest> {
  const { workspace_id } = actor
  const asker = { workspace_id, user_id: actor.user_id ?? actor.id, key_id: keyOf(actor) }
  const known = (await app.providers.known(workspace_id)).find((each) => each.id === input.id)
  if (!known) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${input.id}'`)
  let resolved: ResolvedModel
  try {
    resolved = await app.providers.resolveModel(workspace_id, input.id, input.model ?? 'auto')
  } catch (error) {
    if (error instanceof CadreError) return failed(null, error.message)
    throw error
  }
  const embeds = resolved.card.embeddings === true && resolved.card.chat !== true
  const test = embeds ? await testEmbeddings(app, asker, known, resolved) : await testChat(app, asker, known, resolved, ways)
  if (!test.card || resolved.type === 'builtin') return test
  const card: ModelCard = { ...test.card, source: 'measured', measured_at: new Date(app.now()).toISOString() }
  const row = { workspace_id, provider_id: known.id, model: resolved.model, card: JSON.stringify(card), measured_at: app.now() }
  await app.db.write((trx) => upsertCard(trx, row))
  return { ...test, card }
}

async function testChat(app: Parts, asker: Asker, known: Known, resolved: ResolvedModel, { ask, metered }: Ways): Promise<ProviderTest> {
  const { model, card } = resolved
  const languageModel = metered(asker, resolved)
  let text: string
  const began = performance.now()
  try {
    text = await ask(languageModel, 'Say hello.', AbortSignal.timeout(firstMs))
  } catch (error) {
    return failed(model, reason(error, known, firstMs))
  }
  const latency_ms = Math.round(performance.now() - began)
  const notes: Notes = []
  const found: Partial<Record<Capability, boolean | null>> = {}
  let first_token_ms: number | null = null
  // One after the other: a server of one's own does one at a time, and each would wait for the others' sake.
  for (const capability of ['streaming', 'tools', 'vision', 'structured_output'] as const) {
    try {
      const { value, note, first_token_ms: first } = await checks[capability](languageModel, AbortSignal.timeout(limitMs))
      found[capability] = value
      first_token_ms ??= first ?? null
      if (note !== undefined) notes.push({ capability, message: note })
    } catch (error) {
      found[capability] = canSay(error, known) ? false : null
      notes.push({ capability, message: reason(error, known, limitMs) })
    }
  }
  // One that thinks may have spent the few tokens of the first question on that.
  if (text.trim() === '' && first_token_ms === null) return failed(model, 'it answered with an empty text')
  try {
    found.embeddings = (await vectorLength(app, asker, known, model, limitMs)) !== null
  } catch (error) {
    found.embeddings = canSay(error, known) ? false : null // few models have both; no note
  }
  const context_size = await contextOf(app, known, model, card)
  const measured = { ...card, chat: true, ...found, context_size, latency_ms, first_token_ms }
  return { ok: true, model, latency_ms, first_token_ms, text: text.slice(0, 500), error: null, card: measured, notes }
}

async function testEmbeddings(app: Parts, asker: Asker, known: Known, { model, card }: ResolvedModel): Promise<ProviderTest> {
  const began = performance.now()
  try {
    const length = await vectorLength(app, asker, known, model, firstMs)
    if (length === null) return failed(model, `providers of type '${known.type}' have no embeddings`)
    const latency_ms = Math.round(performance.now() - began)
    const context_size = await contextOf(app, known, model, card)
    const none = { chat: false, streaming: false, tools: false, vision: false, structured_output: false }
    const measured = { ...card, ...none, embeddings: true, context_size, latency_ms }
    return { ok: true, model, latency_ms, first_token_ms: null, text: `a vector of ${length} numbers`, error: null, card: measured, notes: [] }
  } catch (error) {
    return failed(model, reason(error, known, firstMs))
  }
}

/** @returns null where the type of provider has no embeddings. Throws where what comes is no vector of the text. */
async function vectorLength(app: Parts, asker: Asker, known: Known, model: string, ms: number): Promise<number | null> {
  const embedding = await app.providers.embeddingModel(known, model)
  if (!embedding) return null
  const abortSignal = AbortSignal.timeout(ms)
  const vectors: number[][] = []
  // One at a time, since some take no more.
  for (const text of ['Hello.', 'The price of wheat fell in autumn.']) {
    const spend = await beginEmbedding(app, asker, { purpose: 'test', provider: known.id, model, longest_ms: 2 * ms }, [text])
    try {
      const { embeddings, usage } = await embedding.doEmbed({ values: [text], abortSignal })
      vectors.push(...embeddings)
      await spend.settle(embeddingTokens(usage?.tokens, [text]))
    } finally {
      await spend.release()
    }
  }
  const [one, other] = vectors
  if (!one?.length || !one.every(Number.isFinite)) throw new Error('the vector is empty')
  if (JSON.stringify(one) === JSON.stringify(other)) throw new Error('two different texts have the same vector')
  return one.length
}

/** What the server says now that it has the model loaded; what was known before where it says nothing. */
async function contextOf(app: Parts, known: Known, model: string, card: ModelCard): Promise<number | null> {
  try {
    return (await app.providers.realContext(known, model)) ?? card.context_size
  } catch {
    return card.context_size // an older version of the server, or one of its likes
  }
}

/** Being refused for what was asked is an answer; a server that is busy or gone says nothing of the model. */
function canSay(error: unknown, known: Known): boolean {
  if (refusalIn(error)) return false
  const { code, retryable } = explainModelError(error, known.id)
  return !retryable && code !== 'MODEL_KEY_REFUSED'
}

function failed(model: string | null, error: string): ProviderTest {
  return { ok: false, model, latency_ms: null, first_token_ms: null, text: null, error, card: null, notes: [] }
}

function reason(error: unknown, known: Known, ms: number): string {
  if (error instanceof CadreError) return error.message
  const refused = refusalIn(error)
  if (refused) return refused.message
  const late = error instanceof Error && error.name === 'TimeoutError'
  return late ? `no answer within ${ms / 1000} s` : explainModelError(error, known.id, known.type).message
}
