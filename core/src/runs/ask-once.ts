import type { LanguageModelV3 } from '@ai-sdk/provider'
import { loadEngine } from './load-engine.ts'

/** One short question without tools: how a provider is tested. It goes the same road as every model call. */
export async function askOnce(model: LanguageModelV3, prompt: string, signal: AbortSignal): Promise<string> {
  const turn = {
    agent: 'provider-test',
    system: 'Answer in one short sentence.',
    history: [],
    prompt,
    model,
    temperature: 0,
    max_tokens: 64,
    tools: [],
    signal,
  }
  return (await (await loadEngine())(turn)).text
}
