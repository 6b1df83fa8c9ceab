import type { LanguageModelV3 } from '@ai-sdk/provider'
import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import { explainModelError } from './explain-error.ts'
import type { Providers } from './providers.ts'

const limitMs = 30_000

export type ProviderTest = { ok: boolean; model: string | null; latency_ms: number | null; text: string | null; error: string | null }
type Ask = (model: LanguageModelV3, prompt: string, signal: AbortSignal) => Promise<string>

/** Asks for one short answer, by whatever road the runs take, and says in plain words why there is none. */
export async function testProvider(
  app: { providers: Providers },
  actor: Actor,
  input: { id: string; model?: string | undefined },
  ask: Ask,
): Promise<ProviderTest> {
  requireOwner(actor)
  const known = (await app.providers.list()).some((each) => each.id === input.id)
  if (!known) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${input.id}'`)
  const failed = (model: string | null, error: string) => ({ ok: false, model, latency_ms: null, text: null, error })
  let model: string | null = null
  try {
    const resolved = await app.providers.resolveModel(input.id, input.model ?? 'auto')
    model = resolved.model
    const began = performance.now()
    const text = await ask(resolved.languageModel, 'Say hello.', AbortSignal.timeout(limitMs))
    return { ok: true, model, latency_ms: Math.round(performance.now() - began), text: text.slice(0, 500), error: null }
  } catch (error) {
    if (error instanceof CadreError) return failed(model, error.message)
    const late = error instanceof Error && error.name === 'TimeoutError'
    return failed(model, late ? `no answer within ${limitMs / 1000} s` : explainModelError(error, input.id).message)
  }
}
