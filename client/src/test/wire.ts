import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contract } from '@cadre/contract'
import { CadreError } from '@cadre/contract/errors'
import { freePort } from '@cadre/core/test/free-port'
import { implement, ORPCError, withEventMeta } from '@orpc/server'
import { RPCHandler } from '@orpc/server/node'
import { onTestFinished } from 'vitest'

export type Call = { path: string; input: any; headers: Record<string, string | string[] | undefined> }
export type Answer = (call: { input: any; lastEventId: string | undefined; signal: AbortSignal | undefined }) => unknown

type Builder = {
  handler(run: (options: { input: unknown; lastEventId?: string; signal?: AbortSignal; context: { headers: Call['headers'] } }) => unknown): unknown
}

/**
 * A double of the server's wire: the real contract and the real RPC handler, behind it the answers that a test gives by the name of the
 * call. Errors travel as the server sends them. Every call is kept. One that `returns` can be stopped and started again at its port.
 */
export async function startWire(
  answers: Record<string, Answer> = {},
  { apiKey, returns = false, port = 0 }: { apiKey?: string; returns?: boolean; port?: number } = {},
) {
  const calls: Call[] = []
  const base = implement(contract).$context<{ headers: Call['headers'] }>()
  const router = Object.fromEntries(
    Object.entries(contract).map(([group, entries]) => [
      group,
      Object.fromEntries(
        Object.keys(entries).map((name) => {
          const path = `${group}.${name}`
          const builder = (base as unknown as Record<string, Record<string, Builder>>)[group]![name]!
          const run: Parameters<Builder['handler']>[0] = async ({ input, lastEventId, signal, context }) => {
            calls.push({ path, input, headers: context.headers })
            const answer = answers[path]
            if (!answer) throw refusal(new CadreError('INTERNAL', `the test has no answer for ${path}`))
            try {
              return await answer({ input, lastEventId, signal })
            } catch (error) {
              throw error instanceof CadreError ? refusal(error) : error
            }
          }
          return [name, builder.handler(run)]
        }),
      ),
    ]),
  )
  const handler = new RPCHandler(base.router(router as unknown as Parameters<typeof base.router>[0]))
  const server = createServer(async (request, response) => {
    if (apiKey !== undefined && request.headers['x-api-key'] !== apiKey) {
      // Before it knows the call, the server answers in the words of its REST door.
      response.writeHead(401, { 'content-type': 'application/json; charset=utf-8' })
      response.end(JSON.stringify({ success: false, error: 'The API key is not valid.', code: 'UNAUTHORIZED', issues: [], request_id: 'req_1' }))
      return
    }
    const { matched } = await handler.handle(request, response, { prefix: '/rpc', context: { headers: request.headers } })
    if (!matched) response.writeHead(404).end()
  }).listen(returns ? await freePort() : port, '127.0.0.1')
  await once(server, 'listening')
  const stop = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  onTestFinished(async () => {
    if (server.listening) await stop()
  })
  const { port: chosen } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${chosen}`,
    port: chosen,
    calls,
    answers,
    stop,
    inputOf: (path: string) => calls.findLast((call) => call.path === path)?.input,
  }
}

/** An address where nobody answers. */
export const nobody = async () => `http://127.0.0.1:${await freePort()}`

export function refusal({ code, status, message, issues, retry_after_ms }: CadreError) {
  const wait = retry_after_ms === null ? {} : { retry_after_ms }
  return new ORPCError(code, { status, message, data: { issues, request_id: 'req_1', ...wait } })
}

/** Events as the server numbers them; `held` keeps the stream open after the last one until the caller goes away. */
export async function* stream(
  events: { type: string; seq: number; call?: number; part?: number }[],
  { after, held }: { after?: string; held?: AbortSignal } = {},
) {
  const from = after === undefined ? 0 : events.findIndex((event) => idOf(event) === after) + 1
  for (const event of events.slice(from)) yield withEventMeta({ ...event }, { id: idOf(event) })
  if (held && !held.aborted) await once(held, 'abort')
}

function idOf({ type, seq, call, part }: { type: string; seq: number; call?: number; part?: number }) {
  return type === 'text.delta' ? `${seq}.${call}.${part}` : `${seq}`
}
