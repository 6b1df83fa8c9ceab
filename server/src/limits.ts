import type { IncomingMessage, ServerResponse } from 'node:http'
import { CadreError } from '@cadre/contract/errors'
import type { Actor, From } from '@cadre/core/access/actor'
import type { Limits } from '@cadre/core/access/limits/limits'

/** On every answer that is no page: it is data, runs nothing, stands in no frame, is kept nowhere and tells nobody where it came from. */
export const apiHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

const keyNames = new Set(['api_key', 'apikey', 'api-key', 'x-api-key', 'access_token', 'authorization', 'password'])

/** A URL stands in logs, histories and the Referer of the next page. */
export function refuseKeyInUrl(query: URLSearchParams) {
  const name = [...query.keys()].find((key) => keyNames.has(key.toLowerCase()))
  if (name !== undefined)
    throw new CadreError(
      'BAD_REQUEST',
      `${name.toLowerCase()}: a key does not belong into a URL, where logs and histories keep it; send it as X-API-Key, and replace the one that was sent`,
      [{ path: name.toLowerCase(), message: 'does not belong into a URL' }],
    )
}

/** Whose call it is, behind proxies that are trusted. */
function addressOf(limits: Limits, { socket, headersDistinct }: IncomingMessage): string | null {
  return limits.addressOf(socket.remoteAddress, headersDistinct['x-forwarded-for']?.join(','))
}

/** Where a request comes from, before anything is known of who asks. */
export function fromOf(limits: Limits | undefined, request: IncomingMessage, request_id: string): From {
  const ip = limits ? addressOf(limits, request) : (request.socket.remoteAddress ?? null)
  return { ip, user_agent: request.headers['user-agent']?.slice(0, 500) ?? null, request_id }
}

/** Who asks, from which address, counted. Throws CadreError. */
export async function admit<Resolved extends { actor: Actor }>(
  limits: Limits | undefined,
  request: IncomingMessage,
  whoAsks: () => Promise<Resolved>,
): Promise<Resolved> {
  if (!limits) return whoAsks()
  const ip = addressOf(limits, request)
  let resolved: Resolved
  try {
    resolved = await whoAsks()
  } catch (error) {
    if (error instanceof CadreError && error.code === 'UNAUTHORIZED') await limits.refused(ip)
    throw error
  }
  const actor = { ...resolved.actor, ip }
  await limits.call(actor)
  return { ...resolved, actor }
}

export type Readers = {
  /** Watches until the answer is closed. `onStall` hears once of a reader that took nothing for so long, with bytes waiting for it. */
  watch(response: ServerResponse, onStall: () => void): void
  close(): void
}

/**
 * Slow readers: what is written to them waits in memory, here and behind the stream that feeds them. One who reads slowly is slowed; one
 * who takes nothing at all is cut off.
 */
export function openReaders(stall_ms: number): Readers {
  const watched = new Map<ServerResponse, { taken: number; since: number; onStall: () => void }>()
  const timer = setInterval(look, stall_ms / 4).unref()

  function look() {
    const now = performance.now()
    for (const [response, reader] of watched) {
      const { socket } = response
      const waiting = response.writableLength + (socket?.writableLength ?? 0)
      const taken = (socket?.bytesWritten ?? 0) - (socket?.writableLength ?? 0)
      if (waiting === 0 || taken !== reader.taken) Object.assign(reader, { taken, since: now })
      else if (now - reader.since >= stall_ms) {
        watched.delete(response)
        reader.onStall()
      }
    }
  }
  return {
    watch(response, onStall) {
      watched.set(response, { taken: -1, since: performance.now(), onStall })
      response.once('close', () => watched.delete(response))
    },
    close: () => clearInterval(timer),
  }
}

/** How long a stalled reader has to take what is left for it. */
const goodbyeMs = 5_000

/** The stream ends with the reason, for a reader that wakes up; then the connection is cut. */
export function endStalled(response: ServerResponse, call: AbortController) {
  call.abort(new CadreError('UNAVAILABLE', 'The stream was ended: its reader took nothing for too long.'))
  setTimeout(() => response.destroy(), goodbyeMs).unref()
}
