import { type ChildProcess, spawn } from 'node:child_process'
import type { Log } from './log.ts'

export type SuperviseOptions = {
  count: number
  /** The script of a worker process. */
  entry: string
  argv?: string[]
  log: Log
  /** The wait before the first restart; doubled with each death that follows soon, up to 30 s. */
  backoff_ms?: number
  /** What a worker says to the server. */
  onMessage?: (message: unknown) => void
  /** Told of every start and every death. */
  watch?: (event: { kind: 'started' | 'died'; pid: number | undefined; worker: number }) => void
}
export type Supervisor = { stop(ms: number): Promise<void>; send(message: object): void }

/** A worker that lived this long has shown that it can. */
const soundMs = 60_000
const longestBackoffMs = 30_000

/**
 * Keeps `count` worker processes alive. They hold a channel to this process and end themselves when it is gone, so that none outlives
 * a killed server.
 */
export function superviseWorkers({
  count,
  entry,
  argv = [],
  log,
  backoff_ms = 250,
  onMessage = () => {},
  watch = () => {},
}: SuperviseOptions): Supervisor {
  const living = new Map<ChildProcess, Promise<void>>()
  const waiting = new Set<NodeJS.Timeout>()
  let stopping = false

  function start(worker: number, deaths: number) {
    const since = Date.now()
    const child = spawn(process.execPath, [...process.execArgv, entry, ...argv], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const ended = Promise.withResolvers<void>()
    let over = false
    living.set(child, ended.promise)
    child.on('message', onMessage)
    child.on('spawn', () => watch({ kind: 'started', pid: child.pid, worker }))
    const gone = (reason: string) => {
      if (over) return
      over = true
      living.delete(child)
      ended.resolve()
      watch({ kind: 'died', pid: child.pid, worker })
      if (stopping) return
      const again = Date.now() - since > soundMs ? 0 : deaths + 1
      const wait = Math.min(longestBackoffMs, backoff_ms * 2 ** again)
      log.error({ worker, pid: child.pid, reason, restart_in_ms: wait }, 'a worker process died')
      const timer = setTimeout(() => {
        waiting.delete(timer)
        start(worker, again)
      }, wait)
      waiting.add(timer)
    }
    child.on('exit', (code, signal) => gone(signal ?? `exit code ${code}`))
    child.on('error', (error) => gone(error.message))
  }
  for (let worker = 1; worker <= count; worker++) start(worker, 0)

  /** Asks all to end, and ends those that have not after `ms`. */
  async function stop(ms: number) {
    stopping = true
    for (const timer of waiting) clearTimeout(timer)
    for (const child of living.keys()) child.kill('SIGTERM')
    const last = setTimeout(() => {
      for (const child of living.keys()) child.kill('SIGKILL')
    }, ms)
    await Promise.all(living.values())
    clearTimeout(last)
  }

  // A worker that dies meanwhile learns it from the database.
  const send = (message: object) => {
    for (const child of living.keys()) if (child.connected) child.send(message, () => {})
  }
  return { stop, send }
}
