import type { Functions, GrammarSchema, HistoryItem } from './llama-api.ts'

/** What one child process loads, and stays with. */
export type Load = {
  /** URL of node-llama-cpp's entry. */
  entry: string
  file: string
  /** The setting; the model's own size bounds it. */
  context_size: number
  threads: number | null
  gpu: boolean
  memory_mb: number | null
}

export type ChatTask = {
  kind: 'chat'
  history: HistoryItem[]
  functions: Functions
  /** It must call one of the functions. */
  forced: boolean
  /** The answer is JSON by this schema. */
  json: GrammarSchema | null
  max_tokens: number | null
  stop: string[]
  temperature: number | null
  top_p: number | null
  top_k: number | null
  seed: number | null
  /** Null for the library's own against repetitions. */
  penalty: { frequency: number; presence: number } | null
}
export type EmbedTask = { kind: 'embed'; texts: string[] }
export type Task = ChatTask | EmbedTask

export type ChatDone = {
  kind: 'chat'
  calls: { name: string; params: unknown }[]
  stopped: 'stop' | 'length' | 'calls'
  raw: string
  prompt_tokens: number
  /** Of these, read now; the rest was there from the call before. */
  read_tokens: number
  answer_tokens: number
}
export type EmbedDone = { kind: 'embed'; vectors: number[][]; tokens: number }
export type Done = ChatDone | EmbedDone

export type Failure =
  | { kind: 'too_long'; tokens: number; context_size: number }
  /** The model cannot be loaded: this process is of no use. */
  | { kind: 'load'; message: string }
  | { kind: 'call'; message: string }
  | { kind: 'aborted' }

export type ToChild = { load: Load } | { id: number; task: Task } | { abort: number }
export type FromChild =
  | { id: number; piece: { kind: 'text' | 'reasoning'; text: string } }
  | { id: number; done: Done }
  | { id: number; failure: Failure }
