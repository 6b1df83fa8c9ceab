import { Worker } from 'node:worker_threads'
import type { Target } from '../storage/database.ts'
import { host, processStartedAt } from './host.ts'
import { clockSql, heartbeatMs } from './lease-clock.ts'

/** What heartbeat-thread.mjs is given. */
export type HeartbeatData = {
  target: Target
  clock: string
  every_ms: number
  worker: { id: string; kind: string; host: string; pid: number; started_at: number }
}
/** What it says. `lost`: somebody gave this worker up and its jobs are free. `failed`: the database did not answer; it is tried again. */
export type HeartbeatMessage = { type: 'ready' } | { type: 'lost' } | { type: 'failed'; reason: string } | { type: 'stopped' }

export type Heartbeat = {
  /** Takes the worker's row out and ends the thread. Jobs that it still holds are free for others then. */
  stop: () => Promise<void>
}

export type HeartbeatOptions = {
  worker_id: string
  kind: string
  every_ms?: number
  /** The worker was given up (called once): its jobs are no longer its own. */
  onLost: (reason: string) => void
  /** A beat that failed and will be tried again. */
  onFailed: (reason: string) => void
}

/** Registers a worker and keeps it alive from a thread that user code cannot block. Settles when the worker may claim jobs. */
export async function startHeartbeat(
  target: Target,
  { worker_id, kind, every_ms = heartbeatMs, onLost, onFailed }: HeartbeatOptions,
): Promise<Heartbeat> {
  const worker = { id: worker_id, kind, host, pid: process.pid, started_at: processStartedAt }
  const workerData: HeartbeatData = { target, clock: clockSql(target.kind), every_ms, worker }
  const thread = new Worker(new URL('./heartbeat-thread.mjs', import.meta.url), { workerData, resourceLimits: { maxYoungGenerationSizeMb: 2 } })
  const ended = new Promise<void>((resolve) => thread.once('exit', () => resolve()))
  let over = false
  const lose = (reason: string) => {
    if (over) return
    over = true
    onLost(reason)
  }

  await new Promise<void>((resolve, reject) => {
    thread.on('message', (message: HeartbeatMessage) => {
      if (message.type === 'ready') resolve()
      else if (message.type === 'lost') lose('its heartbeat came too late')
      else if (message.type === 'failed') onFailed(message.reason)
    })
    let fault = 'its heartbeat thread ended'
    thread.on('error', (error) => {
      fault = `its heartbeat thread failed: ${error instanceof Error ? error.message : String(error)}`
      reject(error)
    })
    thread.once('exit', () => {
      reject(new Error(fault))
      lose(fault)
    })
  }).catch((error: unknown) => {
    over = true
    throw error
  })
  thread.unref()

  return {
    async stop() {
      over = true
      thread.ref()
      thread.postMessage('stop')
      await ended
    },
  }
}
