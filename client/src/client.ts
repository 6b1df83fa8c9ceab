import type { Contract } from '@cadre/contract'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { Run, StartRun } from '@cadre/contract/runs'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/fetch'
import type { ContractRouterClient } from '@orpc/contract'
import { orAborted, untilAborted } from './aborts.ts'
import { checkAnswer, noServer, notCadre, toCadreError } from './answers.ts'

export type { PlannedAgent } from './agents-file.ts'
export { CadreError, type ErrorCode, type Issue } from '@cadre/contract/errors'
export { requestIdOf } from './answers.ts'
export type { AnswerStage, ChatAnswer, ChatState, MessagePage, PendingMessage } from './chat/chat-state.ts'
export { type Chat, type ChatOptions, openChat } from './chat/open-chat.ts'
export { followConversation } from './follow-conversation.ts'
export { importHistory, type ImportOptions } from './import-history.ts'
export { followRun, type FollowOptions } from './follow-run.ts'
export { openLiveRun, type LiveRun, type LiveRunOptions, type LiveRunState, type LiveText } from './live-run.ts'

/** Agents of a file, to be compared and applied: for whoever needs it, as not many do. */
export const agentsFile = () => import('./agents-file.ts')
/** Agents and ForgeHooks as a file, to be written and read. */
export const workspaceFile = () => import('./workspace-file.ts')
export type { WorkspaceFile } from './workspace-file.ts'

export type ClientOptions = {
  /** Where the server is, such as http://127.0.0.1:4000. */
  url: string
  apiKey?: string
  fetch?: typeof globalThis.fetch
  /** Told of each call or stream that was refused for want of a good login or key, beside what it throws. */
  onUnauthorized?: () => void
}

/** What a single call may carry: `client.runs.start(input, { context: { idempotencyKey: 'order-7' } })`. */
export type CallContext = { idempotencyKey?: string }
export type Client = ContractRouterClient<Contract, CallContext>

/**
 * Every call of the contract over HTTP. What the server refuses is thrown as a CadreError; so is a server that cannot be reached, or
 * that is none of ours (UNAVAILABLE). An aborted call throws the signal's reason. `runs.follow` is one connection; `followRun` reconnects.
 */
export function createClient({ url, apiKey, fetch: ownFetch = globalThis.fetch, onUnauthorized }: ClientOptions): Client {
  const base = baseOf(url)
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) throw invalid('apiKey', 'must be printable ASCII without spaces')
  const told = (error: unknown) => {
    const known = toCadreError(base, error)
    if (known instanceof CadreError && known.code === 'UNAUTHORIZED') onUnauthorized?.()
    return known
  }
  const link = new RPCLink<CallContext>({
    url: `${base}/rpc`,
    headers: ({ context: { idempotencyKey } }) => ({
      ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': checkKey(idempotencyKey) }),
    }),
    fetch: async (request, init) => {
      const response = await ownFetch(request, init).catch((error: unknown) => {
        throw request.signal.aborted ? request.signal.reason : noServer(base, error)
      })
      return checkAnswer(base, response)
    },
    interceptors: [
      async ({ next, ...options }) => {
        try {
          const output = await orAborted(next({ ...options, input: plain(options.input) }), options.signal)
          if (output === undefined) throw notCadre(base)
          return isIterator(output) ? untilAborted(output, options.signal, told) : output
        } catch (error) {
          throw told(error)
        }
      },
    ],
  })
  return createORPCClient<Client>(link)
}

/** Accepts a run and answers at once, or waits up to `wait` seconds for its end. */
export async function startRun(
  client: Client,
  input: Omit<Partial<StartRun>, 'stream'> & { idOrSlug: string; input: string },
  options: { idempotencyKey?: string; signal?: AbortSignal } = {},
): Promise<Run> {
  const { idempotencyKey, signal } = options
  const answer = await client.runs.start({ ...input, stream: false }, { signal, context: { idempotencyKey } })
  if (!('run_id' in answer)) throw new TypeError('runs.start answered a stream that was not asked for')
  return answer
}

function baseOf(url: string) {
  const parsed = URL.parse(url)
  if (!parsed || !/^https?:$/.test(parsed.protocol))
    throw invalid('url', `${JSON.stringify(url)} is not an http or https address such as http://127.0.0.1:4000`)
  if (parsed.username || parsed.password) throw invalid('url', 'must not contain a user name or password; give the API key by itself')
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`
}

function checkKey(key: string) {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(key)) throw invalid('Idempotency-Key', 'must be 1 to 200 characters of printable ASCII')
  return key
}

/** The contract speaks plain JSON; oRPC would give a Date or an `undefined` in a list a form of its own, which the server refuses. */
function plain(input: unknown): unknown {
  return input === undefined ? undefined : JSON.parse(JSON.stringify(input))
}

function isIterator(value: unknown): value is AsyncIterator<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
