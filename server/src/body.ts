import type { IncomingMessage, ServerResponse } from 'node:http'
import { CadreError } from '@cadre/contract/errors'

/** The caller went away before its body was whole. There is nobody to answer. */
export class CallerGone extends Error {
  override name = 'CallerGone'
}

export function tooLarge(limit: number) {
  return new CadreError('PAYLOAD_TOO_LARGE', `The body is larger than ${limit} bytes (CADRE_BODY_LIMIT).`)
}

/** All of a body, or PAYLOAD_TOO_LARGE as soon as it is known to be too large; then the rest is left unread. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const stop = () => {
      request.off('data', take).off('end', end).off('close', gone).off('error', gone)
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        stop()
        request.pause()
        reject(tooLarge(limit))
      } else chunks.push(chunk)
    }
    const end = () => {
      stop()
      resolve(Buffer.concat(chunks))
    }
    const gone = () => {
      stop()
      request.on('error', () => {})
      reject(new CallerGone('the caller went away'))
    }
    request.on('data', take).on('end', end).on('close', gone).on('error', gone)
  })
}

/** Beyond the limit, this much more is read and thrown away so that a caller who only writes gets to the answer. */
const lingerBytes = 50_000_000
const lingerMs = 3_000

/**
 * The whole answer now, then the end of the connection. Closing at once, with unread bytes of the body waiting, would make the
 * kernel reset the connection and the caller lose the answer.
 */
export function answerAndClose(request: IncomingMessage, response: ServerResponse, status: number, headers: Record<string, string>, body: string) {
  response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(body)), connection: 'close' })
  response.write(body)
  if (request.complete) return response.end()
  let read = 0
  const finish = () => {
    clearTimeout(timer)
    request.off('data', count).off('end', finish).off('close', finish)
    response.end()
  }
  const count = (chunk: Buffer) => {
    read += chunk.length
    if (read > lingerBytes) finish()
  }
  const timer = setTimeout(finish, lingerMs).unref()
  request.on('error', () => {})
  request.on('data', count).on('end', finish).on('close', finish)
  request.resume()
}
