import { CadreError, type ErrorCode } from '@cadre/contract/errors'
import { isOver, type RunStatus } from '@cadre/contract/run-events'
import { OpenAPIHandler } from '@orpc/openapi/fastify'
import { ErrorEvent, ORPCError } from '@orpc/server'
import { RPCHandler } from '@orpc/server/fastify'
import type { StandardHandlerOptions, StandardHandleResult } from '@orpc/server/standard'
import { fromOrpcError, toCadreError, toOrpcError } from './errors.ts'
import type { Log } from './log.ts'
import { type Api, buildRouter, type DoorContext } from './router.ts'
import { watched } from './watched.ts'

export type DoorOptions = { api: Api; log: Log; recheck_ms: number }

export const restPrefix = '/api/v1'
export const rpcPrefix = '/rpc'

/** Both doors over one router: REST with its envelope, and the typed calls of our own clients. */
export function buildDoors({ api, log, recheck_ms }: DoorOptions) {
  const router = buildRouter(api)
  // Made anew for each handler: their plugins add to these lists.
  const shared = (present: (output: unknown) => unknown) =>
    ({
      interceptors: [(options) => cadreErrors(options, log)],
      clientInterceptors: [
        async ({ next, context, path }) => {
          if (path.join('.') !== context.endpoint) throw new Error(`${path.join('.')} would answer for ${context.endpoint}`)
          const output = await next()
          return isEvents(output) ? cadreErrorsOfEvents(output, context, log, recheck_ms) : present(output)
        },
      ],
    }) satisfies StandardHandlerOptions<DoorContext> & Record<string, unknown>
  const rest = new OpenAPIHandler<DoorContext>(router, {
    ...shared((output) => new PlainJson(output)),
    customErrorResponseBodyEncoder: fromOrpcError,
    rootInterceptors: [
      async (options) => {
        const request = options.context.head ? { ...options.request, method: 'GET' } : options.request
        return eventsSent(presentRest(await options.next({ ...options, request }), options.context), options.context)
      },
    ],
  })
  const rpc = new RPCHandler<DoorContext>(router, {
    ...shared((output) => output),
    strictGetMethodPluginEnabled: false,
    rootInterceptors: [async ({ next, context }) => eventsSent(withHeaders(await next(), context), context)],
  })
  return { rest, rpc }
}

async function cadreErrors(options: { next(): Promise<StandardHandleResult>; context: DoorContext }, log: Log) {
  const { context } = options
  try {
    return await options.next()
  } catch (error) {
    const known = toCadreError(error, context.request_id, log)
    context.answer.retry_after_ms = known.retry_after_ms
    throw toOrpcError(known, context.request_id)
  }
}

/** A caller who went away, or a server that closes, simply ends a stream. */
async function* cadreErrorsOfEvents(events: AsyncIterable<unknown>, context: DoorContext, log: Log, recheckMs: number) {
  const { signal, request_id, recheck, end } = context
  let gone: unknown
  const check = () =>
    recheck().catch((error: unknown) => {
      // A database that does not answer now says nothing about the caller.
      if (!(error instanceof CadreError) || !/^(UNAUTHORIZED|FORBIDDEN)$/.test(error.code))
        return log.warn({ err: error, request_id }, 'the caller of an open stream could not be checked')
      gone = error
      throw error
    })
  try {
    yield* watched(events, check, recheckMs)
  } catch (error) {
    if (!signal.aborted || error === gone) throw toOrpcError(toCadreError(error, request_id, log), request_id)
  } finally {
    end()
  }
  // It was ended for a reason of the door's own.
  if (signal.reason instanceof CadreError) throw toOrpcError(signal.reason, request_id)
}

type Matched = Extract<StandardHandleResult, { matched: true }>['response']

function presentRest(result: StandardHandleResult, context: DoorContext): StandardHandleResult {
  if (!result.matched || result.response.status >= 400) return withHeaders(result, context)
  const response = unwrapped(result.response)
  if (isEvents(response.body))
    return withHeaders(
      { matched: true, response: { ...response, body: context.head ? endedNow(response.body) : restEvents(response.body) } },
      context,
    )
  if (response.body instanceof Blob)
    return withHeaders({ matched: true, response: { ...response, headers: { ...response.headers, ...headersOfFile(response.body) } } }, context)
  return withHeaders({ matched: true, response: { ...response, ...runStatus(response, context), body: envelope(response.body) } }, context)
}

/** An answer of ours holds nothing but JSON. The handler copies every object it is given, field by field, and lets an instance pass. */
class PlainJson {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

function unwrapped(response: Matched): Matched {
  return response.body instanceof PlainJson ? { ...response, body: response.body.value as Matched['body'] } : response
}

/** Pages count their items and keep their cursor beside them; everything else is `data` as it is. */
function envelope(body: unknown) {
  if (typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items) && 'next_cursor' in body) {
    return { success: true, data: body.items, count: body.items.length, next_cursor: body.next_cursor }
  }
  return { success: true, data: body }
}

const tellsOfRun = new Set(['runs.start', 'runs.retry', 'runs.fork', 'runs.get'])

/** A run that has not ended is 202: where to ask again, and when. */
function runStatus(response: Matched, { endpoint }: DoorContext): Partial<Matched> {
  if (!tellsOfRun.has(endpoint)) return {}
  const { status } = response.body as { status: RunStatus }
  return isOver(status) ? {} : { status: 202, headers: { ...response.headers, 'retry-after': '1' } }
}

function withHeaders(result: StandardHandleResult, context: DoorContext): StandardHandleResult {
  if (!result.matched) return result
  const { response } = result
  const headers = { ...response.headers, 'cache-control': 'no-store' } as Matched['headers']
  if (context.answer.run_id !== undefined && (context.endpoint === 'runs.start' || response.status === 202))
    headers.location = `${restPrefix}/runs/${context.answer.run_id}`
  if (isEvents(response.body)) headers['x-accel-buffering'] = 'no'
  Object.assign(headers, headersOfError(response.status, context.answer.retry_after_ms))
  return { matched: true, response: { ...response, headers } }
}

/** A file of somebody's is saved, never shown as a page of ours; with nosniff, which every answer has, it is what its type says. */
function headersOfFile(file: Blob) {
  const name = file instanceof File ? file.name : 'file'
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
  return {
    'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
    'content-security-policy': "default-src 'none'; sandbox",
  }
}

/** What HTTP wants said with some errors. */
export function headersOfError(status: number, retry_after_ms: number | null = null): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  if (status === 503 || status === 429) return { 'retry-after': String(Math.max(1, Math.ceil((retry_after_ms ?? 0) / 1000))) }
  return {}
}

function isEvents(body: unknown): body is AsyncIterableIterator<unknown> {
  return typeof body === 'object' && body !== null && Symbol.asyncIterator in body
}

/** An error in the middle of a stream has the same body as any other. */
async function* restEvents(events: AsyncIterableIterator<unknown>) {
  try {
    yield* events
  } catch (error) {
    if (!(error instanceof ErrorEvent)) throw error
    const { code, message, data } = error.data as { code: ErrorCode; message: string; data: unknown }
    throw new ErrorEvent({ data: fromOrpcError(new ORPCError(code, { message, data })), cause: error })
  }
}

/** A stream is over when this settles; oRPC then finds an answer that was given. */
async function eventsSent(result: StandardHandleResult, context: DoorContext): Promise<StandardHandleResult> {
  if (!result.matched || !isEvents(result.response.body)) return result
  const { body, ...answer } = result.response
  await context.sendEvents({ ...answer, body })
  return { matched: true, response: { ...answer, body: undefined } }
}

/** HEAD: the headers of the stream and not one event. */
async function* endedNow(events: AsyncIterableIterator<unknown>): AsyncGenerator<unknown> {
  await events.return?.()
}
