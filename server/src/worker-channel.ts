import type { RunEvent } from '@cadre/contract/run-events'
import type { App } from '@cadre/core'
import type { Audience, Passing } from '@cadre/core/conversations/live-conversations'
import type { Supervisor } from './supervise.ts'

/**
 * What the server and its worker processes tell each other so that things arrive sooner: the database is the truth, and a message that is
 * lost costs a poll (250 ms) and the text of a model call in progress.
 */
type FromWorker =
  | { type: 'events'; run_id: string; events: RunEvent[] }
  | { type: 'passing'; event: Passing; audience: Audience | undefined }
  | { type: 'said' }
type FromServer = { type: 'wake' } | { type: 'stop'; run_id: string }

/** In the server. */
export function connectWorkers(app: App, workers: Supervisor) {
  app.wakeWorkers = () => workers.send({ type: 'wake' } satisfies FromServer)
  app.live.forwardStop = (run_id) => workers.send({ type: 'stop', run_id } satisfies FromServer)
}

export function fromWorker(app: App, message: unknown) {
  const said = message as FromWorker
  if (said.type === 'passing') app.rooms.pass(said.event, said.audience)
  else if (said.type === 'said') app.rooms.wake()
  else app.live.publish(said.run_id, said.events)
}

/** In a worker process that a server started. */
export function connectToServer(app: App) {
  if (!process.send) return
  const send = (message: FromWorker) => process.connected && process.send?.(message)
  app.live.forward = (run_id, events) => send({ type: 'events', run_id, events })
  app.rooms.forward = (event, audience) => send({ type: 'passing', event, audience })
  app.rooms.forwardWake = () => send({ type: 'said' })
  process.on('message', (message: FromServer) => {
    if (message.type === 'wake') app.wakeWorkers()
    else app.live.stop(message.run_id)
  })
}
