import { type ChildProcess, fork } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ContextTooLong } from '../guarded-model.ts'
import { GgufFailed } from './gguf-failed.ts'
import type { Done, Failure, FromChild, Load, Task, ToChild } from './protocol.ts'

const entry = fileURLToPath(new URL('./gguf-child.ts', import.meta.url))
const keptOfStderr = 4_000

export type Say = (kind: 'text' | 'reasoning', text: string) => void
type Job = { id: number; task: Task; say: Say; resolve: (done: Done) => void; reject: (reason: unknown) => void }

/**
 * One child process with one model. Tasks wait for each other, since a model on a processor answers two no faster than one after the other.
 * It is ended when nobody asked it anything for a while; while idle it does not keep this process alive.
 */
export class GgufProcess {
  readonly #child: ChildProcess
  readonly #load: Load
  readonly #idleMs: number
  readonly #waiting: Job[] = []
  #current: Job | null = null
  #idle: NodeJS.Timeout | undefined
  #stderr = ''
  #count = 0
  /** It may take another task. */
  usable = true
  /** Settles when the process is no more. */
  readonly gone: Promise<void>

  constructor(load: Load, idleMs: number) {
    this.#load = load
    this.#idleMs = idleMs
    const child = fork(entry, [], {
      env: {},
      execArgv: ['--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(-keptOfStderr)))
    const ended = Promise.withResolvers<void>()
    this.gone = ended.promise
    const onEnd = () => {
      this.#ended()
      ended.resolve()
    }
    child.on('close', onEnd).on('error', onEnd)
    child.on('message', (message: FromChild) => this.#receive(message))
    this.#send({ load })
    this.#ref(false)
  }

  get file(): string {
    return this.#load.file
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  run(task: Task, say: Say, signal: AbortSignal | undefined): Promise<Done> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      if (!this.usable) return reject(this.#broken())
      const onAbort = () => {
        reject(signal?.reason as Error)
        const at = this.#waiting.indexOf(job)
        if (at >= 0) this.#waiting.splice(at, 1)
        else if (this.#current === job) this.#send({ abort: job.id })
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      const settled = () => signal?.removeEventListener('abort', onAbort)
      const job: Job = {
        id: ++this.#count,
        task,
        say: (kind, text) => !signal?.aborted && say(kind, text),
        resolve: (done) => (settled(), resolve(done)),
        reject: (reason) => (settled(), reject(reason as Error)),
      }
      this.#waiting.push(job)
      this.#next()
    })
  }

  kill() {
    this.usable = false
    this.#child.kill('SIGKILL')
  }

  async end() {
    this.#ref(true)
    this.kill()
    await this.gone
  }

  #next() {
    if (this.#current || !this.usable) return
    const job = this.#waiting.shift()
    clearTimeout(this.#idle)
    if (!job) {
      this.#idle = setTimeout(() => this.kill(), this.#idleMs).unref()
      return this.#ref(false)
    }
    this.#current = job
    this.#ref(true)
    this.#send({ id: job.id, task: job.task })
  }

  #receive(message: FromChild) {
    const job = this.#current
    if (!job || message.id !== job.id) return
    if ('piece' in message) return job.say(message.piece.kind, message.piece.text)
    if ('done' in message) job.resolve(message.done)
    else job.reject(this.#errorOf(message.failure))
    this.#current = null
    if ('failure' in message && message.failure.kind === 'load') this.kill()
    else this.#next()
  }

  #ended() {
    this.usable = false
    clearTimeout(this.#idle)
    for (const job of [...(this.#current ? [this.#current] : []), ...this.#waiting.splice(0)]) job.reject(this.#broken())
    this.#current = null
  }

  #broken(): GgufFailed {
    const file = basename(this.#load.file)
    const { memory_mb } = this.#load
    if (this.#stderr.includes('cadre: out of memory'))
      return new GgufFailed(
        'MODEL_REFUSED',
        `${file} needed more than ${memory_mb} MB (memory_mb of the provider); allow more, or set a smaller context_size`,
      )
    const { signalCode, exitCode } = this.#child
    return new GgufFailed(
      'MODEL_UNAVAILABLE',
      `the process that held ${file} ended (${signalCode ?? exitCode ?? 'it did not start'}); the next call starts it again`,
    )
  }

  #errorOf(failure: Failure): Error {
    switch (failure.kind) {
      case 'too_long':
        return new ContextTooLong(failure.tokens, failure.context_size)
      case 'load':
        return new GgufFailed('MODEL_REFUSED', failure.message)
      case 'call':
        return new GgufFailed('MODEL_REFUSED', `${basename(this.#load.file)} could not answer: ${failure.message}`)
      case 'aborted':
        return new GgufFailed('MODEL_UNAVAILABLE', 'the call was ended')
    }
  }

  #send(message: ToChild) {
    // A child that is gone says so by `close`.
    this.#child.send(message, () => undefined)
  }

  #ref(busy: boolean) {
    const { stderr, channel } = this.#child
    for (const each of [this.#child, channel, stderr as unknown as { ref: () => void; unref: () => void } | null]) {
      if (busy) each?.ref()
      else each?.unref()
    }
  }
}
