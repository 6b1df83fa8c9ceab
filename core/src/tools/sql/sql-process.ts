import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ToolError } from '../tool-error.ts'
import type { RawAnswer } from './answer.ts'
import type { FromChild } from './sql-child.ts'
import type { GuardedQuery } from './sql-guard.ts'

const entry = fileURLToPath(new URL('./sql-child.ts', import.meta.url))
const keptOfStderr = 4_000

/** One child process: nothing of ours is in its environment, and it is killed from outside. While idle it does not keep this process alive. */
export class SqlProcess {
  readonly #child: ChildProcess
  #stderr = ''
  #exited = false
  /** It may serve another query. */
  usable = true

  constructor() {
    const scratch = mkdtempSync(join(tmpdir(), 'cadre-sql-'))
    const remove = () => rmSync(scratch, { recursive: true, force: true })
    this.#child = fork(entry, [scratch], {
      env: {},
      execArgv: ['--max-old-space-size=1024', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr = (this.#stderr + text).slice(0, keptOfStderr)))
    this.#child.on('exit', () => {
      remove()
      this.#exited = true
      this.usable = false
    })
    this.#child.on('error', () => {
      remove()
      this.usable = false
    })
  }

  run(query: GuardedQuery, signal: AbortSignal): Promise<RawAnswer> {
    const child = this.#child
    this.#ref(true)
    return new Promise<RawAnswer>((resolve, reject) => {
      const settle = (action: () => void) => {
        clearTimeout(clock)
        signal.removeEventListener('abort', onAbort)
        child.off('message', onMessage).off('close', onClose).off('error', onError)
        this.#ref(false)
        action()
      }
      const fail = (error: unknown) => settle(() => (this.kill(), reject(error)))
      const onAbort = () => fail(signal.reason)
      const onError = (error: Error) => fail(new ToolError('the process for SQL could not be started', { retryable: true, detail: error.stack }))
      const onClose = () => fail(this.#endedBecause(query))
      const onMessage = ({ answer, error, heavy }: FromChild) => {
        if (heavy) this.kill()
        settle(() => (answer === null ? reject(errorOf(error)) : resolve(answer)))
      }
      const clock = setTimeout(
        () => fail(new ToolError(`the query was ended after ${seconds(query.timeout_ms)}, its time limit (limits.timeout_ms)`)),
        query.timeout_ms,
      )
      signal.addEventListener('abort', onAbort, { once: true })
      child.on('message', onMessage).on('close', onClose).on('error', onError)
      if (signal.aborted) onAbort()
      else if (this.#exited) onClose()
      else child.send({ query }, (error) => error && !this.#exited && onError(error))
    })
  }

  kill() {
    this.usable = false
    this.#child.kill('SIGKILL')
  }

  /** Kills it and waits until it is gone. */
  async end() {
    if (this.#exited) return
    this.#ref(true)
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    this.kill()
    await gone
  }

  #ref(busy: boolean) {
    const { stderr, channel } = this.#child
    for (const each of [this.#child, channel, stderr as unknown as { ref: () => void; unref: () => void } | null]) {
      if (busy) each?.ref()
      else each?.unref()
    }
  }

  #endedBecause({ memory_mb }: GuardedQuery): ToolError {
    if (/out of memory|bad_alloc/i.test(this.#stderr))
      return new ToolError(`the query needed more than ${memory_mb} MB of memory (limits.memory_mb); ask for less at once`)
    const { exitCode, signalCode } = this.#child
    return new ToolError('the engine ended in the middle of the query; the file may be damaged', {
      detail: `${signalCode ?? exitCode}: ${this.#stderr}`,
    })
  }
}

function errorOf({ message, refusal, stack }: { message: string; refusal: boolean; stack?: string | undefined }): ToolError {
  return refusal ? new ToolError(message) : new ToolError('the query could not be run', { detail: stack ?? message })
}

const seconds = (ms: number) => (ms < 1_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`)
