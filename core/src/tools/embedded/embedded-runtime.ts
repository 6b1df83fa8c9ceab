import { availableParallelism } from 'node:os'
import type { EmbeddedRuntime, ToolCall } from '../resolved-tool.ts'
import type { PoolOptions } from './pool-call.ts'
import { ThreadPool } from './thread-pool.ts'

export type EmbeddedOptions = Pick<PoolOptions, 'capabilities' | 'onDefect'> & Partial<Pick<PoolOptions, 'max_threads' | 'idle_ms'>>

const entry = new URL('./hook-thread-entry.mjs', import.meta.url)

/** Runs embedded hooks: code that the operator trusts, in threads of the server. */
export class EmbeddedPool {
  readonly #pool: ThreadPool

  constructor({ capabilities, onDefect, max_threads = Math.min(4, availableParallelism()), idle_ms = 30_000 }: EmbeddedOptions) {
    this.#pool = new ThreadPool({
      capabilities,
      onDefect,
      max_threads,
      max_per_hook: max_threads,
      idle_ms,
      grace_ms: 200,
      load_ms: 30_000,
      max_loaded: Infinity,
      max_calls: Infinity,
      kind: (memory_mb) => ({ entry, name: 'cadre-hooks', limits: { maxOldGenerationSizeMb: memory_mb } }),
    })
  }

  get threadCount() {
    return this.#pool.threadCount
  }

  call(call: ToolCall, { entry: module }: EmbeddedRuntime): Promise<unknown> {
    return this.#pool.call(call, { entry: module })
  }

  close() {
    return this.#pool.close()
  }
}
