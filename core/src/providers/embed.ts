import { CadreError, invalid } from '@cadre/contract/errors'
import type { ProviderType } from '@cadre/contract/providers'
import { BudgetRefused } from '../usage/budget-refused.ts'
import type { SpendApp } from '../usage/spend.ts'
import { type ModelCalls, NoAnswer } from './calls/model-calls.ts'
import { beginEmbedding, embeddingTokens, type EmbeddingTokens, estimatedTokens } from './embedding-spend.ts'
import { embeddingBatches, type Piece, type Wish } from './embedding-batches.ts'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import type { Providers } from './providers.ts'

export type EmbedRequest = {
  workspace_id: string
  /** A provider's id, or `auto`: the first usable one that has embeddings. */
  provider: string
  /** `auto`: the usual one of that provider. */
  model: string
  /** Some models make other vectors of what is looked for than of what is found; the two are made to be compared. */
  purpose: 'document' | 'query'
  /** Whose budgets it draws from. */
  user_id: string
  key_id: string | null
  signal: AbortSignal
  /** For one try at one batch. */
  timeout_ms?: number
}

/** In the order of the texts, all of one length. */
export type Embedded = { vectors: number[][]; provider: string; model: string; tokens: number }
export type Embed = (texts: readonly string[], request: EmbedRequest) => Promise<Embedded>

/** Callers that ask within this time share their requests. */
const gatherMs = 3
const timeoutMs = 60_000
const mostRetries = 2
/** Requests of one gathering at once; a provider's `concurrent` may allow fewer. */
const atOnce = 4

type Found = { vectors: number[][] } & EmbeddingTokens
type Group = { workspace_id: string; known: Known; model: string; purpose: EmbedRequest['purpose']; timeout_ms: number; wishes: Wish[] }

/**
 * Vectors of texts: what callers ask for at the same time goes together, in requests as large as the provider takes, each made by the same rules
 * as a model call (limits, retries, breaker). One caller's bad text does not fail the others, and one who goes away does not stop them.
 * Throws NoAnswer, CadreError for what cannot be asked, or the signal's reason.
 */
export function openEmbed(app: SpendApp & { providers: Providers; calls: ModelCalls }): Embed {
  const gathering = new Map<string, Group>()

  const askOnce = async (group: Group, pieces: Piece[], signal: AbortSignal): Promise<Found> => {
    const { workspace_id, known, model, purpose, timeout_ms } = group
    const values = pieces.map(({ text }) => text)
    const candidate = { provider: known.id, model }
    const { value } = await app.calls.call(
      { workspace_id, candidates: [candidate], strategy: 'failover', max_retries: mostRetries, timeout_ms, tokens: estimatedTokens(values), signal },
      {
        async ask(_, abortSignal) {
          const embedding = await app.providers.embeddingModel(known, model)
          if (!embedding) throw new CadreError('UNAVAILABLE', `providers of type '${known.type}' have no embeddings`)
          const { embeddings, usage, response } = await embedding.doEmbed({ values, abortSignal, providerOptions: optionsFor(purpose) })
          return { vectors: checked(inOrder(embeddings, response?.body), values.length), ...embeddingTokens(usage?.tokens, values) }
        },
        tokensOf: ({ tokens }) => tokens,
        explain: (error) => explain(error, known.id, known.type),
        waiting: async () => {},
        failed: () => {},
      },
    )
    return value
  }

  const send = async (group: Group) => {
    const batches = await embeddingBatches(group.wishes, await limitsOf(app.providers, group))
    const left = batches.values()
    const work = async () => {
      for (const batch of left) await fill(batch, (pieces, signal) => askOnce(group, pieces, signal))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  return async (texts, { workspace_id, provider, model, purpose, user_id, key_id, signal, timeout_ms = timeoutMs }) => {
    signal.throwIfAborted()
    const empty = texts.findIndex((text) => text === '')
    if (empty >= 0) throw invalid(`texts[${empty}]`, 'is empty; there is no vector of nothing')
    const chosen = await app.providers.resolveEmbedding(workspace_id, provider, model)
    const own = { provider: chosen.known.id, model: chosen.model }
    if (texts.length === 0) return { vectors: [], tokens: 0, ...own }
    const spend = await held(app, { workspace_id, user_id, key_id }, { purpose: 'embedding', ...own, longest_ms: longestOf(timeout_ms) }, texts)
    const key = JSON.stringify([workspace_id, own, purpose, timeout_ms])
    let group = gathering.get(key)
    if (!group) {
      group = { workspace_id, known: chosen.known, model: chosen.model, purpose, timeout_ms, wishes: [] }
      gathering.set(key, group)
      setTimeout(() => {
        const ready = gathering.get(key)
        gathering.delete(key)
        if (ready) send(ready).catch((error: unknown) => ready.wishes.forEach(({ fail }) => fail(error)))
      }, gatherMs)
    }
    const { promise, resolve, reject } = Promise.withResolvers<Found>()
    const wish: Wish = {
      texts,
      signal,
      vectors: [],
      left: texts.length,
      tokens: 0,
      estimated: false,
      sent: 0,
      over: false,
      done: resolve,
      fail: reject,
    }
    group.wishes.push(wish)
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      signal.throwIfAborted()
      const found = await promise
      await spend.settle(found)
      if (found.vectors.some(({ length }) => length !== found.vectors[0]?.length))
        throw new NoAnswer({ code: 'MODEL_BAD_ANSWER', message: `${own.provider} gave vectors of different lengths`, retry_after_ms: undefined })
      return { vectors: found.vectors, tokens: found.tokens, ...own }
    } catch (error) {
      // What was answered before it failed is paid for, and what was on its way when it was given up.
      const tokens = Math.round(wish.tokens + (signal.aborted ? wish.sent : 0))
      if (tokens > 0) await spend.settle({ tokens, estimated: wish.estimated || signal.aborted }, 'failed')
      throw error
    } finally {
      wish.over = true
      signal.removeEventListener('abort', onAbort)
      await spend.release()
    }
  }
}

/** Every try at every batch may take its time; beyond that nobody waits any more. */
const longestOf = (timeout_ms: number) => (mostRetries + 1) * timeout_ms + 600_000

async function held(...[app, asker, place, texts]: Parameters<typeof beginEmbedding>) {
  try {
    return await beginEmbedding(app, asker, place, texts)
  } catch (error) {
    if (!(error instanceof BudgetRefused)) throw error
    throw new NoAnswer({ code: error.refusal.code, message: error.message, retry_after_ms: undefined })
  }
}

/** One request; where it is refused and several callers share it, each is asked for alone, since one text may be what was refused. */
async function fill(pieces: Piece[], ask: (pieces: Piece[], signal: AbortSignal) => Promise<Found>) {
  const there = pieces.filter(({ wish }) => !wish.over)
  const wishes = [...new Set(there.map(({ wish }) => wish))]
  if (wishes.length === 0) return
  const gone = new AbortController()
  const onAbort = () => wishes.every((wish) => wish.signal.aborted) && gone.abort(wishes[0]?.signal.reason)
  for (const { signal } of wishes) signal.addEventListener('abort', onAbort, { once: true })
  const sizes = there.map(({ text }) => estimatedTokens([text]))
  const whole = sizes.reduce((sum, size) => sum + size, 0)
  for (const [i, { wish }] of there.entries()) wish.sent += sizes[i] ?? 0
  const answered = ask(there, gone.signal).finally(() => {
    for (const [i, { wish }] of there.entries()) wish.sent -= sizes[i] ?? 0
  })
  try {
    const { vectors, tokens, estimated } = await answered
    for (const [i, { wish, index }] of there.entries()) {
      wish.vectors[index] = vectors[i] ?? []
      // Each pays for what is its own.
      wish.tokens += (tokens * (sizes[i] ?? 0)) / whole
      wish.estimated ||= estimated
      wish.left--
    }
    for (const wish of wishes) if (wish.left === 0) wish.done({ vectors: wish.vectors, tokens: Math.round(wish.tokens), estimated: wish.estimated })
  } catch (error) {
    if (wishes.length === 1 || !(error instanceof NoAnswer) || !ofTheRequest.has(error.code)) return wishes.forEach(({ fail }) => fail(error))
    for (const wish of wishes)
      await fill(
        there.filter((piece) => piece.wish === wish),
        ask,
      )
  } finally {
    for (const { signal } of wishes) signal.removeEventListener('abort', onAbort)
  }
}

const ofTheRequest = new Set(['MODEL_REFUSED', 'CONTEXT_TOO_LONG', 'CONTENT_FILTERED'])

/** How much goes into one request. Fewer texts than allowed: a retry repeats them all, and what is too long as a whole is refused. */
const largest: Partial<Record<ProviderType, { texts: number; chars: number }>> = {
  openai: { texts: 512, chars: 800_000 }, // 2048 and 300,000 tokens
  azure: { texts: 512, chars: 800_000 },
  google: { texts: 100, chars: 400_000 },
  mistral: { texts: 32, chars: 32_000 }, // 16,384 tokens
}
const largestLocal = { texts: 32, chars: 400_000 }

async function limitsOf(providers: Providers, { known, model }: Group) {
  const { texts, chars } = largest[known.type] ?? largestLocal
  const embedding = await providers.embeddingModel(known, model)
  return { texts: Math.min(texts, (await embedding?.maxEmbeddingsPerCall) ?? texts), chars }
}

// Each package reads its own part. What is too long shall be refused, not cut.
function optionsFor(purpose: EmbedRequest['purpose']) {
  const isQuery = purpose === 'query'
  return {
    google: { taskType: isQuery ? 'RETRIEVAL_QUERY' : 'RETRIEVAL_DOCUMENT' },
    bedrock: {
      inputType: isQuery ? 'search_query' : 'search_document',
      embeddingPurpose: isQuery ? 'TEXT_RETRIEVAL' : 'GENERIC_INDEX',
      truncate: 'NONE',
    },
  }
}

/** Servers that speak OpenAI's language number their vectors and need not give them in that order; the packages take them as they come. */
function inOrder(vectors: number[][], body: unknown): number[][] {
  const data = (body as { data?: { index?: unknown }[] } | undefined)?.data
  if (!Array.isArray(data) || data.length !== vectors.length) return vectors
  const places = data.map((each) => each?.index)
  if (new Set(places).size !== vectors.length || !places.every((at) => Number.isInteger(at) && Number(at) >= 0 && Number(at) < vectors.length))
    return vectors
  const ordered: number[][] = []
  for (const [i, at] of places.entries()) ordered[Number(at)] = vectors[i] ?? []
  return ordered
}

function checked(vectors: number[][], wanted: number): number[][] {
  if (vectors.length !== wanted) throw new Error(`${wanted} vectors were asked for and ${vectors.length} came`)
  if (vectors.some((vector) => !Array.isArray(vector) || vector.length === 0 || !vector.every(Number.isFinite)))
    throw new Error('a vector is empty or has something else than numbers')
  return vectors
}

function explain(error: unknown, provider: string, type: ProviderType) {
  if (error instanceof CadreError) return { code: 'PROVIDER_NOT_USABLE', message: error.message, retryable: false, retry_after_ms: undefined }
  return explainModelError(error, provider, type)
}
