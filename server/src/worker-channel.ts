import type { RunEvent } from '@cadre/contract/run-events'
import type { App } from '@cadre/core'
import type { Supervisor } from './supervise.ts'

/**
 * What the server and its worker processes tell each other so that things arrive sooner: the database is the truth, and a message that is
 * lost costs a poll (250 ms) and the text of a model call in progress.
 */
type FromWorker = { type: 'events'; run_id: string; events: RunEvent[] }
type FromServer = { type: 'wake' } | { type: 'stop'; run_id: string }

/** In the server. */
export function connectWorkers(app: App, workers: Supervisor) {
  app.wakeWorkers = () => workers.send({ type: 'wake' } satisfies FromServer)
  app.live.forwardStop = (run_id) => workers.send({ type: 'stop', run_id } satisfies FromServer)
}

export function fromWorker(app: App, message: unknown) {
  const { run_id, events } = message as FromWorker
  app.live.publish(run_id, events)
}

/** In a worker process that a server started. */
export function connectToServer(app: App) {
  if (!process.send) return
  app.live.forward = (run_id, events) => process.connected && process.send?.({ type: 'events', run_id, events } satisfies FromWorker)
  process.on('message', (message: FromServer) => {
    if (message.type === 'wake') app.wakeWorkers()
    else app.live.stop(message.run_id)
  })
}
