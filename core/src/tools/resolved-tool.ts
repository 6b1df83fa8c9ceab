import type { Effect, HookEndpoint, JsonSchema, Manifest } from '@cadre/contract/manifest'

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
  /** permissions, with `settings:name` already put in words that the connector knows. */
  grants: Manifest['permissions']
  /** What the operator set for the ForgeHook. */
  settings: Record<string, unknown>
  runtime: EmbeddedRuntime | HttpRuntime | CodeRuntime | McpRuntime | ContainerRuntime
}
/** `entry`: the file URL of the module whose default export holds the handlers. */
export type EmbeddedRuntime = { type: 'embedded'; entry: string }
/** `headers` are open here, and nowhere else. */
export type HttpRuntime = { type: 'http'; base_url: string; headers: Record<string, string>; request: HookEndpoint['request'] }
/** `source`: JavaScript of an ES module whose default export holds the handlers; types are already taken out. */
export type CodeRuntime = { type: 'code'; source: string }
export type McpRuntime = {
  type: 'mcp'
  server:
    | { type: 'stdio'; command: string; args: string[]; env: Record<string, string> }
    | { type: 'http'; url: string; headers: Record<string, string> }
  tool: string
  hash: string
}
export type ContainerRuntime = {
  type: 'container'
  image: string
  command: string[] | undefined
  env: Record<string, string>
  cpus: number
  pids: number
}

/** One call of a tool. */
export type ToolCall = {
  tool: ResolvedTool
  /** For whom: what is stored, opened and kept warm for a call is of this workspace. */
  workspace_id: string
  input: unknown
  /** The same on every repetition of the call. */
  idempotency_key: string
  run_id: string | null
  /** The moment the call was first made, in milliseconds; the same on every repetition. */
  now: number
  signal: AbortSignal
}

/** What runs calls of one kind of ForgeHook. A call throws ToolError in plain words, or the signal's reason when that is aborted first. */
export type Runtime<R extends ResolvedTool['runtime'] = ResolvedTool['runtime']> = {
  call: (call: ToolCall, runtime: R) => Promise<unknown>
  /** What the call would do, for a person to look at; no secrets. */
  preview?: (call: ToolCall, runtime: R) => Promise<object> | object
  close: () => Promise<void>
}
