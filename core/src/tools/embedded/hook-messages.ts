import type { Ask } from '../capabilities.ts'

/** What goes between the pool (embedded-runtime.ts) and a thread (hook-thread.ts). Input and output cross as JSON text: see there. */
export type ToThread =
  | { type: 'load'; entry: string }
  | ({ type: 'call' } & CallMessage)
  | { type: 'abort'; id: number }
  | ({ type: 'reply'; id: number; seq: number } & Reply)

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

/** `said`: the handler's own word (HookError); `broke`: anything else it threw; `unfit`: its output is no JSON or too large. */
export type Failure = { kind: 'said' | 'broke' | 'unfit'; message: string; stack?: string | undefined }
export type FromThread =
  | { type: 'loaded'; entry: string; error: string | null }
  /** A handler wants something of the server; `seq` counts within its call. */
  | { type: 'ask'; id: number; seq: number; ask: Ask }
  | { type: 'done'; id: number; output: string }
  | { type: 'failed'; id: number; failure: Failure }
