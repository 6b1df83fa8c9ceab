import { getCompileCacheDir } from 'node:module'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import type { FromThread, Inspect, ToThread } from './hook-messages.ts'

export type ThreadEvents = {
  message: (message: FromThread) => void
  /** The thread is gone by itself: out of memory, process.exit, or an error outside of a call. */
  died: (reason: string) => void
}

/** How threads of one kind are started. */
export type ThreadKind = {
  entry: URL
  name: string
  limits: ResourceLimits
  /** Further workerData. */
  data?: object
  /** What it writes stays unread; nothing in it should write. Reading it would keep the process alive (Node 24: the stream holds its port). */
  silent?: boolean
  /** Without the flags that the process was started with. */
  plain?: boolean
}

/**
 * One worker thread for hooks. Its environment and arguments are empty, so that nothing of the process shows there. While idle it does not
 * keep the process alive.
 */
export class HookThread {
  readonly memory_mb: number
  readonly loaded = new Set<string>()
  events: ThreadEvents | null = null
  calls = 0
  idleSince = 0
  /** Holds the id of the call that is to stop, where a thread that is busy can see it. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker
  #ended = false

  constructor(memory_mb: number, { entry, name, limits, data, silent = false, plain = false }: ThreadKind) {
    this.memory_mb = memory_mb
    this.#worker = new Worker(entry, {
      workerData: { ...data, memory_mb, stop: this.#stop, compileCache: getCompileCacheDir() },
      env: {},
      argv: [],
      name,
      resourceLimits: limits,
      stdout: silent,
      stderr: silent,
      ...(plain && { execArgv: [] }),
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

  send(message: ToThread | Inspect) {
    this.#worker.postMessage(message)
  }
  /** Asks it to give up a call. */
  stop(id: number) {
    Atomics.store(this.#stop, 0, id)
    this.send({ type: 'abort', id })
  }
  busy() {
    this.calls++
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
