import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { CadreError } from '@cadre/contract/errors'
import { type Actor, localOwner, publicActor } from '@cadre/core/access/actor'

export type AccessOptions = { host: string; api_key: string | null; allowed_hosts: string[] }

/** Who is asking, for every request; throws CadreError. Verbs decide what an actor may do. */
export type Access = { checkAddress(request: IncomingMessage): void; actorOf(request: IncomingMessage): Actor }

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/** The one sentence that keeps a server without a key off the network, or null. */
export function refuseBind({ host, api_key }: AccessOptions) {
  if (api_key !== null || isLoopback(host)) return null
  return `HOST: ${host} can be reached from other machines, so CADRE_API_KEY must be set (or leave HOST out to stay on 127.0.0.1)`
}

export function isLoopback(host: string) {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

export function openAccess(options: AccessOptions): Access {
  const names = new Set([...loopbackNames, bracketed(options.host.toLowerCase()), ...options.allowed_hosts])
  const key = options.api_key === null ? null : sha256(options.api_key)

  /** Against DNS rebinding and foreign pages: a browser that was lured here sends a foreign Host or Origin. */
  function checkAddress({ headers, socket }: IncomingMessage) {
    const host = headers.host?.toLowerCase() ?? ''
    // A literal address that this very connection came to cannot be a rebound name.
    const own = socket.localAddress === undefined ? '' : bracketed(plainAddress(socket.localAddress))
    const name = host.replace(/:\d*$/, '')
    if (!names.has(host) && !names.has(name) && name !== own) {
      throw new CadreError(
        'FORBIDDEN',
        `Host: ${JSON.stringify(headers.host?.slice(0, 200) ?? '')} is not a name of this server; add it to CADRE_ALLOWED_HOSTS if it is.`,
      )
    }
    const origin = headers.origin
    if (origin === undefined) return
    const from = originHost(origin)
    if (from === null || (from !== host && !options.allowed_hosts.includes(from) && !options.allowed_hosts.includes(from.replace(/:\d*$/, '')))) {
      throw new CadreError(
        'FORBIDDEN',
        `Origin: pages of ${JSON.stringify(origin.slice(0, 200))} may not call this server; add its host to CADRE_ALLOWED_HOSTS if they may.`,
      )
    }
  }

  function actorOf({ headers, socket }: IncomingMessage): Actor {
    const from = {
      ip: socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress),
      user_agent: headers['user-agent']?.slice(0, 500) ?? null,
    }
    if (key === null) return localOwner(from)
    const given = credentials(headers)
    if (given.length === 0) return publicActor(from)
    if (given.every((text) => timingSafeEqual(sha256(text), key))) return { ...localOwner(from), id: 'owner' }
    throw new CadreError('UNAUTHORIZED', 'The API key is not valid.')
  }
  return { checkAddress, actorOf }
}

function credentials(headers: IncomingMessage['headers']) {
  const given: string[] = []
  const header = headers['x-api-key']
  if (header !== undefined) given.push(String(header))
  const authorization = headers.authorization
  if (authorization !== undefined) {
    const bearer = /^Bearer +(\S+) *$/i.exec(authorization)?.[1]
    if (bearer === undefined) throw new CadreError('UNAUTHORIZED', 'Authorization: only "Bearer <key>" is understood.')
    given.push(bearer)
  }
  return given
}

function originHost(origin: string) {
  if (!/^https?:\/\/[^/?#@]+$/i.test(origin)) return null
  try {
    const { host } = new URL(origin)
    return host
  } catch {
    return null
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '')
const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)
