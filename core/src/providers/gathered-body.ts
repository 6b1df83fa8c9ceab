import { finished, type Readable } from 'node:stream'

/** How many bodies are being read. Up to `few` each piece goes on as it comes; beyond that each body waits a millisecond for every other one. */
export type Reading = { bodies: number }

const few = 32
const longestWait = 250
/** Bytes that wait for a slow reader before the provider does. */
const ahead = 65_536

/**
 * An answer's body for the AI SDK. Each piece that it is handed costs some 130 µs until it stands in a window, most of it in web streams, promises
 * and sockets, so where many answers are read at once the pieces of each are gathered: all of them together hand on a thousand a second,
 * whatever their number. The first piece and the end never wait.
 */
export function gatheredBody(body: Readable, reading: Reading): ReadableStream<Uint8Array> {
  let pieces: Uint8Array[] = []
  let held = 0
  let timer: NodeJS.Timeout | undefined
  let next = 0
  reading.bodies += 1
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const handOn = () => {
          clearTimeout(timer)
          timer = undefined
          next = performance.now() + (reading.bodies > few ? Math.min(reading.bodies, longestWait) : 0)
          const [first] = pieces
          if (first) controller.enqueue(pieces.length === 1 ? first : Buffer.concat(pieces))
          pieces = []
          held = 0
          if ((controller.desiredSize ?? 0) <= 0) body.pause()
        }
        body.on('data', (piece: Uint8Array) => {
          pieces.push(piece)
          held += piece.length
          const wait = next - performance.now()
          if (wait <= 0 || held >= ahead) handOn()
          else timer ??= setTimeout(handOn, wait)
        })
        finished(body, { writable: false }, (error) => {
          reading.bodies -= 1
          handOn()
          if (error) controller.error(error)
          else controller.close()
        })
      },
      pull: () => void body.resume(),
      cancel: () => void body.destroy(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: ahead }),
  )
}
