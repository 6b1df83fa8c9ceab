import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { ErrorEvent, getEventMeta } from '@orpc/server'

export type EventsToSend = { status: number; headers: OutgoingHttpHeaders; body: AsyncIterator<unknown> }

/**
 * Writes events to a caller as they come, until they end or the caller goes. Straight to the socket: through oRPC's web stream, its encoder
 * and Fastify's pipe each open stream takes a third more memory, and each event twice the time.
 */
export async function sendEvents(to: ServerResponse, { status, headers, body }: EventsToSend, keepAliveMs: number): Promise<void> {
  if (to.destroyed) return void (await body.return?.())
  const closed = new Promise<void>((resolve) => to.once('close', resolve))
  to.writeHead(status, { ...headers, 'content-type': 'text/event-stream' })
  // Says that the stream is open, also to a proxy that waits for the first bytes.
  to.write(': \n\n')
  const timer = setInterval(() => to.write(': keep-alive\n\n'), keepAliveMs)
  // A generator that waits for its next event takes the return after that: it has been told by the signal of the call.
  const left = closed.then(() => {
    clearInterval(timer)
    return body.return?.()
  })
  // Awaited at the end; until then it is nobody's failure.
  left.catch(() => {})
  try {
    for (let next = await body.next(); !next.done && !to.destroyed; next = await body.next()) {
      const goesOn = to.write(messageOf('message', next.value, next.value))
      timer.refresh()
      if (!goesOn && !to.destroyed) await drained(to)
    }
  } catch (error) {
    if (!(error instanceof ErrorEvent)) return void to.destroy(error as Error)
    to.write(messageOf('error', error.data, error))
  } finally {
    clearInterval(timer)
  }
  to.end()
  await left
}

function drained(to: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      to.off('drain', done).off('close', done)
      resolve()
    }
    to.on('drain', done).on('close', done)
  })
}

function messageOf(event: 'message' | 'error', data: unknown, container: unknown): string {
  const id = getEventMeta(container)?.id
  return `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`
}
