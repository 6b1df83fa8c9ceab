import { request, type RequestOptions } from 'node:http'
import type { Duplex } from 'node:stream'
import { ToolError } from '../tool-error.ts'

/** The oldest version that has all that is used here; Docker 20.10 and Podman 4 speak it. */
const version = '/v1.41'
const answerMs = 60_000

/** The Docker Engine API (https://docs.docker.com/reference/api/engine/version/v1.41/) over its socket. Errors are ToolErrors in words. */
export type DockerApi = {
  /** @returns the JSON that was answered, null for an empty answer. */
  ask: (method: 'GET' | 'POST' | 'DELETE', path: string, body?: object) => Promise<unknown>
  /** The raw stream of a container: what is written is its stdin, what is read are frames of its stdout and stderr. */
  attach: (id: string) => Promise<Duplex>
}

export class DockerError extends ToolError {
  readonly status: number
  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** @param host path of a unix socket, `unix://` and such a path, or `tcp://host:port`. */
export function dockerApi(host: string): DockerApi {
  const where = placeOf(host)
  const unreachable = (error: NodeJS.ErrnoException) =>
    new ToolError(`no container engine answers at ${host} (${error.code ?? error.message}): start Docker or Podman, or set DOCKER_HOST`, {
      cause: error,
    })

  return {
    ask: (method, path, body) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body)
        const headers = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }
        const outgoing = request({ ...where, method, path: version + path, headers, timeout: answerMs }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('error', (error) => reject(unreachable(error)))
          response.on('end', () => {
            const answer = readJson(Buffer.concat(chunks).toString())
            const status = response.statusCode ?? 500
            if (status < 400) return resolve(answer)
            const message = (answer as { message?: string } | null)?.message ?? `status ${status}`
            reject(new DockerError(status, `the container engine refused: ${message}`))
          })
        })
        outgoing.on('timeout', () => outgoing.destroy(new Error(`it did not answer within ${answerMs} ms`)))
        outgoing.on('error', (error) => reject(unreachable(error)))
        outgoing.end(text)
      }),
    attach: (id) =>
      new Promise((resolve, reject) => {
        const path = `${version}/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`
        const outgoing = request({ ...where, method: 'POST', path, headers: { connection: 'Upgrade', upgrade: 'tcp' } })
        outgoing.on('upgrade', (_response, socket, head) => {
          if (head.length > 0) socket.unshift(head)
          resolve(socket)
        })
        outgoing.on('response', (response) => {
          // Some engines answer 200 and use the connection all the same.
          if (response.statusCode === 200) return resolve(response.socket)
          response.resume()
          reject(new DockerError(response.statusCode ?? 500, `the container engine refused to attach (status ${response.statusCode})`))
        })
        outgoing.on('error', (error) => reject(unreachable(error)))
        outgoing.end()
      }),
  }
}

function placeOf(host: string): RequestOptions {
  if (!/^(tcp|https?):\/\//.test(host)) return { socketPath: host.replace(/^unix:\/\//, ''), host: 'docker' }
  const { hostname, port } = new URL(host.replace(/^tcp:/, 'http:'))
  return { host: hostname, port: port || 2375 }
}

function readJson(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text)
  } catch {
    return { message: text.slice(0, 500) } // an engine's proxy, in words
  }
}
