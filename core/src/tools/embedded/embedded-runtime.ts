import { availableParallelism } from 'node:os'
import type { Ask, Capabilities } from '../capabilities.ts'
import { HookThread } from './embedded-thread.ts'
import type { Failure, FromThread } from './hook-messages.ts'
import type { EmbeddedRuntime, ToolCall } from '../resolved-tool.ts'
import { shortMessage } from '../short-message.ts'
import { ToolError } from '../tool-error.ts'

type Pending = Omit<ToolCall, 'input'> & {
  id: number
  entry: string
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

export type EmbeddedOptions = {
  capabilities: Capabilities
  /** Told what handlers throw beside HookError, with the stack that the model is not shown. */
  onDefect: (tool: string, failure: Failure) => void
  max_threads?: number
  /** How long an idle thread stays warm. */
  idle_ms?: number
}

/** How long a handler may take to end by itself once its signal is aborted; then its thread is ended from outside. */
const graceMs = 200
/** Importing a plugin and all it needs. Not part of the call's own time. */
const loadMs = 30_000

/**
 * Runs embedded hooks in a few worker threads, started when they are needed and ended when they are not. A thread works on one call at a
 * time; calls beyond that wait their turn. The caller is answered at its time limit or abort at once, whatever the handler does.
 */
export class EmbeddedPool {
  readonly #options: EmbeddedOptions
  readonly #max: number
  readonly #threads = new Set<HookThread>()
  readonly #idle: HookThread[] = []
  readonly #queue: Pending[] = []
  #lastId = 0
  #sweep: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: EmbeddedOptions) {
    this.#options = options
    this.#max = options.max_threads ?? Math.min(4, availableParallelism())
  }

  get threadCount() {
    return this.#threads.size
  }

  call(call: ToolCall, runtime: EmbeddedRuntime): Promise<unknown> {
    if (this.#closed) return Promise.reject(new ToolError('Cadre is shutting down', { retryable: true }))
    if (call.signal.aborted) return Promise.reject(call.signal.reason)
    return new Promise((resolve, reject) => {
      const input = JSON.stringify(call.input)
      const onAbort = () => this.#giveUp(pending, call.signal.reason)
      const pending: Pending = {
        ...call,
        input,
        id: ++this.#lastId,
        entry: runtime.entry,
        thread: null,
        clock: null,
        settled: false,
        ended: new AbortController(),
        resolve,
        reject,
        onAbort,
      }
      call.signal.addEventListener('abort', pending.onAbort, { once: true })
      this.#queue.push(pending)
      this.#dispatch()
    })
  }

  async close() {
    this.#closed = true
    if (this.#sweep) clearTimeout(this.#sweep)
    const shutDown = new ToolError('Cadre is shutting down', { retryable: true })
    for (const waiting of this.#queue.splice(0)) this.#settle(waiting, () => waiting.reject(shutDown))
    const threads = [...this.#threads]
    for (const thread of threads) thread.events?.died('Cadre is shutting down')
    await Promise.all(threads.map((thread) => thread.end()))
  }

  #dispatch() {
    while (this.#queue.length > 0) {
      const [first] = this.#queue
      const thread = first && this.#threadFor(first.tool.limits.memory_mb)
      if (!first || !thread) return
      this.#queue.shift()
      this.#begin(first, thread)
    }
  }

  // A thread's memory limit is set when it starts, so an idle one with another limit makes room for a new one.
  #threadFor(memory_mb: number): HookThread | null {
    const warm = this.#idle.findLastIndex((thread) => thread.memory_mb === memory_mb)
    if (warm >= 0) return this.#idle.splice(warm, 1)[0] ?? null
    if (this.#threads.size >= this.#max) {
      const other = this.#idle.shift()
      if (!other) return null
      this.#threads.delete(other)
      void other.end()
    }
    const thread = new HookThread(memory_mb)
    this.#threads.add(thread)
    return thread
  }

  #begin(pending: Pending, thread: HookThread) {
    pending.thread = thread
    thread.busy()
    thread.events = {
      message: (message) => this.#answered(pending, thread, message),
      died: (reason) => this.#died(pending, thread, reason),
    }
    if (thread.loaded.has(pending.entry)) this.#send(pending, thread)
    else {
      pending.clock = setTimeout(() => this.#giveUp(pending, notLoaded(pending, `it took longer than ${loadMs} ms`)), loadMs)
      thread.send({ type: 'load', entry: pending.entry })
    }
  }

  #send(pending: Pending, thread: HookThread) {
    const { id, entry, tool, input, now, idempotency_key } = pending
    const { timeout_ms, output_bytes } = tool.limits
    pending.clock = setTimeout(
      () =>
        this.#giveUp(
          pending,
          new ToolError(`'${tool.name}' took longer than its limit of ${timeout_ms} ms (limits.timeout_ms)`, { uncertain: true }),
        ),
      timeout_ms,
    )
    const { path, settings } = tool
    thread.send({ type: 'call', id, entry, path, input, now, key: idempotency_key, max_bytes: output_bytes, settings })
  }

  #answered(pending: Pending, thread: HookThread, message: FromThread) {
    if (message.type === 'loaded') {
      if (pending.clock) clearTimeout(pending.clock)
      if (message.error !== null) {
        this.#settle(pending, () => pending.reject(notLoaded(pending, message.error ?? '')))
        // A failed import is remembered by its thread for good; the next thread tries anew.
        return void this.#retire(thread)
      }
      thread.loaded.add(message.entry)
      if (pending.settled) return this.#release(thread)
      return this.#send(pending, thread)
    }
    if (message.id !== pending.id) return
    if (message.type === 'ask') return void this.#reply(pending, thread, message.seq, message.ask)
    if (message.type === 'done') this.#settle(pending, () => pending.resolve(JSON.parse(message.output)))
    else this.#settle(pending, () => pending.reject(this.#errorOf(pending, message.failure)))
    this.#release(thread)
  }

  async #reply(pending: Pending, thread: HookThread, seq: number, ask: Ask) {
    const { id, tool, idempotency_key, run_id, now } = pending
    try {
      const value = await this.#options.capabilities({ tool, idempotency_key, run_id, now, input: null, signal: pending.ended.signal }, ask)
      thread.send({ type: 'reply', id, seq, value, error: null })
    } catch (error) {
      if (!(error instanceof ToolError) && !pending.settled) this.#options.onDefect(pending.tool.name, brokeOf(error))
      thread.send({ type: 'reply', id, seq, value: null, error: error instanceof Error ? error.message : String(error) })
    }
  }

  #errorOf(pending: Pending, failure: Failure) {
    const { name } = pending.tool
    if (failure.kind === 'said') return new ToolError(failure.message)
    if (failure.kind === 'broke') this.#options.onDefect(name, failure)
    return new ToolError(`'${name}' failed: ${shortMessage(failure.message)}`, { uncertain: true, detail: failure.stack })
  }

  // The caller has its answer now; the handler gets its chance to stop, and then its thread is ended.
  #giveUp(pending: Pending, reason: unknown) {
    this.#settle(pending, () => pending.reject(reason))
    const { thread } = pending
    if (!thread) {
      this.#queue.splice(this.#queue.indexOf(pending), 1)
      return
    }
    thread.send({ type: 'abort', id: pending.id })
    pending.clock = setTimeout(() => void this.#retire(thread), graceMs)
  }

  #died(pending: Pending, thread: HookThread, reason: string) {
    this.#threads.delete(thread)
    const error = new ToolError(`'${pending.tool.name}' failed: ${reason}`, { uncertain: true })
    this.#settle(pending, () => pending.reject(error))
    this.#dispatch()
  }

  #settle(pending: Pending, how: () => void) {
    if (pending.clock) clearTimeout(pending.clock)
    if (pending.settled) return
    pending.settled = true
    pending.ended.abort(new ToolError('the call has ended'))
    pending.signal.removeEventListener('abort', pending.onAbort)
    how()
  }

  #release(thread: HookThread) {
    thread.events = { message: () => {}, died: () => this.#forget(thread) }
    if (this.#closed) return
    thread.idle()
    this.#idle.push(thread)
    this.#dispatch()
    this.#sweepLater()
  }

  #forget(thread: HookThread) {
    this.#threads.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  async #retire(thread: HookThread) {
    this.#forget(thread)
    const ended = thread.end()
    this.#dispatch()
    await ended
  }

  #sweepLater() {
    if (this.#sweep || this.#idle.length === 0) return
    const idleMs = this.#options.idle_ms ?? 30_000
    this.#sweep = setTimeout(() => {
      this.#sweep = null
      const now = performance.now()
      for (const thread of this.#idle.filter((each) => now - each.idleSince >= idleMs)) void this.#retire(thread)
      this.#sweepLater()
    }, idleMs)
    this.#sweep.unref()
  }
}

function brokeOf(error: unknown): Failure {
  return error instanceof Error ? { kind: 'broke', message: error.message, stack: error.stack } : { kind: 'broke', message: String(error) }
}

function notLoaded(pending: Pending, why: string) {
  return new ToolError(`the ForgeHook '${pending.tool.hook_id}' could not be loaded: ${why}`)
}
