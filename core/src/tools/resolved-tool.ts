import type { Effect, JsonSchema, Manifest } from '@cadre/contract/forgehook'

/** An endpoint of a ForgeHook with everything that a call of it needs. */
export type ResolvedTool = {
  /** `hook__endpoint`, by which a model calls it. */
  name: string
  hook_id: string
  /** The name without `hook__`. */
  action: string
  /** The endpoint's path in the manifest. */
  path: string
  description: string
  effect: Effect
  input: JsonSchema
  output: JsonSchema | undefined
  limits: Manifest['limits']
  /** Hosts that it may reach. */
  network: string[]
  runtime: EmbeddedRuntime | HttpRuntime
}
/** `entry`: the file URL of the module whose default export holds the handlers. */
export type EmbeddedRuntime = { type: 'embedded'; entry: string }
export type HttpRuntime = { type: 'http'; base_url: string; headers: Record<string, string> }

/** One call of a tool. */
export type ToolCall = {
  tool: ResolvedTool
  input: unknown
  /** The same on every repetition of the call. */
  idempotency_key: string
  run_id: string | null
  /** The moment the call was first made, in milliseconds; the same on every repetition. */
  now: number
  signal: AbortSignal
}
