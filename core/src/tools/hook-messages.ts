/** What goes between the pool (embedded-runtime.ts) and a thread (hook-thread.ts). Values cross as JSON text: see there. */
export type ToThread =
  | { type: 'load'; entry: string }
  | { type: 'call'; id: number; entry: string; path: string; input: string; now: number; key: string; max_bytes: number }
  | { type: 'abort'; id: number }

/** `said`: the handler's own word (HookError); `broke`: anything else it threw; `unfit`: its output is no JSON or too large. */
export type Failure = { kind: 'said' | 'broke' | 'unfit'; message: string; stack?: string | undefined }
export type FromThread =
  | { type: 'loaded'; entry: string; error: string | null }
  | { type: 'done'; id: number; output: string }
  | { type: 'failed'; id: number; failure: Failure }
