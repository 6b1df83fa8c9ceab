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
  | { type: 'logs'; lines: string[] }
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
  else if (said.type === 'logs') for (const line of said.lines) app.logs.write(line)
  else app.live.publish(said.run_id, said.events)
}

/** In a worker process that a server started. */
export function connectToServer(app: App) {
  if (!process.send) return
  const send = (message: FromWorker) => process.connected && process.send?.(message)
  app.live.forward = (run_id, events) => send({ type: 'events', run_id, events })
  app.rooms.forward = (event, audience) => send({ type: 'passing', event, audience })
  app.rooms.forwardWake = () => send({ type: 'said' })
  sendLogs(app)
  process.on('message', (message: FromServer) => {
    if (message.type === 'wake') app.wakeWorkers()
    else app.live.stop(message.run_id)
  })
}

/** Lines that wait for the one before to be sent; the log itself, on stderr, has them all. */
const mostLines = 500

/** One message at a time, of what came since the last: a server that is slow costs lines, never a worker's time. */
function sendLogs(app: App) {
  let waiting: string[] = []
  let lost = 0
  let isSending = false
  const sendWaiting = () => {
    if (isSending || waiting.length === 0 || !process.connected) return
    isSending = true
    const lines = lost === 0 ? waiting : [...waiting, lostLine(lost)]
    waiting = []
    lost = 0
    process.send?.({ type: 'logs', lines } satisfies FromWorker, undefined, {}, () => {
      isSending = false
      sendWaiting()
    })
  }
  app.logs.listen((line) => {
    if (waiting.length < mostLines) waiting.push(line)
    else lost++
    sendWaiting()
  })
}

function lostLine(lost: number) {
  return JSON.stringify({ level: 40, time: Date.now(), pid: process.pid, lost, msg: 'log records of a worker process came too fast to be shown' })
}
