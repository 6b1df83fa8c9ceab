import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import type { Capability, ModelCard, ProviderTest } from '@cadre/contract/providers'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import { checks } from './measure-model.ts'
import type { Providers, ResolvedModel } from './providers.ts'
import { upsertCard } from './providers.store.ts'

const limitMs = 30_000
/** A model that must be loaded first takes its time, but only once. */
const firstMs = 120_000

type Parts = { db: Db; providers: Providers; now: () => number }
type Ask = (model: LanguageModelV3, prompt: string, signal: AbortSignal) => Promise<string>
type Notes = ProviderTest['notes']

/**
 * Measures a model with real calls: a short answer by the road that runs take, then a stream, a tool call, a picture and a JSON answer,
 * or a vector from a model for embeddings. What was found becomes its card.
 */
export async function testProvider(app: Parts, actor: Actor, input: { id: string; model?: string | undefined }, ask: Ask): Promise<ProviderTest> {
  requireOwner(actor)
  const known = (await app.providers.known()).find((each) => each.id === input.id)
  if (!known) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${input.id}'`)
  let resolved: ResolvedModel
  try {
    resolved = await app.providers.resolveModel(input.id, input.model ?? 'auto')
  } catch (error) {
    if (error instanceof CadreError) return failed(null, error.message)
    throw error
  }
  const embeds = resolved.card.embeddings === true && resolved.card.chat !== true
  const test = embeds ? await testEmbeddings(app, known, resolved) : await testChat(known, resolved, ask)
  if (!test.card || resolved.type === 'builtin') return test
  const card: ModelCard = { ...test.card, source: 'measured', measured_at: new Date(app.now()).toISOString() }
  await app.db.write((trx) => upsertCard(trx, { provider_id: known.id, model: resolved.model, card: JSON.stringify(card), measured_at: app.now() }))
  return { ...test, card }
}

async function testChat(known: Known, { languageModel, model, card }: ResolvedModel, ask: Ask): Promise<ProviderTest> {
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
      // Being refused for what was asked is an answer; a server that is busy or gone says nothing of the model.
      const { code, retryable } = explainModelError(error, known.id)
      found[capability] = retryable || code === 'MODEL_KEY_REFUSED' ? null : false
      notes.push({ capability, message: reason(error, known, limitMs) })
    }
  }
  const measured = { ...card, chat: true, embeddings: card.embeddings ?? false, ...found, latency_ms, first_token_ms }
  return { ok: true, model, latency_ms, first_token_ms, text: text.slice(0, 500), error: null, card: measured, notes }
}

async function testEmbeddings(app: Parts, known: Known, { model, card }: ResolvedModel): Promise<ProviderTest> {
  const began = performance.now()
  try {
    const embedding = await app.providers.embeddingModel(known, model)
    if (!embedding) return failed(model, `providers of type '${known.type}' have no embeddings`)
    const { embeddings } = await embedding.doEmbed({ values: ['Hello.'], abortSignal: AbortSignal.timeout(firstMs) })
    const latency_ms = Math.round(performance.now() - began)
    const text = `a vector of ${embeddings[0]?.length ?? 0} numbers`
    const measured = { ...card, chat: false, streaming: false, tools: false, vision: false, structured_output: false, embeddings: true, latency_ms }
    return { ok: true, model, latency_ms, first_token_ms: null, text, error: null, card: measured, notes: [] }
  } catch (error) {
    return failed(model, reason(error, known, firstMs))
  }
}

function failed(model: string | null, error: string): ProviderTest {
  return { ok: false, model, latency_ms: null, first_token_ms: null, text: null, error, card: null, notes: [] }
}

function reason(error: unknown, known: Known, ms: number): string {
  if (error instanceof CadreError) return error.message
  const late = error instanceof Error && error.name === 'TimeoutError'
  return late ? `no answer within ${ms / 1000} s` : explainModelError(error, known.id).message
}
