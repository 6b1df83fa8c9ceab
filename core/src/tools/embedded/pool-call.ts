import type { Capabilities } from '../capabilities.ts'
import type { HookThread, ThreadKind } from './embedded-thread.ts'
import type { Failure, Loadable } from './hook-messages.ts'
import type { ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'

/** A call that a pool was given, until it is answered. */
export type Pending = Omit<ToolCall, 'input'> & {
  id: number
  code: Loadable
  /** JSON text. */
  input: string
  /** Its thread, once it has one. */
  thread: HookThread | null
  clock: NodeJS.Timeout | null
  settled: boolean
  /** Aborted when the call is over, however it ends: what its handler asked for meanwhile is given up. */
  ended: AbortController
  resolve: (output: unknown) => void
  reject: (error: unknown) => void
  onAbort: () => void
}

export type PoolOptions = {
  capabilities: Capabilities
  /** Told what handlers throw beside HookError, with the stack that the model is not shown. */
  onDefect: (tool: string, failure: Failure) => void
  max_threads: number
  /** Threads that one ForgeHook may keep busy. */
  max_per_hook: number
  /** How long an idle thread stays warm. */
  idle_ms: number
  /** How long a handler may take to end by itself once it is told to; then its thread is ended from outside. */
  grace_ms: number
  /** Loading a ForgeHook, which is not part of the call's own time. */
  load_ms: number
  /** A thread is replaced when it has loaded so many ForgeHooks, or made so many calls. */
  max_loaded: number
  max_calls: number
  kind: (memory_mb: number) => ThreadKind
}

export function brokeOf(error: unknown): Failure {
  return error instanceof Error ? { kind: 'broke', message: error.message, stack: error.stack } : { kind: 'broke', message: String(error) }
}

export function notLoaded(pending: Pending, why: string) {
  return new ToolError(`the ForgeHook '${pending.tool.hook_id}' could not be loaded: ${why}`)
}
