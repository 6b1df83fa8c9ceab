import type { Ask } from '../capabilities.ts'

/**
 * What goes between a pool (thread-pool.ts) and a thread: of embedded hooks (hook-thread.ts) or of the sandbox (../code/code-thread.ts).
 * Input and output cross as JSON text: see hook-thread.ts.
 */
export type ToThread =
  | ({ type: 'load' } & Loadable)
  | ({ type: 'call' } & CallMessage)
  | { type: 'abort'; id: number }
  | ({ type: 'reply'; id: number; seq: number } & Reply)

/** To the sandbox: which handlers there are, and what they declare. */
export type Inspect = { type: 'inspect'; id: number; entry: string; max_bytes: number }

/** What a thread takes in before it can call handlers of it: a module by its file URL, or source under any name. */
export type Loadable = { entry: string; source?: string }

export type CallMessage = {
  id: number
  entry: string
  path: string
  input: string
  now: number
  key: string
  max_bytes: number
  settings: Record<string, unknown>
}
/** `error`: in words that the handler may pass on. */
export type Reply = { value: unknown; error: null } | { value: null; error: string }

/** `said`: the handler's own word (HookError); `broke`: anything else it threw; `unfit`: it did not keep to its limits or to JSON. */
export type Failure = { kind: 'said' | 'broke' | 'unfit'; message: string; stack?: string | undefined }
export type FromThread =
  | { type: 'loaded'; entry: string; error: string | null }
  /** A handler wants something of the server; `seq` counts within its call. */
  | { type: 'ask'; id: number; seq: number; ask: Ask }
  /** `worn`: the thread should take no further call. */
  | { type: 'done'; id: number; output: string; worn?: boolean }
  | { type: 'failed'; id: number; failure: Failure; worn?: boolean }
