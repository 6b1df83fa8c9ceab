import type { IncomingMessage } from 'node:http'
import { CadreError } from '@cadre/contract/errors'
import type { From } from '@cadre/core/access/actor'
import type { Resolver } from '@cadre/core/access/open-access'
import type { Presented, Resolved } from '@cadre/core/access/resolve-actor'
import { sessionCookie } from './cookies.ts'

export type AccessOptions = { host: string; allowed_hosts: string[]; public_url: string | null }

/** What a door must know before it listens to a request; all throw CadreError. Policies and verbs decide what an actor may do. */
export type Access = {
  checkAddress(request: IncomingMessage): void
  /** Who is asking. To be asked again while a stream is open. */
  whoAsks(request: IncomingMessage): Promise<Resolved>
  /** Browsers send a cookie by themselves: what changes something must show that a page of ours meant it. */
  checkIntent(request: IncomingMessage): void
  cookie: ReturnType<typeof sessionCookie>
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])
const harmlessMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

export function openAccess(options: AccessOptions, resolver: Pick<Resolver, 'resolve'>): Access {
  const own = options.public_url === null ? [] : [new URL(options.public_url).host]
  const allowed = [...options.allowed_hosts, ...own]
  const names = new Set([...loopbackNames, bracketed(options.host.toLowerCase()), ...allowed])
  const cookie = sessionCookie(options.public_url)

  /** Against DNS rebinding and foreign pages: a browser that was lured here sends a foreign Host or Origin. */
  function checkAddress({ method = 'GET', headers, socket }: IncomingMessage) {
    const host = headers.host?.toLowerCase() ?? ''
    // A literal address that this very connection came to cannot be a rebound name.
    const literal = socket.localAddress === undefined ? '' : bracketed(plainAddress(socket.localAddress))
    const name = host.replace(/:\d*$/, '')
    if (!names.has(host) && !names.has(name) && name !== literal) {
      throw new CadreError(
        'FORBIDDEN',
        `Host: ${JSON.stringify(headers.host?.slice(0, 200) ?? '')} is not a name of this server; add it to CADRE_ALLOWED_HOSTS if it is.`,
      )
    }
    const origin = headers.origin
    if (origin === undefined) {
      const site = headers['sec-fetch-site']
      // A browser says where a request comes from, also where it leaves Origin out.
      if (site === undefined || site === 'same-origin' || site === 'none' || harmlessMethods.has(method)) return
      throw new CadreError('FORBIDDEN', 'Sec-Fetch-Site: pages of other sites may not call this server.')
    }
    const from = originHost(origin)
    if (from === null || (from !== host && !allowed.includes(from) && !allowed.includes(from.replace(/:\d*$/, '')))) {
      throw new CadreError(
        'FORBIDDEN',
        `Origin: pages of ${JSON.stringify(origin.slice(0, 200))} may not call this server; add its host to CADRE_ALLOWED_HOSTS if they may.`,
      )
    }
  }

  function whoAsks(request: IncomingMessage): Promise<Resolved> {
    const { headers, socket } = request
    const from: From = {
      ip: socket.remoteAddress === undefined ? null : plainAddress(socket.remoteAddress),
      user_agent: headers['user-agent']?.slice(0, 500) ?? null,
      request_id: null,
    }
    return resolver.resolve(presented(request, cookie.read(headers.cookie)), from)
  }

  function checkIntent({ method = 'GET', headers }: IncomingMessage) {
    if (harmlessMethods.has(method)) return
    // A form of a foreign page cannot say it, and asks the browser's leave first where a script does.
    if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? ''))
      throw new CadreError(
        'UNSUPPORTED_MEDIA_TYPE',
        'With a session cookie, what changes something must be sent with Content-Type: application/json.',
      )
  }
  return { checkAddress, whoAsks, checkIntent, cookie }
}

function presented({ headersDistinct }: IncomingMessage, session: string | null): Presented {
  return { keys: credentials(headersDistinct), session }
}

/** Every one of them, also where a header came twice: none that is bad may hide behind one that is good. */
function credentials(headers: IncomingMessage['headersDistinct']): string[] {
  const bearers = (headers.authorization ?? []).map((text) => /^Bearer +(\S+) *$/i.exec(text)?.[1] ?? text)
  return [...(headers['x-api-key'] ?? []), ...bearers]
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

const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '')
const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host)
