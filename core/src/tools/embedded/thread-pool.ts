import type { Ask } from '../capabilities.ts'
import { HookThread } from './embedded-thread.ts'
import type { Failure, FromThread, Loadable } from './hook-messages.ts'
import { brokeOf, notLoaded, type Pending, type PoolOptions } from './pool-call.ts'
import type { ToolCall } from '../resolved-tool.ts'
import { shortMessage } from '../short-message.ts'
import { ToolError } from '../tool-error.ts'

/**
 * Runs handlers in a few worker threads, started when they are needed and ended when they are not. A thread works on one call at a time;
 * calls beyond that wait their turn, which is not counted as their time. The caller is answered at its time limit or abort at once,
 * whatever the handler does.
 */
export class ThreadPool {
  readonly #options: PoolOptions
  readonly #threads = new Set<HookThread>()
  /** Busy threads by ForgeHook. */
  readonly #running = new Map<string, number>()
  readonly #idle: HookThread[] = []
  readonly #queue: Pending[] = []
  #lastId = 0
  #sweep: NodeJS.Timeout | null = null
  #closed = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get threadCount() {
    return this.#threads.size
  }

  call(call: ToolCall, code: Loadable): Promise<unknown> {
    if (this.#closed) return Promise.reject(new ToolError('Cadre is shutting down', { retryable: true }))
    if (call.signal.aborted) return Promise.reject(call.signal.reason)
    return new Promise((resolve, reject) => {
      const input = JSON.stringify(call.input)
      const onAbort = () => this.#giveUp(pending, call.signal.reason)
      const pending: Pending = {
        ...call,
        input,
        id: ++this.#lastId,
        code,
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

  /** Starts a thread for calls that are likely to come, unless one is idle or there are as many as may be. It ends as any idle one does. */
  standBy(memory_mb: number) {
    if (this.#closed || this.#threads.size >= this.#options.max_threads) return
    if (!this.#idle.some((thread) => thread.memory_mb === memory_mb)) this.#rest(this.#start(memory_mb))
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
    for (;;) {
      const at = this.#queue.findIndex(({ tool }) => (this.#running.get(tool.hook_id) ?? 0) < this.#options.max_per_hook)
      const next = this.#queue[at]
      const thread = next && this.#threadFor(next.tool.limits.memory_mb)
      if (!next || !thread) return
      this.#queue.splice(at, 1)
      this.#begin(next, thread)
    }
  }

  // A thread's memory limit is set when it starts, so an idle one with another limit makes room for a new one.
  #threadFor(memory_mb: number): HookThread | null {
    const warm = this.#idle.findLastIndex((thread) => thread.memory_mb === memory_mb)
    if (warm >= 0) return this.#idle.splice(warm, 1)[0] ?? null
    if (this.#threads.size >= this.#options.max_threads) {
      const [other] = this.#idle
      if (!other) return null
      void this.#end(other)
    }
    return this.#start(memory_mb)
  }

  #start(memory_mb: number): HookThread {
    const thread = new HookThread(memory_mb, this.#options.kind(memory_mb))
    this.#threads.add(thread)
    return thread
  }

  #begin(pending: Pending, thread: HookThread) {
    const { code, tool } = pending
    const { load_ms } = this.#options
    this.#running.set(tool.hook_id, (this.#running.get(tool.hook_id) ?? 0) + 1)
    pending.thread = thread
    thread.busy()
    thread.events = {
      message: (message) => this.#answered(pending, thread, message),
      died: (reason) => this.#died(pending, thread, reason),
    }
    if (thread.loaded.has(code.entry)) this.#send(pending, thread)
    else {
      pending.clock = setTimeout(() => this.#giveUp(pending, notLoaded(pending, `it took longer than ${load_ms} ms`)), load_ms)
      thread.send({ type: 'load', ...code })
    }
  }

  #send(pending: Pending, thread: HookThread) {
    const { id, code, tool, input, now, idempotency_key } = pending
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
    thread.send({ type: 'call', id, entry: code.entry, path, input, now, key: idempotency_key, max_bytes: output_bytes, settings })
  }

  #answered(pending: Pending, thread: HookThread, message: FromThread) {
    if (message.type === 'loaded') {
      if (pending.clock) clearTimeout(pending.clock)
      if (message.error !== null) {
        this.#settle(pending, () => pending.reject(notLoaded(pending, message.error ?? '')))
        // A failed import is remembered by its thread for good; the next thread tries anew.
        return void this.#retire(pending, thread)
      }
      thread.loaded.add(message.entry)
      if (pending.settled) return this.#release(pending, thread)
      return this.#send(pending, thread)
    }
    if (message.id !== pending.id) return
    if (message.type === 'ask') return void this.#reply(pending, thread, message.seq, message.ask)
    if (message.type === 'done') this.#settle(pending, () => pending.resolve(JSON.parse(message.output)))
    else this.#settle(pending, () => pending.reject(this.#errorOf(pending, message.failure)))
    if (message.worn) void this.#retire(pending, thread)
    else this.#release(pending, thread)
  }

  async #reply(pending: Pending, thread: HookThread, seq: number, ask: Ask) {
    const { id, tool, workspace_id, idempotency_key, run_id, now } = pending
    const call = { tool, workspace_id, idempotency_key, run_id, now, input: null, signal: pending.ended.signal }
    try {
      const value = await this.#options.capabilities(call, ask)
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
    thread.stop(pending.id)
    pending.clock = setTimeout(() => void this.#retire(pending, thread), this.#options.grace_ms)
  }

  #died(pending: Pending, thread: HookThread, reason: string) {
    this.#forget(thread)
    this.#leave(pending)
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

  #release(pending: Pending, thread: HookThread) {
    const { max_calls, max_loaded } = this.#options
    if (thread.calls >= max_calls || thread.loaded.size >= max_loaded) return void this.#retire(pending, thread)
    this.#leave(pending)
    this.#rest(thread)
  }

  #rest(thread: HookThread) {
    thread.events = { message: () => {}, died: () => this.#forget(thread) }
    if (this.#closed) return
    thread.idle()
    this.#idle.push(thread)
    this.#dispatch()
    this.#sweepLater()
  }

  #leave({ tool: { hook_id } }: Pending) {
    const left = (this.#running.get(hook_id) ?? 1) - 1
    if (left > 0) this.#running.set(hook_id, left)
    else this.#running.delete(hook_id)
  }

  #forget(thread: HookThread) {
    this.#threads.delete(thread)
    const at = this.#idle.indexOf(thread)
    if (at >= 0) this.#idle.splice(at, 1)
  }

  async #retire(pending: Pending, thread: HookThread) {
    // Until it is gone it may use a core, so that the next one waits for its end.
    await thread.end()
    this.#forget(thread)
    this.#leave(pending)
    this.#dispatch()
  }

  async #end(idle: HookThread) {
    this.#forget(idle)
    await idle.end()
  }

  #sweepLater() {
    if (this.#sweep || this.#idle.length === 0) return
    const { idle_ms } = this.#options
    this.#sweep = setTimeout(() => {
      this.#sweep = null
      const now = performance.now()
      for (const thread of this.#idle.filter((each) => now - each.idleSince >= idle_ms)) void this.#end(thread)
      this.#sweepLater()
    }, idle_ms)
    this.#sweep.unref()
  }
}
