import { getCompileCacheDir } from 'node:module'
import { Worker } from 'node:worker_threads'
import type { FromThread, ToThread } from './hook-messages.ts'

export type ThreadEvents = {
  message: (message: FromThread) => void
  /** The thread is gone by itself: out of memory, process.exit, or an error outside of a call. */
  died: (reason: string) => void
}

/**
 * One worker thread for embedded hooks. Its environment and arguments are empty, so that nothing of the process shows there. While idle
 * it does not keep the process alive.
 */
export class HookThread {
  readonly memory_mb: number
  readonly loaded = new Set<string>()
  events: ThreadEvents | null = null
  idleSince = 0
  readonly #worker: Worker
  #ended = false

  constructor(memory_mb: number) {
    this.memory_mb = memory_mb
    this.#worker = new Worker(new URL('./hook-thread-entry.mjs', import.meta.url), {
      workerData: { compileCache: getCompileCacheDir() },
      env: {},
      argv: [],
      name: 'cadre-hooks',
      resourceLimits: { maxOldGenerationSizeMb: memory_mb },
    })
    let reason = 'it ended its own thread'
    this.#worker.on('message', (message: FromThread) => this.events?.message(message))
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      reason =
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? `it needed more than its limit of ${memory_mb} MB (limits.memory_mb)`
          : String(error.message ?? error)
    })
    this.#worker.on('exit', () => {
      if (!this.#ended) this.events?.died(reason)
      this.#ended = true
    })
    this.#worker.unref()
  }

  send(message: ToThread) {
    this.#worker.postMessage(message)
  }
  busy() {
    this.#worker.ref()
  }
  idle() {
    this.#worker.unref()
    this.idleSince = performance.now()
  }
  /** Ends it at once, whatever it is doing. */
  async end() {
    this.#ended = true
    this.events = null
    await this.#worker.terminate()
  }
}
