import { randomBytes } from 'node:crypto'
import type { OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { CadreError } from '@cadre/contract/errors'
import type { Resolver } from '@cadre/core/access/open-access'
import type { Limits } from '@cadre/core/access/limits/limits'
import { type Actor, type From, publicActor } from '@cadre/core/access/actor'
import type { NoteRefusal } from '@cadre/core/access/refusals'
import { fastify, type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import { answerAndClose, CallerGone, readBody } from './body.ts'
import { buildDoors, headersOfError, restPrefix, rpcPrefix } from './doors.ts'
import { type Endpoint, endpointByName, findEndpoint } from './endpoints.ts'
import { errorBody, toCadreError } from './errors.ts'
import { admit, apiHeaders, endStalled, fromOf, openReaders, refuseKeyInUrl } from './limits.ts'
import type { Log } from './log.ts'
import type { OidcPages } from './oidc.ts'
import { isRefusal, mayCall, standingOf } from './may-call.ts'
import { buildPages } from './pages.ts'
import { prometheusText, prometheusType } from './prometheus.ts'
import { acceptsEvents, checkContentType, checkParams, checkQuery, readIdempotencyKey, readRestBody, readRpcBody, readTarget } from './request.ts'
import type { Api, DoorContext } from './router.ts'
import { releaseGarbage, streamsEnded } from './release-garbage.ts'
import { sendEvents } from './send-events.ts'
import type { Web } from './web.ts'

export type HttpOptions = {
  api: Api
  access: Access
  jwks: Resolver['jwks']
  /** Login at another server; null where none is set. */
  oidc: OidcPages | null
  log: Log
  /** Null where no pages are built. */
  web: Web | null
  body_limit: number
  /** Undefined where nothing is limited. */
  limits?: Limits | undefined
  refused?: NoteRefusal | undefined
  /** How long a reader may take nothing of what waits for it. */
  stall_ms?: number | undefined
  /** Between two looks at the credential of an open stream. */
  recheck_ms: number
  /** Between the comments that keep an idle stream open through proxies. */
  keep_alive_ms: number
  state: () => 'starting' | 'ready' | 'draining'
  /** Rejects with a reason while the parts behind the doors do not answer. */
  check: () => Promise<void>
}
export type Http = {
  server: FastifyInstance
  /** Aborts every call that is under way: streams end, waiting calls answer with what they have. */
  endCalls: () => void
}

export function buildHttp(options: HttpOptions): Http {
  const { access, log, body_limit } = options
  const doors = buildDoors(options)
  const calls = new Set<AbortController>()
  const pages = buildPages(options)
  const readers = openReaders(options.stall_ms ?? 30_000)
  const streams = streamsEnded(() => {
    releaseGarbage().catch((err: unknown) => log.warn({ err }, 'the memory of ended streams could not be released'))
  })

  const server = fastify({
    bodyLimit: Number.MAX_SAFE_INTEGER, // readBody has the limit
    trustProxy: false,
    // A slow caller has two minutes for its whole request; what a run or a stream takes is not limited here.
    requestTimeout: 120_000,
    http: { headersTimeout: 30_000, connectionsCheckingInterval: 5_000 },
    keepAliveTimeout: 65_000,
    connectionTimeout: 0,
    forceCloseConnections: false,
    return503OnClosing: false, // dispatch says it in the envelope
    genReqId: () => `req_${randomBytes(10).toString('hex')}`,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, request, reply) => sendError(error, request as never, reply as never),
    routerOptions: { maxParamLength: 100_000 },
  })
  server.addHook('onClose', async () => {
    readers.close()
    streams.close()
  })
  server.removeAllContentTypeParsers()
  // Left unread until it is known who asks and for what.
  server.addContentTypeParser('*', (_request, _body, done) => done(null))
  server.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply))
  server.setNotFoundHandler(handle)
  server.all('/*', handle)
  server.addHook('onResponse', async (request, reply) => {
    log.debug(
      {
        request_id: request.id,
        method: request.method,
        path: request.url.split('?')[0]?.slice(0, 500),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'request',
    )
  })
  server.server.on('checkContinue', (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= body_limit) response.writeContinue()
    server.server.emit('request', request, response)
  })

  async function handle(request: FastifyRequest, reply: FastifyReply) {
    reply.header('x-request-id', request.id).headers(apiHeaders)
    try {
      await dispatch(request, reply)
    } catch (error) {
      sendError(error, request, reply)
    }
    return reply
  }

  async function dispatch(request: FastifyRequest, reply: FastifyReply) {
    access.checkAddress(request.raw)
    if (request.raw.url === '*' && request.method === 'OPTIONS')
      return reply.code(204).header('allow', 'GET, HEAD, POST, PUT, DELETE, OPTIONS').send()
    const { path, query } = readTarget(request.raw.url ?? '/')
    const from = fromOf(options.limits, request.raw, request.id)
    if (options.oidc?.has(path) && allowed(request, reply, ['GET', 'OPTIONS'])) {
      await options.limits?.call(publicActor(from))
      return options.oidc.answer(request.raw, path, query, reply, from)
    }
    refuseKeyInUrl(query)
    const built = await options.web?.answer({ method: request.method, path, headers: request.raw.headers })
    if (built) return reply.code(built.status).headers(built.headers).send(built.body)
    const page = pages[path]
    if (page) {
      if (!allowed(request, reply, ['GET', 'HEAD', 'OPTIONS'])) return
      return page(reply)
    }
    if (path === '/metrics') {
      if (!allowed(request, reply, ['GET', 'HEAD', 'OPTIONS'])) return
      const { actor } = await admitted(request, from, 'metrics.system')
      return reply.type(prometheusType).send(await prometheusText(options.api, actor, { signal: AbortSignal.timeout(30_000) }))
    }
    const isRpc = path.startsWith(`${rpcPrefix}/`)
    const found = isRpc
      ? findRpc(request.method, path.slice(rpcPrefix.length + 1))
      : path.startsWith(`${restPrefix}/`)
        ? findEndpoint(request.method, path.slice(restPrefix.length))
        : null
    if (!found)
      throw new CadreError(
        'NOT_FOUND',
        `There is nothing at ${JSON.stringify(path.slice(0, 200))}; GET ${restPrefix}/openapi.json lists what there is.`,
      )
    const { endpoint } = found
    if (!allowed(request, reply, found.allow)) return
    if (!endpoint) throw new Error('an allowed method without an endpoint')
    const { actor, credential } = await admitted(request, from, endpoint.name)
    if (credential.type === 'session') access.checkIntent(request.raw)
    checkParams(found.params)
    checkQuery(query, isRpc ? { ...endpoint, method: 'POST' } : endpoint)
    const call = openCall(reply, actor, request.id)
    const context: DoorContext = {
      actor,
      credential,
      setSession: (session) => reply.header('set-cookie', access.cookie.write(session)),
      recheck: async () => {
        const again = await access.whoAsks(request.raw)
        mayCall(again, endpoint.name)
        if (standingOf(again.actor) !== standingOf(actor))
          throw new CadreError('UNAUTHORIZED', 'The login of this stream is over, or may do something else by now; open it again.')
      },
      request_id: request.id,
      idempotency_key: readIdempotencyKey(request.raw.headersDistinct['idempotency-key']),
      signal: call.signal,
      end: () => call.abort(),
      endpoint: endpoint.name,
      head: request.method === 'HEAD',
      sendEvents: (events) => {
        reply.hijack()
        reply.raw.once('close', streams.note)
        return sendEvents(
          reply.raw,
          { ...events, headers: { ...(reply.getHeaders() as OutgoingHttpHeaders), ...events.headers } },
          options.keep_alive_ms,
        )
      },
      answer: {},
    }
    if (isRpc || endpoint.method !== 'GET') request.body = await bodyOf(request, endpoint, isRpc)
    const { matched } = await (isRpc
      ? doors.rpc.handle(request, reply, { prefix: rpcPrefix, context })
      : doors.rest.handle(request, reply, { prefix: restPrefix, context }))
    if (!matched) throw new Error(`no procedure for ${endpoint.name}`)
  }

  /** Who asks, if the server is ready and they may make this call. */
  async function admitted(request: FastifyRequest, from: From, endpoint: string) {
    if (options.state() !== 'ready')
      throw new CadreError('UNAVAILABLE', options.state() === 'starting' ? 'Cadre is starting; try again.' : 'Cadre is shutting down; try again.')
    const { credential, mode, ...asks } = await admit(options.limits, request.raw, () => access.whoAsks(request.raw)).catch((error: unknown) => {
      if (isRefusal(error)) options.refused?.(publicActor(from), { reason: error.code, endpoint })
      throw error
    })
    const actor = { ...asks.actor, request_id: request.id }
    // Before the body is read; that verbs are wrapped in their policies is what counts.
    try {
      mayCall({ actor, mode }, endpoint)
    } catch (error) {
      if (isRefusal(error) && actor.kind !== 'public') options.refused?.(actor, { reason: error.code, endpoint })
      throw error
    }
    return { actor, credential }
  }

  async function bodyOf(request: FastifyRequest, endpoint: Endpoint, isRpc: boolean) {
    const { headers } = request.raw
    const declared = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
    if (declared) checkContentType(headers)
    const bytes = declared ? await readBody(request.raw, body_limit) : new Uint8Array()
    if (isRpc) return readRpcBody(bytes)
    const body = readRestBody(bytes, endpoint)
    if (endpoint.name === 'runs.start' && !Object.hasOwn(body, 'stream') && acceptsEvents(headers)) body.stream = true
    return body
  }

  /** One call: aborted when the caller goes away before the answer is whole, or by endCalls. */
  function openCall(reply: FastifyReply, actor: Actor, request_id: string) {
    const release = options.limits?.open(actor)
    const call = new AbortController()
    readers.watch(reply.raw, () => {
      log.info({ request_id, actor: actor.id }, 'a stream was ended: its reader takes nothing')
      endStalled(reply.raw, call)
    })
    calls.add(call)
    reply.raw.once('close', () => {
      calls.delete(call)
      release?.()
      if (!reply.raw.writableFinished) call.abort()
      // Its connection became idle after the server had closed those that were.
      if (options.state() === 'draining') setImmediate(() => server.server.closeIdleConnections())
    })
    return call
  }

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
    if (error instanceof CallerGone || reply.sent || reply.raw.headersSent) {
      log.debug({ request_id: request.id, err: error }, 'the connection ended before the answer')
      reply.hijack()
      return void reply.raw.destroy()
    }
    const known = toCadreError(fromFastify(error), request.id, log)
    const body = JSON.stringify(errorBody(known, request.id))
    const headers = { ...apiHeaders, 'content-type': 'application/json; charset=utf-8', ...headersOfError(known.status, known.retry_after_ms) }
    if (known.code !== 'PAYLOAD_TOO_LARGE') return reply.code(known.status).headers(headers).send(body)
    reply.hijack()
    answerAndClose(request.raw, reply.raw, known.status, { ...headers, 'x-request-id': request.id }, body)
  }

  return { server, endCalls: () => calls.forEach((call) => call.abort()) }
}

/** True where the request goes on; else it is answered (OPTIONS) or refused. */
function allowed(request: FastifyRequest, reply: FastifyReply, methods: string[]) {
  if (request.method !== 'OPTIONS' && methods.includes(request.method)) return true
  reply.header('allow', methods.join(', '))
  if (request.method !== 'OPTIONS')
    throw new CadreError('METHOD_NOT_ALLOWED', `${request.method} is not possible here; there is ${methods.join(', ')}.`)
  reply.code(204).send()
  return false
}

function findRpc(method: string, path: string) {
  const endpoint = endpointByName(path.replaceAll('/', '.'))
  return endpoint && { endpoint: method === 'POST' ? endpoint : null, allow: ['POST', 'OPTIONS'], params: {} }
}

/** Fastify's own refusals of what a caller sent. */
function fromFastify(error: unknown) {
  const { code, statusCode } = (error ?? {}) as FastifyError
  if (code === 'FST_ERR_BAD_URL') return new CadreError('BAD_REQUEST', 'The path of the URL is not percent-encoded UTF-8 text.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new CadreError('UNSUPPORTED_MEDIA_TYPE', 'The Content-Type is not readable; send application/json.')
  if (code?.startsWith('FST_') && statusCode !== undefined && statusCode < 500) return new CadreError('BAD_REQUEST', 'The request is not readable.')
  return error
}

/** What Node's parser could not read: there is no request yet, only a socket. */
function answerUnreadable(error: Error & { code?: string }, socket: Socket) {
  const begun = (socket as Socket & { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent
  if (error.code === 'ECONNRESET' || !socket.writable || begun) return void socket.destroy()
  const [status, message] = unreadable[error.code ?? ''] ?? ['400 Bad Request', 'This is not a readable HTTP request.']
  const body = JSON.stringify(errorBody(new CadreError('BAD_REQUEST', message), `req_${randomBytes(10).toString('hex')}`))
  const headers = { ...apiHeaders, 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close' }
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 ${status}\r\n${head.join('\r\n')}\r\n\r\n${body}`)
}

const unreadable: Record<string, [string, string]> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The URL and headers are larger than 16 KB.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ['413 Payload Too Large', 'The chunk extensions are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not arrive in time.'],
}
