import type { Effect, JsonSchema } from '@cadre/contract/manifest'
import type { LanguageModelV3 } from '@ai-sdk/provider'

/**
 * The port to whatever turns a prompt, a model and tools into an answer. It knows nothing of journals or leases: durability comes
 * from the model and the tools it is given (engine-model.ts, journaled-tools.ts), which answer from the journal what it already holds.
 */
export type Engine = (turn: EngineTurn) => Promise<EngineAnswer>

export type EngineTurn = {
  agent: string
  system: string
  /** The conversation so far in the engine's own form: `[]` at first, then what the last answer gave back. */
  history: unknown[]
  prompt: string
  model: LanguageModelV3
  temperature: number
  max_tokens: number
  tools: EngineTool[]
  signal: AbortSignal
}

export type EngineTool = {
  name: string
  description: string
  effect: Effect
  input: JsonSchema
  /** Never throws for what a tool does wrong: its error is an answer to the model. */
  execute: (callId: string, input: unknown) => Promise<unknown>
}

export type EngineAnswer = { text: string; history: unknown[] }
